// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The end of the way to LLVM.
#ifndef SALIENCY_CODEGEN_LLVM_PASSES_TD
#define SALIENCY_CODEGEN_LLVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def CheckMachineCodePass
    : Pass<"saliency-check-machine-code", "mlir::ModuleOp"> {
  let summary = "Fail unless everything became LLVM without foreign calls";
  let description = [{
    An operation of another dialect, a conversion cast that found no partner,
    or a call of a function that neither the module defines nor `hooks` names
    (malloc, MLIR's runtime, libm) is an error at the operation's location.

    ```mlir
    llvm.call @malloc(%n) : (i64) -> !llvm.ptr
    // error: generated code calls nothing outside itself, this calls @malloc
    ```
  }];
  let options = [ListOption<"hooks", "hooks", "std::string",
                            "Functions that the target defines beside the kernel">];
}

#endif // SALIENCY_CODEGEN_LLVM_PASSES_TD

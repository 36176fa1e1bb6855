// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operation becomes a function, and where each buffer lies.
#ifndef SALIENCY_CODEGEN_PLAN_PASSES_TD
#define SALIENCY_CODEGEN_PLAN_PASSES_TD

include "mlir/Pass/PassBase.td"

def OutlineOperationsPass
    : Pass<"saliency-outline-operations", "mlir::ModuleOp"> {
  let summary = "Make a function of every linalg operation of the kernel";
  let description = [{
    The function takes the buffers it touches as pointers that do not alias,
    which nothing could tell LLVM as long as all of them are offsets from one
    workspace. Equal operations (layers of one shape) share a function, so they
    are scheduled and compiled once. An operation with fewer executions of its
    body than `worth-call` stays.

    A target that wants several operations in one function puts them into an
    `scf.execute_region` with the unit attribute `saliency.group`. Groups become
    functions first; one that is not worth a call is dissolved.

    ```mlir
    linalg.copy ins(%a : memref<64xf32>) outs(%b : memref<64xf32>)
    // becomes
    func.call @kernel_0(%hooks, %a, %b)
    ```
  }];
  let options = [Option<"worthCall", "worth-call", "int64_t", "16",
                        "Operations with fewer executions of their body stay">];
  let dependentDialects = ["mlir::func::FuncDialect",
                           "mlir::LLVM::LLVMDialect",
                           "mlir::scf::SCFDialect"];
}

def PlanMemoryPass : Pass<"saliency-plan-memory", "mlir::ModuleOp"> {
  let summary = "Give every buffer its place in the workspace";
  let description = [{
    Every `memref.alloc` becomes a view of the workspace at a fixed offset.
    Buffers whose lifetimes do not meet share memory. A buffer allocated in a
    parallel loop has one place for each iteration. Writes the module attribute
    `saliency.workspace_size`.

    ```mlir
    %a = memref.alloc() : memref<16xf32>
    // becomes
    %a = memref.view %workspace[%c0][] : memref<?xi8> to memref<16xf32>
    ```
  }];
  let options = [Option<"reuse", "reuse", "bool", "true",
                        "Let buffers share memory; off for comparison">,
                 Option<"alignment", "alignment", "int64_t", "::saliency::kAlignment",
                        "Of the offsets, in bytes">];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::memref::MemRefDialect"];
}

#endif // SALIENCY_CODEGEN_PLAN_PASSES_TD

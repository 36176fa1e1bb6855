// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a function on tensors to one on the buffers of the C entry.
#ifndef SALIENCY_CODEGEN_INTERFACE_PASSES_TD
#define SALIENCY_CODEGEN_INTERFACE_PASSES_TD

include "mlir/Pass/PassBase.td"

def KernelInterfacePass : Pass<"saliency-kernel-interface", "mlir::ModuleOp"> {
  let summary = "Turn @explain into a function on the C entry's buffers";
  let description = [{
    The arguments and results of `@explain` name their roles in the attribute
    `saliency.role`: `input`, `target` (may be missing), `tensor:NAME`; `map`,
    `map2d`, `logits`, `target`, `layer:NAME`. The new function takes one byte
    buffer for each kind, then the number of targets, the entries of each named
    tensor, and the caller's hooks. What does not depend on the target is
    computed once; the rest runs in a loop over the targets and writes its
    results behind those of the targets before. The module attribute
    `saliency.interface` describes the result. The class of an arg-max target
    is not written back: the C entry finds it in the logits.

    ```mlir
    func.func @explain(%input: tensor<1x4xf32> {saliency.role = "input"},
                       %target: tensor<1xi64> {saliency.role = "target"})
        -> (tensor<1x4xf32> {saliency.role = "map"}, ...)
    // becomes
    func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, ...,
                       %count: index, %hooks: !llvm.ptr) {
      %view = memref.view %input[%c0][] : memref<?xi8> to memref<1x4xf32>
      %x = bufferization.to_tensor %view restrict
      // forward
      scf.for %t = %c0 to %count step %c1 {
        // backward
        bufferization.materialize_in_destination %map in restrict writable %to
      }
      return
    }
    ```
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::bufferization::BufferizationDialect",
    "mlir::LLVM::LLVMDialect", "mlir::memref::MemRefDialect",
    "mlir::scf::SCFDialect"];
}

#endif // SALIENCY_CODEGEN_INTERFACE_PASSES_TD

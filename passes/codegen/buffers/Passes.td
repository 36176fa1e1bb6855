// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From linalg on tensors to linalg on buffers, in the order of the pipeline.
#ifndef SALIENCY_CODEGEN_BUFFERS_PASSES_TD
#define SALIENCY_CODEGEN_BUFFERS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExternaliseWeightsPass
    : Pass<"saliency-externalise-weights", "mlir::ModuleOp"> {
  let summary = "Move large constants into the weights buffer";
  let description = [{
    Constants of more than `minimum-bytes` bytes become views of the weights
    buffer at offsets that are multiples of `alignment`, one for each different content;
    splats become `linalg.fill`. The module attribute `saliency.weights` lists
    offsets and values for the weights file, so the bytes never pass through
    LLVM.

    ```mlir
    %w = arith.constant dense_resource<w> : tensor<64x3x3x3xf32>
    // becomes
    %view = memref.view %weights[%c0][] : memref<?xi8> to memref<64x3x3x3xf32>
    %w = bufferization.to_tensor %view restrict
    ```
  }];
  let options = [Option<"minimumBytes", "minimum-bytes", "int64_t", "64",
                        "Constants of this size or less stay in the code">,
                 Option<"alignment", "alignment", "int64_t", "::saliency::kAlignment",
                        "Of the offsets, in bytes">];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::bufferization::BufferizationDialect",
    "mlir::linalg::LinalgDialect", "mlir::memref::MemRefDialect",
    "mlir::tensor::TensorDialect"];
}

def FuseElementwisePass : Pass<"saliency-fuse-elementwise", "mlir::ModuleOp"> {
  let summary = "Fuse elementwise operations without repeating work";
  let description = [{
    Upstream's elementwise fusion, restricted. A producer with several users, or
    one whose user needs its elements repeatedly, is fused only if it takes one
    operand and neither divides nor calls `math`. Into a contraction goes only
    such a function of a weight. Nothing crosses the border of a loop.

    ```mlir
    %a = linalg.generic {negf} ins(%x)
    %b = linalg.generic {addf} ins(%a, %y)
    // becomes
    %b = linalg.generic {negf, addf} ins(%x, %y)
    ```
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect"];
}

def LowerMathPass : Pass<"saliency-lower-math", "mlir::ModuleOp"> {
  let summary = "Expand math operations so that no libm is needed";
  let description = [{
    Exponential and its relatives become polynomials, rounding becomes integer
    conversion, and where the machine has no fused multiply-add it becomes two
    operations. What processors do in one instruction (square root, absolute
    value) stays.

    ```mlir
    %r = math.rsqrt %x : f32
    // becomes
    %s = math.sqrt %x : f32
    %r = arith.divf %one, %s : f32
    ```
  }];
  let options = [Option<"fma", "fma", "bool", "true",
                        "The machine adds a product in one instruction">];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::math::MathDialect",
                           "mlir::vector::VectorDialect"];
}

def BufferisePass : Pass<"saliency-bufferise", "mlir::ModuleOp"> {
  let summary = "One-shot bufferisation with identity layouts";
  let description = [{
    Empty-tensor elimination, then one-shot bufferisation.

    ```mlir
    %0 = tensor.empty() : tensor<4xf32>
    %1 = linalg.fill ins(%c) outs(%0)
    // becomes
    %alloc = memref.alloc() {alignment = 64} : memref<4xf32>
    linalg.fill ins(%c) outs(%alloc)
    ```
  }];
  let options = [Option<"alignment", "alignment", "int64_t", "::saliency::kAlignment",
                        "That allocations ask for, in bytes">];
  let dependentDialects = [
    "mlir::bufferization::BufferizationDialect", "mlir::linalg::LinalgDialect",
    "mlir::memref::MemRefDialect"];
}

def LowerCopiesPass : Pass<"saliency-lower-copies", "mlir::ModuleOp"> {
  let summary = "Make linalg operations of copies between buffers";
  let description = [{
    So that they are scheduled as any other loop; a strided `memref.copy` would
    become a call of MLIR's runtime library. After canonicalisation, which
    removes copies of a buffer to itself.

    ```mlir
    memref.copy %a, %b : memref<4xf32> to memref<4xf32>
    // becomes
    linalg.copy ins(%a : memref<4xf32>) outs(%b : memref<4xf32>)
    ```
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect"];
}

#endif // SALIENCY_CODEGEN_BUFFERS_PASSES_TD

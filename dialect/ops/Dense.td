// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_OPS_DENSE_TD
#define SALIENCY_OPS_DENSE_TD

include "dialect/ops/Base.td"

def Saliency_GemmOp : Saliency_LayerOp<"gemm",
    [DeclareOpInterfaceMethods<Saliency_LinearMapOpInterface>, Saliency_LinearProduct],
    ["getCapability", "buildVjp", "getFeatureAxes"]> {
  let summary = "Dense layer y = W x + b on the last axis";
  let description = [{
    ```mlir
    %y = saliency.gemm %x, %w, %b : (tensor<1x17x32xf32>, tensor<64x32xf32>, tensor<64xf32>) -> tensor<1x17x64xf32>
    ```
    `x`: N x ... x K, where the axes between (tokens) share the weights; `weight`: M x K, or N x M x K with one matrix per
    sample; `bias`: M entries, optional. Result: N x ... x M.
    ONNX Gemm's alpha, beta and transpositions are folded into the constants by the importer.
  }];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$weight, Optional<StaticF32Tensor>:$bias);
  let assemblyFormat = "$x `,` $weight (`,` $bias^)? attr-dict `:` functional-type(operands, results)";
}

def Saliency_GemmAdjointOp : Saliency_InferredOp<"gemm_adjoint",
    [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>, Saliency_LinearProduct]> {
  let summary = "The transposed dense map: x' = transpose(W) r";
  let description = [{`weight`: M x K or N x M x K, `r`: N x ... x M. Result: N x ... x K.}];
  let arguments = (ins StaticF32Tensor:$weight, StaticF32Tensor:$r);
  let assemblyFormat = "$weight `,` $r attr-dict `:` functional-type(operands, results)";
}

def Saliency_GemmCorrelateOp : Saliency_InferredOp<"gemm_correlate",
    [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>, Saliency_LinearProduct]> {
  let summary = "Per-sample outer product r x', summed over the axes between, the correlation of a dense layer";
  let description = [{`x`: N x ... x K, `r`: N x ... x M. Result: N x M x K.}];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$r);
  let assemblyFormat = "$x `,` $r attr-dict `:` functional-type(operands, results)";
}

def Saliency_MatMulOp : Saliency_LayerOp<"matmul", [Saliency_BilinearOpInterface], ["getDataOperandNumbers", "getFeatureAxes", "buildVjp"]> {
  let summary = "Matrix product over the last two axes, leading axes equal or broadcast";
  let description = [{`a`: ... x I x K, `b`: ... x K x J, both of rank >= 2. Result: ... x I x J.}];
  let arguments = (ins StaticF32Tensor:$a, StaticF32Tensor:$b);
  let assemblyFormat = "$a `,` $b attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_DENSE_TD

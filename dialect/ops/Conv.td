// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_OPS_CONV_TD
#define SALIENCY_OPS_CONV_TD

include "dialect/ops/Base.td"

def Saliency_ConvOp : Saliency_LayerOp<"conv",
    [DeclareOpInterfaceMethods<Saliency_LinearMapOpInterface,
         ["getLinearWindow", "getLinearGroups", "isDepthwise", "hasSamePadding", "isStrided"]>, Saliency_LinearProduct],
    ["getCapability", "buildVjp"]> {
  let summary = "Convolution (cross-correlation) with zero padding";
  let description = [{
    `x`: N x C x spatial. `weight`: M x C/groups x kernel, or with a leading sample axis one kernel set per sample (rules
    build such weights by `saliency.conv_correlate`). `bias`, optional: M entries, or 1 x M x output spatial where it differs by
    position. Result: N x M x output spatial.
    One, two or three spatial axes.

    ```mlir
    %y = saliency.conv %x, %w, %b {groups = 1 : i64, window = #saliency.window<kernel = [3, 3], strides = [1, 1],
           low = [1, 1], high = [1, 1], dilations = [1, 1]>}
         : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$weight, Optional<StaticF32Tensor>:$bias, Saliency_WindowAttr:$window,
                       DefaultValuedAttr<I64Attr, "1">:$groups);
  let assemblyFormat = "$x `,` $weight (`,` $bias^)? attr-dict `:` functional-type(operands, results)";
}

def Saliency_ConvAdjointOp : Saliency_InferredOp<"conv_adjoint",
    [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>, Saliency_LinearProduct]> {
  let summary = "Transposed convolution: the gradient of <conv(x, weight), r> with respect to x";
  let description = [{
    `weight` as in `saliency.conv`, `r`: N x M x output spatial, `spatial`: the spatial extents of x, which strides leave
    open. Result: N x C x spatial.
  }];
  let arguments = (ins StaticF32Tensor:$weight, StaticF32Tensor:$r, Saliency_WindowAttr:$window,
                       DefaultValuedAttr<I64Attr, "1">:$groups, DenseI64ArrayAttr:$spatial);
  let assemblyFormat = "$weight `,` $r attr-dict `:` functional-type(operands, results)";
}

def Saliency_ConvCorrelateOp : Saliency_InferredOp<"conv_correlate",
    [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>, Saliency_LinearProduct]> {
  let summary = "Per-sample weight correlation: the gradient of <conv(x, W), r> with respect to W, kept apart per sample";
  let description = [{
    `x`: N x C x spatial, `r`: N x M x output spatial. Result: N x M x C/groups x kernel. Unlike a training framework's
    weight gradient the sample axis is not summed, so that a batch of N gives N times the result of one.
  }];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$r, Saliency_WindowAttr:$window, DefaultValuedAttr<I64Attr, "1">:$groups);
  let assemblyFormat = "$x `,` $r attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_CONV_TD

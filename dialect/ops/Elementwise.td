// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise merges of two operands, normalisations, softmax. Functions of one operand are in
// Activation.td.

#ifndef SALIENCY_OPS_ELEMENTWISE_TD
#define SALIENCY_OPS_ELEMENTWISE_TD

include "dialect/ops/Base.td"

/// Two operands, broadcast to their common shape (missing leading axes count as 1).
class Saliency_ElementwiseMergeOp<string mnemonic> : Saliency_LayerOp<mnemonic,
    [DeclareOpInterfaceMethods<Saliency_MergeOpInterface>], ["getDataOperandNumbers", "buildVjp"]> {
  let description = [{
    Axes are aligned from the last; an axis of extent 1 or a missing one is broadcast.
    ```mlir
    %s = saliency.add %h, %c : (tensor<1x16x8x8xf32>, tensor<16x1x1xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$a, StaticF32Tensor:$b);
  let assemblyFormat = "$a `,` $b attr-dict `:` functional-type(operands, results)";
}
def Saliency_AddOp : Saliency_ElementwiseMergeOp<"add"> { let summary = "a + b"; }
def Saliency_SubOp : Saliency_ElementwiseMergeOp<"sub"> { let summary = "a - b"; }
def Saliency_MulOp : Saliency_ElementwiseMergeOp<"mul"> { let summary = "a b"; }
def Saliency_DivOp : Saliency_ElementwiseMergeOp<"div"> { let summary = "a / b"; }

def Saliency_BatchNormOp : Saliency_LayerOp<"batch_norm", [Saliency_NormalisationOpInterface]> {
  let summary = "Batch normalisation with recorded statistics";
  let description = [{
    y = gamma (x - mean) / sqrt(variance + epsilon) + beta. `x`: N x C x any spatial axes; the others have C entries.
    ```mlir
    %n = saliency.batch_norm %x, %gamma, %beta, %mean, %variance {epsilon = 1.0e-5 : f32}
         : (tensor<1x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$gamma, StaticF32Tensor:$beta, StaticF32Tensor:$mean, StaticF32Tensor:$variance,
                       F32Attr:$epsilon);
  let assemblyFormat = "$x `,` $gamma `,` $beta `,` $mean `,` $variance attr-dict `:` functional-type(operands, results)";
}

def Saliency_LayerNormOp : Saliency_LayerOp<"layer_norm", [DeclareOpInterfaceMethods<Saliency_LayerNormOpInterface>],
                                            ["buildVjp", "getFeatureAxes"]> {
  let summary = "Layer normalisation over the axes from `axis` on";
  let description = [{
    y = gamma (x - mean) / sqrt(variance + epsilon) + beta with mean and variance of x over the axes from `axis` on. `gamma` and
    `beta` have the extents of these axes.
    ```mlir
    %y = saliency.layer_norm %x, %gamma, %beta {axis = 2 : i64, epsilon = 1.0e-5 : f32}
         : (tensor<1x17x32xf32>, tensor<32xf32>, tensor<32xf32>) -> tensor<1x17x32xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$gamma, StaticF32Tensor:$beta, I64Attr:$axis, F32Attr:$epsilon);
  let assemblyFormat = "$x `,` $gamma `,` $beta attr-dict `:` functional-type(operands, results)";
}

def Saliency_SoftmaxOp : Saliency_LayerOp<"softmax", [Saliency_SoftmaxOpInterface], ["buildVjp", "getFeatureAxes"]> {
  let summary = "exp(x) normalised to sum 1 along `axis`";
  let arguments = (ins StaticF32Tensor:$x, I64Attr:$axis);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_ELEMENTWISE_TD

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise functions of one operand beyond those of Elementwise.td.

#ifndef SALIENCY_OPS_ACTIVATION_TD
#define SALIENCY_OPS_ACTIVATION_TD

include "dialect/ops/Base.td"

class Saliency_FunctionOp<string mnemonic, string text> : Saliency_ActivationOp<mnemonic> { let summary = text; }

def Saliency_AbsOp : Saliency_FunctionOp<"abs", "|x|; its derivative at 0 is 0">;
def Saliency_NegOp : Saliency_FunctionOp<"neg", "-x">;
def Saliency_ExpOp : Saliency_FunctionOp<"exp", "Exponential function">;
def Saliency_LogOp : Saliency_FunctionOp<"log", "Natural logarithm">;
def Saliency_SqrtOp : Saliency_FunctionOp<"sqrt", "Square root">;
def Saliency_ReciprocalOp : Saliency_FunctionOp<"reciprocal", "1 / x">;
def Saliency_ErfOp : Saliency_FunctionOp<"erf", "Error function">;
def Saliency_SoftplusOp : Saliency_FunctionOp<"softplus", "log(1 + exp(x))">;
def Saliency_SoftsignOp : Saliency_FunctionOp<"softsign", "x / (1 + |x|)">;
def Saliency_SiluOp : Saliency_FunctionOp<"silu", "x sigmoid(x)">;
def Saliency_MishOp : Saliency_FunctionOp<"mish", "x tanh(log(1 + exp(x)))">;
def Saliency_HardSwishOp : Saliency_FunctionOp<"hard_swish", "x min(max(x / 6 + 1 / 2, 0), 1)">;

def Saliency_GeluOp : Saliency_FunctionOp<"gelu", "x times the normal distribution's cumulative function"> {
  let description = [{x / 2 (1 + erf(x / sqrt 2)), or with `tanh` its approximation by a hyperbolic tangent.}];
  let arguments = (ins StaticF32Tensor:$x, UnitAttr:$tanh);
}
def Saliency_HardSigmoidOp : Saliency_FunctionOp<"hard_sigmoid", "alpha x + beta limited to [0, 1]; its derivative is alpha strictly inside"> {
  let arguments = (ins StaticF32Tensor:$x, F32Attr:$alpha, F32Attr:$beta);
}
def Saliency_EluOp : Saliency_FunctionOp<"elu", "scale x where x > 0, else scale alpha (exp(x) - 1) (Elu, Selu)"> {
  let arguments = (ins StaticF32Tensor:$x, F32Attr:$alpha, DefaultValuedAttr<F32Attr, "1.0f">:$scale);
}
def Saliency_PowOp : Saliency_FunctionOp<"pow", "x raised to a constant exponent"> {
  let arguments = (ins StaticF32Tensor:$x, F32Attr:$exponent);
}

def Saliency_PReluOp : Saliency_ActivationOp<"prelu"> {
  let summary = "x where x > 0, else slope x";
  let description = [{`slope`: trained, broadcast to x's shape.}];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$slope);
  let assemblyFormat = "$x `,` $slope attr-dict `:` functional-type(operands, results)";
}

def Saliency_ThresholdOp : Saliency_ActivationOp<"threshold"> {
  let summary = "x limited to [low, high], bounds per channel; the derivative is 1 strictly between them, else 0";
  let description = [{
    Batch norm s x + h and the rectifier behind it are s T(x) + h with T the threshold unit that keeps x where s x + h > 0 and is
    -h / s elsewhere: low = -h / s where s > 0, high = -h / s where s < 0. `x`: N x C x any spatial axes; `low`, `high`: C entries,
    infinite where x is not limited.
    ```mlir
    %t = saliency.threshold %x, %low, %high : (tensor<1x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$low, StaticF32Tensor:$high);
  let assemblyFormat = "$x `,` $low `,` $high attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_ACTIVATION_TD

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise functions of one operand. A function is one row: name, meaning, value, gradient, sign,
// parameters and the ONNX operators that become it. From the row follow the op, its derivative, its
// lowering, its import, its line in docs/operators.md and its tests (test/gradients compares value
// and gradient in float64; test/import reads each operator). Formulas are written in the vocabulary
// of Formula.h, which C++ and Python share.
//
//   def Saliency_CeluOp : Saliency_FunctionOp<"celu", "x where x > 0, else alpha (exp(x / alpha) - 1)",
//       "choose(x > 0, x, alpha * expm1(x / alpha))",      value at x
//       "choose(x > 0, r, r * exp(x / alpha))",            r times the derivative at x
//       "x.orZero()",                                      sign of the value, `x` being the operand's
//       [Saliency_Parameter<"alpha", "0.7">],              parameters, each with a number to test it with
//       [Saliency_Onnx<"Celu", [12, 28], [Saliency_Number<"alpha", "alpha", "1.0f">]>]>;
//
//   %y = saliency.celu %x {alpha = 1.0 : f32} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>

#ifndef SALIENCY_OPS_ACTIVATION_TD
#define SALIENCY_OPS_ACTIVATION_TD

include "dialect/ops/Base.td"

/// A number that a function depends on, an attribute of the op, and one to try the function with.
class Saliency_Parameter<string n, string e> {
  string name = n;
  string example = e;
  string getter = "get" # !toupper(!substr(n, 0, 1)) # !substr(n, 1);
}

/// An attribute of an ONNX operator, the parameter that it gives, and what a node without it means.
class Saliency_Number<string p, string a, string s> {
  string text = "{\"" # p # "\", \"" # a # "\", " # s # "}";
}

/// An ONNX operator of one input that becomes the op by numbers alone; `since`: the opsets that changed it.
class Saliency_Onnx<string n, list<int> since, list<Saliency_Number> numbers = []> {
  string text = "{\"" # n # "\", {" # !interleave(since, ", ") # "}, {" #
                !interleave(!foreach(number, numbers, number.text), ", ") # "}}";
}

class Saliency_FunctionOp<string mnemonic, string text, string value, string gradient, string sign,
                          list<Saliency_Parameter> parameters = [], list<Saliency_Onnx> onnx = [],
                          list<string> activationMethods = [], bit isForPositive = 0>
    : Saliency_ActivationOp<mnemonic, activationMethods, [DeclareOpInterfaceMethods<Saliency_FormulaOpInterface>]> {
  let summary = text;
  let description = "`" # value # "`; a gradient r becomes `" # gradient # "`.";
  let arguments = !con((ins StaticF32Tensor:$x),
                       !dag(ins, !foreach(p, parameters, F32Attr), !foreach(p, parameters, p.name)));
  let extraClassDeclaration = "static constexpr ::saliency::FunctionRow kRow = {\"" # mnemonic # "\", \"" # text # "\", \"" #
      value # "\", \"" # gradient # "\", " # !if(isForPositive, "true", "false") # ", {" #
      !interleave(!foreach(p, parameters, "{\"" # p.name # "\", " # p.example # "}"), ", ") # "}, {" #
      !interleave(!foreach(form, onnx, form.text), ", ") # "}};";
  string numbers = !interleave(
      !foreach(p, parameters, "  [[maybe_unused]] const double " # p.name # " = " # p.getter # "().convertToDouble();\n"), "");
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, ::std::optional<::mlir::Location>,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      types.push_back(adaptor.getX().getType());
      return ::mlir::success();
    }
    ::mlir::Value $cppClass::buildScalar(::mlir::ImplicitLocOpBuilder &builder, ::mlir::Value entry) {
      using namespace ::saliency::formula;
      const Formula x{&builder, entry};
  }] # numbers # "  return Formula(" # value # [{).value;
    }
    ::mlir::Value $cppClass::buildVjp(::mlir::OpBuilder &builder, ::mlir::Location loc, unsigned, ::mlir::Value arrived,
                                      ::mlir::ValueRange data) {
      using namespace ::saliency::formula;
      ::mlir::ImplicitLocOpBuilder here(loc, builder);
      const Formula x{&here, data[0]}, r{&here, arrived};
      [[maybe_unused]] auto y = [&] { return Formula{&here, buildForward(here, loc, data)}; };
  }] # numbers # "  return Formula(" # gradient # [{).value;
    }
    ::saliency::Sign $cppClass::inferSign(::llvm::ArrayRef<::saliency::Sign> operands) {
      [[maybe_unused]] const ::saliency::Sign x = operands[0];
  }] # numbers # "  return " # sign # [{;
    }
  }];
}

// Piecewise linear functions.

def Saliency_ReluOp : Saliency_FunctionOp<"relu", "max(x, 0); its derivative at 0 is 0",
    "choose(x < 0, 0, x)", "choose(x > 0, r, 0)", "raised(x, 0)", [],
    [Saliency_Onnx<"Relu", [6, 13, 14]>], ["isRectifier", "getLimits"]>;
def Saliency_ClipOp : Saliency_FunctionOp<"clip", "x limited to [min, max]; the derivative is 1 strictly between them, else 0",
    "limit(x, min, max)", "choose((x > min) & (x < max), r, 0)", "-raised(-raised(x, min), -max)",
    [Saliency_Parameter<"min", "-0.25">, Saliency_Parameter<"max", "0.15">], [], ["isRectifier", "getLimits"]>;
def Saliency_LeakyReluOp : Saliency_FunctionOp<"leaky_relu", "x where x > 0, else alpha x",
    "choose(x > 0, x, alpha * x)", "choose(x > 0, r, alpha * r)", "withNegative(x, Sign::negative() * Sign::of(alpha))",
    [Saliency_Parameter<"alpha", "0.3">],
    [Saliency_Onnx<"LeakyRelu", [6, 16], [Saliency_Number<"alpha", "alpha", "0.01f">]>]>;
def Saliency_AbsOp : Saliency_FunctionOp<"abs", "|x|; its derivative at 0 is 0",
    "abs(x)", "r * choose(x > 0, 1, choose(x < 0, -1, 0))", "withNegative(x, Sign::positive())", [],
    [Saliency_Onnx<"Abs", [6, 13]>]>;
def Saliency_NegOp : Saliency_FunctionOp<"neg", "-x", "-x", "r * -1", "-x", [], [Saliency_Onnx<"Neg", [6, 13]>]>;
def Saliency_HardSigmoidOp : Saliency_FunctionOp<"hard_sigmoid", "alpha x + beta limited to [0, 1]; its derivative is alpha strictly inside",
    "limit(alpha * x + beta, 0, 1)", "r * choose(alpha * x + beta > 0, choose(alpha * x + beta < 1, alpha, 0), 0)", "Sign::nonNegative()",
    [Saliency_Parameter<"alpha", "1.25">, Saliency_Parameter<"beta", "0.5">],
    [Saliency_Onnx<"HardSigmoid", [6, 22], [Saliency_Number<"alpha", "alpha", "0.2f">, Saliency_Number<"beta", "beta", "0.5f">]>]>;
def Saliency_HardSwishOp : Saliency_FunctionOp<"hard_swish", "x min(max(x / 6 + 1 / 2, 0), 1)",
    "x * limit(1.0 / 6 * x + 0.5, 0, 1)", "r * choose(x < -3, 0, choose(x > 3, 1, 1.0 / 3 * x + 0.5))", "x.orZero()", [],
    [Saliency_Onnx<"HardSwish", [14, 22]>]>;

def Saliency_ThresholdedReluOp : Saliency_FunctionOp<"thresholded_relu", "x where x > alpha, else 0",
    "choose(x > alpha, x, 0)", "choose(x > alpha, r, 0)", "alpha >= 0 ? Sign::nonNegative() : x.orZero()",
    [Saliency_Parameter<"alpha", "0.1">],
    [Saliency_Onnx<"ThresholdedRelu", [10, 22], [Saliency_Number<"alpha", "alpha", "1.0f">]>]>;

// Steps: the derivative is 0, also at the jumps.

def Saliency_SignOp : Saliency_FunctionOp<"sign", "1 above 0, -1 below; its derivative is 0",
    "choose(x > 0, 1, choose(x < 0, -1, 0))", "r * 0", "x.orZero()", [], [Saliency_Onnx<"Sign", [9, 13]>]>;
def Saliency_FloorOp : Saliency_FunctionOp<"floor", "The largest whole number up to x; its derivative is 0",
    "floor(x)", "r * 0", "x.isNonNegative() ? Sign::nonNegative() : Sign::unknown()", [], [Saliency_Onnx<"Floor", [6, 13]>]>;
def Saliency_CeilOp : Saliency_FunctionOp<"ceil", "The smallest whole number from x on; its derivative is 0",
    "ceil(x)", "r * 0", "x.isNonNegative() ? Sign::nonNegative() : Sign::unknown()", [], [Saliency_Onnx<"Ceil", [6, 13]>]>;
def Saliency_RoundOp : Saliency_FunctionOp<"round", "The nearest whole number, the even one of two; its derivative is 0",
    "round(x)", "r * 0", "x.orZero()", [], [Saliency_Onnx<"Round", [11, 22]>]>;

// Waves.

def Saliency_SinOp : Saliency_FunctionOp<"sin", "Sine",
    "sin(x)", "r * cos(x)", "Sign::unknown()", [], [Saliency_Onnx<"Sin", [7, 22]>]>;
def Saliency_CosOp : Saliency_FunctionOp<"cos", "Cosine",
    "cos(x)", "r * (-1 * sin(x))", "Sign::unknown()", [], [Saliency_Onnx<"Cos", [7, 22]>]>;

// Exponentials and what is made of them.

def Saliency_ExpOp : Saliency_FunctionOp<"exp", "Exponential function",
    "exp(x)", "r * y()", "Sign::nonNegative()", [], [Saliency_Onnx<"Exp", [6, 13]>]>;
def Saliency_LogOp : Saliency_FunctionOp<"log", "Natural logarithm",
    "log(x)", "r * (1 / x)", "Sign::unknown()", [], [Saliency_Onnx<"Log", [6, 13]>], [], 1>;
def Saliency_SigmoidOp : Saliency_FunctionOp<"sigmoid", "1 / (1 + exp(-x))",
    "sigmoid(x)", "r * (y() * (1 - y()))", "Sign::nonNegative()", [], [Saliency_Onnx<"Sigmoid", [6, 13]>]>;
def Saliency_TanhOp : Saliency_FunctionOp<"tanh", "Hyperbolic tangent",
    "tanh(x)", "r * (1 - square(y()))", "x", [], [Saliency_Onnx<"Tanh", [6, 13]>]>;
def Saliency_SoftplusOp : Saliency_FunctionOp<"softplus", "log(1 + exp(x))",
    "softplus(x)", "r * sigmoid(x)", "Sign::nonNegative()", [], [Saliency_Onnx<"Softplus", [1, 22]>]>;
def Saliency_SoftsignOp : Saliency_FunctionOp<"softsign", "x / (1 + |x|)",
    "x / (abs(x) + 1)", "r * (1 / square(abs(x) + 1))", "x.orZero()", [], [Saliency_Onnx<"Softsign", [1, 22]>]>;
def Saliency_SiluOp : Saliency_FunctionOp<"silu", "x sigmoid(x)",
    "x * sigmoid(x)", "r * (sigmoid(x) * (x * (1 - sigmoid(x)) + 1))", "x.orZero()">;
def Saliency_MishOp : Saliency_FunctionOp<"mish", "x tanh(log(1 + exp(x)))",
    "x * tanh(softplus(x))",
    "r * (tanh(softplus(x)) + x * (1 - square(tanh(softplus(x)))) * sigmoid(x))", "x.orZero()", [],
    [Saliency_Onnx<"Mish", [18, 22]>]>;
def Saliency_EluOp : Saliency_FunctionOp<"elu", "scale x where x > 0, else scale alpha (exp(x) - 1) (Elu with scale 1, Selu)",
    "choose(x > 0, scale * x, scale * alpha * expm1(x))", "r * choose(x > 0, scale, scale * alpha * exp(x))",
    "alpha >= 0 && scale > 0 ? x.orZero() : Sign::unknown()",
    [Saliency_Parameter<"alpha", "0.7">, Saliency_Parameter<"scale", "1.5">],
    [Saliency_Onnx<"Elu", [6, 22], [Saliency_Number<"alpha", "alpha", "1.0f">, Saliency_Number<"scale", "", "1.0f">]>,
     Saliency_Onnx<"Selu", [6, 22], [Saliency_Number<"alpha", "alpha", "1.67326319217681884765625f">,
                                     Saliency_Number<"scale", "gamma", "1.05070102214813232421875f">]>]>;
def Saliency_CeluOp : Saliency_FunctionOp<"celu", "x where x > 0, else alpha (exp(x / alpha) - 1)",
    "choose(x > 0, x, alpha * expm1(x / alpha))", "choose(x > 0, r, r * exp(x / alpha))", "x.orZero()",
    [Saliency_Parameter<"alpha", "0.7">],
    [Saliency_Onnx<"Celu", [12, 28], [Saliency_Number<"alpha", "alpha", "1.0f">]>]>;

// The normal distribution's.

def Saliency_ErfOp : Saliency_FunctionOp<"erf", "Error function",
    "erf(x)", "r * (2 * inv_sqrtpi * exp(-1 * square(x)))", "x.orZero()", [], [Saliency_Onnx<"Erf", [9, 13]>]>;
def Saliency_GeluOp : Saliency_FunctionOp<"gelu", "x times the normal distribution's cumulative function: x / 2 (1 + erf(x / sqrt 2))",
    "0.5 * x * (erf(sqrt2 / 2 * x) + 1)",
    "r * (0.5 * (erf(sqrt2 / 2 * x) + 1) + inv_sqrtpi / sqrt2 * (x * exp(-0.5 * square(x))))", "x.orZero()">;
def Saliency_GeluTanhOp : Saliency_FunctionOp<"gelu_tanh", "gelu approximated by a hyperbolic tangent",
    "0.5 * x * (tanh(sqrt2 * inv_sqrtpi * (x + 0.044715 * (x * x * x))) + 1)",
    "r * (0.5 * (tanh(sqrt2 * inv_sqrtpi * (x * (0.044715 * square(x) + 1))) + 1) + "
    "0.5 * (sqrt2 * inv_sqrtpi) * (x * (1 - square(tanh(sqrt2 * inv_sqrtpi * (x * (0.044715 * square(x) + 1))))) * "
    "(3 * 0.044715 * square(x) + 1)))", "x.orZero()">;

// Powers.

def Saliency_SqrtOp : Saliency_FunctionOp<"sqrt", "Square root",
    "sqrt(x)", "r * (0.5 / y())", "withNegative(x, Sign::nonNegative())", [], [Saliency_Onnx<"Sqrt", [6, 13]>], [], 1>;
def Saliency_ReciprocalOp : Saliency_FunctionOp<"reciprocal", "1 / x",
    "1 / x", "r * (-1 / square(x))", "Sign::positive() / x", [], [Saliency_Onnx<"Reciprocal", [6, 13]>], [], 1>;
def Saliency_PowOp : Saliency_FunctionOp<"pow", "x raised to a constant exponent",
    "pow(x, exponent)", "r * (exponent * pow(x, exponent - 1))",
    "isEven(exponent) || x.isNonNegative() ? Sign::nonNegative() : Sign::unknown()",
    [Saliency_Parameter<"exponent", "1.7">], [], [], 1>;

// Functions with trained operands: written out in Activation.cpp.

def Saliency_PReluOp : Saliency_ActivationOp<"prelu"> {
  let summary = "x where x > 0, else slope x";
  let description = [{
    `slope`: trained, broadcast to x's shape.
    ```mlir
    %y = saliency.prelu %x, %slope : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
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

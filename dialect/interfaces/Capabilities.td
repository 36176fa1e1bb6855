// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an op can do for an attribution method. Methods are written for these capabilities, never for ops.

#ifndef SALIENCY_CAPABILITIES_TD
#define SALIENCY_CAPABILITIES_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Saliency_LayerOpInterface : OpInterface<"LayerOpInterface"> {
  let cppNamespace = "::saliency";
  let description = [{
    A forward op of a network: one result, some operands through which relevance flows back (its data operands); the
    others (weights, statistics) are parameters. Every layer can be evaluated at another input and has an ordinary
    derivative, so a gradient-like method needs no rule for it.
  }];
  let methods = [
    InterfaceMethod<[{Operand numbers of the data operands, in the op's order. Default: operand 0.}],
      "::llvm::SmallVector<unsigned>", "getDataOperandNumbers", (ins), "", "return {0};">,
    InterfaceMethod<[{
        The axes along which the op combines entries of one position: the channels of a convolution, the features of a dense
        layer, what a layer norm or softmax normalises. A rule's "channels" are these. Default: axis 1.
      }], "::llvm::SmallVector<int64_t>", "getFeatureAxes", (ins), "", "return {1};">,
    InterfaceMethod<[{
        The vector-Jacobian product: the gradient of <result, r> with respect to data operand `number` (an operand
        number), evaluated at the op's data operands `data` (same order as getDataOperandNumbers(); pass the op's own for
        the ordinary derivative). `r` has the type of the result; the returned value has the type of the operand.
      }], "::mlir::Value", "buildVjp",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "unsigned":$number, "::mlir::Value":$r,
           "::mlir::ValueRange":$data)>,
    InterfaceMethod<[{The layer's own function at other data operands `data`: a clone with them in place.}],
      "::mlir::Value", "buildForward",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::ValueRange":$data), "",
      [{
        ::mlir::Operation *clone = builder.clone(*$_op.getOperation());
        for (auto [number, value] : ::llvm::zip_equal($_op.getDataOperandNumbers(), data))
          clone->setOperand(number, value);
        clone->setLoc(loc);
        clone->removeDiscardableAttr("onnx.value");
        return clone->getResult(0);
      }]>
  ];
}

def Saliency_LinearMapOpInterface : OpInterface<"LinearMapOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{
    y = W x + b for one data operand x. The three products of a linear map are exposed apart from the bias so that a rule
    can use other weights (positive part, squares, per-sample correlations) in place of W. Weights are either shared
    (the op's own shape) or per sample (a leading sample axis in front of that shape).
  }];
  let methods = [
    InterfaceMethod<[{The weight operand, or null where the weights are implied (average pool).}],
      "::mlir::Value", "getLinearWeight">,
    InterfaceMethod<[{The bias operand (one entry per output channel, or 1 x the result's axes but samples), or null.}],
      "::mlir::Value", "getLinearBias">,
    InterfaceMethod<[{W x without the bias. `weight` is ignored where the weights are implied.}],
      "::mlir::Value", "buildLinear",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$weight, "::mlir::Value":$x)>,
    InterfaceMethod<[{The transposed map: the gradient of <W x, r> with respect to x; has x's type.}],
      "::mlir::Value", "buildAdjoint",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$weight, "::mlir::Value":$r)>,
    InterfaceMethod<[{
        The gradient of <W x, r> with respect to W, kept apart for every sample (sample axis first). Null where the
        weights are implied.
      }], "::mlir::Value", "buildCorrelate",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$x, "::mlir::Value":$r)>,
    InterfaceMethod<[{Kernel extent along the first spatial axis; 1 for a dense layer.}], "int64_t", "getKernelExtent">,
    InterfaceMethod<[{One group per input channel, more than one channel.}], "bool", "isDepthwise", (ins), "", "return false;">,
    InterfaceMethod<[{A convolution padded by its kernel's span less one along every axis (TensorFlow's SAME).}],
      "bool", "hasSamePadding", (ins), "", "return false;">,
    InterfaceMethod<[{A window that moves by more than one cell along some axis.}], "bool", "isStrided", (ins), "", "return false;">
  ];
}

def Saliency_ActivationOpInterface : OpInterface<"ActivationOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{An elementwise function of one operand.}];
  let methods = [
    InterfaceMethod<[{Zero for negative inputs, then the identity (possibly up to a ceiling): Relu, Clip(0, c).}],
      "bool", "isRectifier", (ins), "", "return false;">,
    InterfaceMethod<[{The bounds of an op that only limits its operand to [first, second]; none where it does something else.}],
      "::std::optional<::std::pair<double, double>>", "getLimits", (ins), "", "return ::std::nullopt;">
  ];
}

def Saliency_SelectionOpInterface : OpInterface<"SelectionOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{Every output is one chosen input (max pool; ties: the first maximum in row-major order).}];
}

def Saliency_StructuralOpInterface : OpInterface<"StructuralOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{The output is a rearrangement of one input: reshape, transpose, slice, padding with a constant, identity.}];
}

def Saliency_NormalisationOpInterface : OpInterface<"NormalisationOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{Per-channel affine map with recorded statistics: y = gamma (x - mean) / sqrt(variance + epsilon) + beta.}];
}

def Saliency_LayerNormOpInterface : OpInterface<"LayerNormOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{
    Normalisation by the data's own statistics over the feature axes: y = gamma (x - mean) / sqrt(variance + epsilon) + beta.
  }];
  let methods = [
    InterfaceMethod<[{Mean of the data over the feature axes, which stay with extent 1.}], "::mlir::Value", "buildMean",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$x)>,
    InterfaceMethod<[{Mean of (x - mean)^2 over the feature axes, which stay with extent 1.}], "::mlir::Value", "buildVariance",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$x)>
  ];
}

def Saliency_SoftmaxOpInterface : OpInterface<"SoftmaxOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{Exponentials normalised to sum 1 along one axis.}];
}

def Saliency_BilinearOpInterface : OpInterface<"BilinearOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{A matrix product of two data operands.}];
}

def Saliency_MergeKind : I32EnumAttr<"MergeKind", "how several operands become one", [
    I32EnumAttrCase<"Add", 0, "add">, I32EnumAttrCase<"Concat", 1, "concat">, I32EnumAttrCase<"Product", 2, "product">,
    I32EnumAttrCase<"Other", 3, "other">]> {
  let cppNamespace = "::saliency";
}

def Saliency_MergeOpInterface : OpInterface<"MergeOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{Several operands combined, elementwise with broadcasting or side by side (concatenation).}];
  let methods = [InterfaceMethod<[{What the op does with its operands.}], "::saliency::MergeKind", "getMergeKind">];
}

def Saliency_InferSignsOpInterface : OpInterface<"InferSignsOpInterface"> {
  let cppNamespace = "::saliency";
  let description = [{What the op says about the sign of its result, given what is known of its operands' signs.}];
  let methods = [
    InterfaceMethod<[{
        `operands` holds one fact per operand (constants included). Returns the fact for result 0; `Sign::unknown()`
        is always a correct answer.
      }], "::saliency::Sign", "inferSign", (ins "::llvm::ArrayRef<::saliency::Sign>":$operands)>
  ];
}

#endif // SALIENCY_CAPABILITIES_TD

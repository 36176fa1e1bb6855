// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an op can do for an attribution method, and what a pass may ask of an op. Methods and passes
// are written for these interfaces, never for op classes: a new op that answers them is served by
// all of them. Words used below:
//   sample      entry of axis 0; nothing here ever mixes samples
//   relevance   the tensor that a method carries backwards; at a value it has the value's shape
//   data        the operands of a layer through which relevance flows back; others are parameters
//   r           what arrives at an op's result: relevance or a gradient, of the result's shape
// In-house conventions of axes: samples x channels x spatial axes (convolutions, pools) or samples x
// ... x features (dense layers, layer norms).

#ifndef SALIENCY_CAPABILITIES_TD
#define SALIENCY_CAPABILITIES_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Saliency_LayerCapability : I32EnumAttr<"LayerCapability", "what a layer is to a rule", [
    I32EnumAttrCase<"Convolution", 0, "convolution">,       // a linear map whose kernel slides over spatial axes
    I32EnumAttrCase<"Dense", 1, "dense">,                   // a linear map of the last axis
    I32EnumAttrCase<"AveragePool", 2, "average_pool">,      // a linear map whose weights are implied
    I32EnumAttrCase<"Bilinear", 3, "bilinear">,             // a product of two data operands
    I32EnumAttrCase<"Activation", 4, "activation">,         // an elementwise function
    I32EnumAttrCase<"Rectifier", 5, "rectifier">,           // an activation: 0 below 0, the identity above
    I32EnumAttrCase<"Selection", 6, "selection">,           // every output is one chosen input
    I32EnumAttrCase<"Structural", 7, "structural">,         // entries moved about
    I32EnumAttrCase<"Merge", 8, "merge">,                   // several operands, in a way without a name
    I32EnumAttrCase<"Add", 9, "add">,                       // a merge: their sum
    I32EnumAttrCase<"Concat", 10, "concat">,                // a merge: side by side
    I32EnumAttrCase<"Product", 11, "product">,              // a merge: their product
    I32EnumAttrCase<"Normalisation", 12, "normalisation">,  // affine by channel, recorded statistics
    I32EnumAttrCase<"Softmax", 13, "softmax">,              // exponentials that sum to 1
    I32EnumAttrCase<"LayerNorm", 14, "layer_norm">]> {      // normalised by the data's own statistics
  let cppNamespace = "::saliency";
}

def Saliency_LayerOpInterface : OpInterface<"LayerOpInterface"> {
  let cppNamespace = "::saliency";
  let description = [{
    A forward op of a network: one result, some operands through which relevance flows back (its data operands); the
    others (weights, statistics) are parameters. Every layer can be evaluated at another input and has an ordinary
    derivative, so a gradient-like method needs no rule for it.
  }];
  let methods = [
    InterfaceMethod<[{
        The most specific thing that the layer is. Default: what its capability interface says (a linear map has to say
        itself: a dense layer and a convolution differ in more than weights).
      }], "::saliency::LayerCapability", "getCapability", (ins), "",
      [{ return ::saliency::detail::capabilityByInterface($_op.getOperation()); }]>,
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
      }]>,
    InterfaceMethod<[{
        For an op on samples x channels x ...: where the channels and the data of operand 0 lie in the result, if they lie
        at `place` in the operand; nothing where op(scale x + shift) is not scale op(x) + shift at every data cell and
        0 stays 0 elsewhere, with one scale and shift per channel. So a pass may move an affine map by channel across the
        op. Default: nothing, which is always a correct answer.
      }], "::std::optional<::saliency::ChannelPlace>", "carryChannels", (ins "const ::saliency::ChannelPlace &":$place), "",
      [{ return ::std::nullopt; }]>
  ];
  let verifyWithRegions = 1; // after the shapes, which InferTypeOpInterface checks then
  let verify = [{ return ::saliency::detail::verifyLayer($_op); }];
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
    InterfaceMethod<[{
        The weights follow from the op alone (average pool): there is nothing to read, to fold into or to correlate.
        Default: getLinearWeight() is null.
      }], "bool", "hasImpliedWeights", (ins), "", "return !$_op.getLinearWeight();">,
    InterfaceMethod<[{
        The same map of the same data with other weights (of the op's own shape) and another bias (null: none): a new op
        at `builder`'s place, without discardable attributes. Null where the weights are implied.
      }], "::mlir::Operation *", "buildWithWeights",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$weight, "::mlir::Value":$bias)>,
    InterfaceMethod<[{
        The window that the kernel slides along the spatial axes; null for a dense layer, whose kernel is one cell.
        Weights are outputs x inputs/groups x the window's kernel, row-major.
      }], "::saliency::WindowAttr", "getLinearWindow", (ins), "", "return {};">,
    InterfaceMethod<[{
        The groups of a grouped convolution: output m reads the inputs of group m / (outputs / groups). Default: 1.
      }], "int64_t", "getLinearGroups", (ins), "", "return 1;">,
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
  let verifyWithRegions = 1; // after the shapes, which InferTypeOpInterface checks then
  let verify = [{ return ::saliency::detail::verifyLinearMap($_op); }];
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

def Saliency_FormulaOpInterface : OpInterface<"FormulaOpInterface"> {
  let cppNamespace = "::saliency";
  let description = [{An elementwise function of one operand, operand 0, that is known for single numbers (see Activation.td).}];
  let methods = [
    InterfaceMethod<[{
        The function's value at the float32 scalar `x`, by arith and math ops. A NaN stays a NaN. This is the op's lowering.
      }], "::mlir::Value", "buildScalar", (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$x)>
  ];
}

def Saliency_SelectionOpInterface : OpInterface<"SelectionOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{Every output is one chosen input of its window (max pool; ties: the first maximum in row-major order).}];
  let methods = [
    InterfaceMethod<[{The mean over each window's cells on data, in place of the choice. `x` is as the operand.}],
      "::mlir::Value", "buildWindowMean", (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$x)>,
    InterfaceMethod<[{The transpose of buildWindowMean: every cell receives its share of its windows' `r`.}],
      "::mlir::Value", "buildWindowMeanAdjoint",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$r)>
  ];
}

def Saliency_StructuralOpInterface : OpInterface<"StructuralOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{The output is a rearrangement of one input: reshape, transpose, slice, padding with a constant, identity.}];
  let methods = [
    InterfaceMethod<[{
        The result is the operand's entries in row-major order and nothing else, perhaps in another shape: reshape, identity,
        dropout, a padding by no cells. Default: no.
      }], "bool", "keepsEntries", (ins), "", "return false;">,
    InterfaceMethod<[{
        The result has entries that no input made: the cells that a padding puts around. Default: no.
      }], "bool", "addsEntries", (ins), "", "return false;">
  ];
  let verifyWithRegions = 1; // after the shapes, which InferTypeOpInterface checks then
  let verify = [{ return ::saliency::detail::verifyStructural($_op); }];
}

def Saliency_NormalisationOpInterface : OpInterface<"NormalisationOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{
    An affine map per channel (axis 1) of data operand 0 with recorded statistics:
    y = gamma (x - mean) / sqrt(variance + epsilon) + beta. All parameters have one entry per channel.
  }];
  let methods = [
    InterfaceMethod<[{The factors gamma.}], "::mlir::Value", "getGamma", (ins), "return $_op.getGamma();">,
    InterfaceMethod<[{The summands beta.}], "::mlir::Value", "getBeta", (ins), "return $_op.getBeta();">,
    InterfaceMethod<[{The recorded means.}], "::mlir::Value", "getMean", (ins), "return $_op.getMean();">,
    InterfaceMethod<[{The recorded variances.}], "::mlir::Value", "getVariance", (ins), "return $_op.getVariance();">,
    InterfaceMethod<[{What keeps the square root from 0.}], "::llvm::APFloat", "getEpsilon", (ins), "return $_op.getEpsilon();">
  ];
  let verifyWithRegions = 1; // after the shapes, which InferTypeOpInterface checks then
  let verify = [{ return ::saliency::detail::verifyNormalisation($_op); }];
}

def Saliency_LayerNormOpInterface : OpInterface<"LayerNormOpInterface", [Saliency_LayerOpInterface]> {
  let cppNamespace = "::saliency";
  let description = [{
    Normalisation by the data's own statistics over the feature axes: y = gamma (x - mean) / sqrt(variance + epsilon) + beta.
  }];
  let methods = [
    InterfaceMethod<[{The factors gamma, of the feature axes' extents.}], "::mlir::Value", "getGamma", (ins), "return $_op.getGamma();">,
    InterfaceMethod<[{The summands beta, of the feature axes' extents.}], "::mlir::Value", "getBeta", (ins), "return $_op.getBeta();">,
    InterfaceMethod<[{What keeps the square root from 0.}], "::llvm::APFloat", "getEpsilon", (ins), "return $_op.getEpsilon();">,
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
  let methods = [InterfaceMethod<[{What the op does with its operands.}], "::saliency::MergeKind", "getMergeKind">,
    InterfaceMethod<[{The axis along which a concatenation puts its operands side by side; nothing for other merges.}],
      "::std::optional<int64_t>", "getJoinedAxis", (ins), "", "return ::std::nullopt;">];
}

/// An op that multiplies data with the weights of a linear map: the map, its transpose or its correlation. These
/// cost a network's time; passes count them apart.
def Saliency_LinearProduct : NativeOpTrait<"LinearProduct"> {
  let cppNamespace = "::saliency";
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

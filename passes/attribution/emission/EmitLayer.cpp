// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the layer at hand has: weights, bias, a normalisation's parts, arrays from a file.
#include "dialect/ops/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "passes/attribution/emission/Emitters.h"

using namespace mlir;
using namespace saliency;
using rules::Node;

SmallVector<int64_t> saliency::featureAxes(const Scope &s) {
  auto layer = dyn_cast_or_null<LayerOpInterface>(s.layer());
  return layer ? layer.getFeatureAxes() : SmallVector<int64_t>{1};
}

/// One entry per channel, on the channels' axes.
static Value perChannel(Scope &s, Value value) {
  SmallVector<int64_t> shape(shapeOf(s.y() ? s.y() : s.place().x).size(), 1);
  for (auto [axis, extent] : llvm::zip_equal(featureAxes(s), shapeOf(value)))
    shape[axis] = extent;
  return s.reshape(value, shape);
}

Value saliency::otherOperand(const Scope &s) {
  auto product = dyn_cast_or_null<BilinearOpInterface>(s.layer());
  return product ? product->getOperand(1 - s.read(&AtOp::operand)) : Value();
}

FailureOr<Term> saliency::emitWeight(Scope &s, const Node &node) {
  auto linear = dyn_cast_or_null<LinearMapOpInterface>(s.layer());
  return known(s, node, linear ? linear.getLinearWeight() : Value());
}

FailureOr<Term> saliency::emitBias(Scope &s) {
  auto linear = dyn_cast_or_null<LinearMapOpInterface>(s.layer());
  Value bias = linear ? linear.getLinearBias() : Value();
  if (!bias || s.leavesOutBias())
    return Term{nullptr, 0};
  return Term{shapeOf(bias).size() == 1 ? perChannel(s, bias) : bias}; // else one per position
}

FailureOr<Term> saliency::emitBiasIsFolded(Scope &s) {
  auto linear = dyn_cast_or_null<LinearMapOpInterface>(s.layer());
  return Term{nullptr, double(linear && linear->hasAttr(kFoldedBiasAttr))};
}

/// 1 where layers besides the one at hand read its operand at hand.
FailureOr<Term> saliency::emitUsedElsewhere(Scope &s) {
  Operation *layer = s.layer();
  bool used = layer && llvm::any_of(layer->getOperand(s.read(&AtOp::operand)).getUsers(),
                                    [&](Operation *user) {
                                      return user != layer && isa<LayerOpInterface>(user) &&
                                             user->getBlock() == layer->getBlock();
                                    });
  return Term{nullptr, double(used)};
}

/// What a normalisation says of itself: `ofNorm` for recorded statistics (batch norm), `ofData` for
/// the data's own (layer norm); null for any other layer.
static Value partOfNorm(Scope &s, function_ref<Value(NormalisationOpInterface)> ofNorm,
                        function_ref<Value(LayerNormOpInterface)> ofData) {
  if (auto norm = dyn_cast_or_null<NormalisationOpInterface>(s.layer()))
    return perChannel(s, ofNorm(norm));
  auto norm = dyn_cast_or_null<LayerNormOpInterface>(s.layer());
  return norm ? ofData(norm) : Value();
}

FailureOr<Term> saliency::emitGamma(Scope &s, const Node &node) {
  return known(s, node,
               partOfNorm(
                   s, [](auto norm) { return norm.getGamma(); },
                   [&](auto norm) { return perChannel(s, norm.getGamma()); }));
}

FailureOr<Term> saliency::emitBeta(Scope &s, const Node &node) {
  if (s.leavesOutBias())
    return Term{nullptr, 0};
  return known(s, node,
               partOfNorm(
                   s, [](auto norm) { return norm.getBeta(); },
                   [&](auto norm) { return perChannel(s, norm.getBeta()); }));
}

FailureOr<Term> saliency::emitMean(Scope &s, const Node &node) {
  return known(s, node,
               partOfNorm(
                   s, [](auto norm) { return norm.getMean(); },
                   [&](auto norm) { return norm.buildMean(s.builder(), s.loc(), s.place().x); }));
}

FailureOr<Term> saliency::emitVariance(Scope &s, const Node &node) {
  return known(
      s, node,
      partOfNorm(
          s, [](auto norm) { return norm.getVariance(); },
          [&](auto norm) { return norm.buildVariance(s.builder(), s.loc(), s.place().x); }));
}

FailureOr<Term> saliency::emitNormEpsilon(Scope &s, const Node &node) {
  if (auto norm = dyn_cast_or_null<NormalisationOpInterface>(s.layer()))
    return Term{nullptr, norm.getEpsilon().convertToFloat()};
  if (auto norm = dyn_cast_or_null<LayerNormOpInterface>(s.layer()))
    return Term{nullptr, norm.getEpsilon().convertToFloat()};
  return known(s, node, nullptr);
}

/// An array of the file that the method's parameter names becomes a constant of the program.
FailureOr<Term> saliency::emitLayerData(Scope &s, const Node &node) {
  auto linear = dyn_cast_or_null<LinearMapOpInterface>(s.layer());
  if (!linear || !linear.getLinearWeight())
    return s.error("arrays for layers are for those with weights");
  FailureOr<const LayerData::Array *> array = findLayerData(s.method, node.index, linear);
  if (failed(array))
    return failure();
  auto type = f32Tensor(s.builder().getContext(), (*array)->shape);
  auto attribute = DenseF32ResourceElementsAttr::get(
      type, s.table().parameters[node.index].name,
      HeapAsmResourceBlob::allocateAndCopyInferAlign(ArrayRef((*array)->values),
                                                     /*dataIsMutable=*/false));
  return Term{s.make<ConstantOp>(cast<ElementsAttr>(Attribute(attribute)))};
}

/// The sum over all operands of a merge or uses of a fork; each evaluates the node with its own x
/// and R.
template <class At>
static FailureOr<Term> overPeers(Scope &s, const Node &node, ArrayRef<At> peers) {
  Value sum;
  for (const At &peer : peers) {
    Value value;
    {
      Scope::Moved moved(s, peer);
      FailureOr<Term> operand = s.term(node.a);
      if (failed(operand))
        return failure();
      bool isNumberPerSample = node.space == rules::Space::PerSample && !operand->isNumber();
      value = isNumberPerSample ? operand->value : s.tensor(*operand, shapeOf(peer.x));
    }
    sum = sum ? s.make<arith::AddFOp>(sum, value) : value;
  }
  if (!sum)
    return failure();
  return Term{sum};
}

FailureOr<Term> saliency::emitOverOperands(Scope &s, const Node &node) {
  if (const AtFork *fork = s.placeAs<AtFork>())
    return overPeers(s, node, fork->peers);
  return overPeers(s, node, s.read(&AtOp::peers));
}

Value saliency::outputWithoutBias(Scope &s) {
  Operation *layer = s.layer();
  Value x = s.place().x;
  if (auto linear = dyn_cast_or_null<LinearMapOpInterface>(layer); linear && linear.getLinearBias())
    return linear.buildLinear(s.builder(), s.loc(), linear.getLinearWeight(), x);
  if (isa_and_nonnull<NormalisationOpInterface>(layer))
    return cast<LayerOpInterface>(layer).buildVjp(s.builder(), s.loc(), 0, x, x);
  if (auto norm = dyn_cast_or_null<LayerNormOpInterface>(layer)) {
    Value shift = perChannel(s, norm.getBeta());
    return s.make<arith::SubFOp>(s.y(), s.tensor({shift}, shapeOf(s.y())));
  }
  return s.y();
}

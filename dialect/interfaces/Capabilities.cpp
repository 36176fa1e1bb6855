// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Defaults and checks of the capability interfaces.
#include "dialect/ops/Builders.h"

using namespace mlir;

namespace saliency {

ChannelPlace ChannelPlace::whole(Value value, int64_t repeat) {
  ArrayRef<int64_t> spatial = shapeOf(value).drop_front(2);
  return {repeat, SmallVector<int64_t>(spatial.size(), 0), llvm::to_vector(spatial)};
}

bool ChannelPlace::isWhole(Value value) const {
  ChannelPlace all = whole(value, repeat);
  return all.begin == begin && all.end == end;
}

LinearMapOpInterface weightedMap(Operation *op) {
  auto map = dyn_cast_or_null<LinearMapOpInterface>(op);
  return map && !map.hasImpliedWeights() ? map : LinearMapOpInterface();
}

bool isPool(Operation *op) {
  auto map = dyn_cast_or_null<LinearMapOpInterface>(op);
  return isa_and_nonnull<SelectionOpInterface>(op) || (map && map.hasImpliedWeights());
}

bool keepsEntries(Operation *op) {
  auto structural = dyn_cast_or_null<StructuralOpInterface>(op);
  return structural && structural.keepsEntries();
}

bool addsEntries(Operation *op) {
  auto structural = dyn_cast_or_null<StructuralOpInterface>(op);
  return structural && structural.addsEntries();
}

namespace detail {

static LayerCapability capabilityOfMerge(MergeKind kind) {
  switch (kind) {
  case MergeKind::Add:
    return LayerCapability::Add;
  case MergeKind::Concat:
    return LayerCapability::Concat;
  case MergeKind::Product:
    return LayerCapability::Product;
  case MergeKind::Other:
    return LayerCapability::Merge;
  }
  llvm_unreachable("all kinds of merges are handled");
}

LayerCapability capabilityByInterface(Operation *op) {
  if (auto activation = dyn_cast<ActivationOpInterface>(op))
    return activation.isRectifier() ? LayerCapability::Rectifier : LayerCapability::Activation;
  if (auto merge = dyn_cast<MergeOpInterface>(op))
    return capabilityOfMerge(merge.getMergeKind());
  if (isa<SelectionOpInterface>(op))
    return LayerCapability::Selection;
  if (isa<NormalisationOpInterface>(op))
    return LayerCapability::Normalisation;
  if (isa<LayerNormOpInterface>(op))
    return LayerCapability::LayerNorm;
  if (isa<SoftmaxOpInterface>(op))
    return LayerCapability::Softmax;
  if (isa<BilinearOpInterface>(op))
    return LayerCapability::Bilinear;
  return LayerCapability::Structural;
}

LogicalResult verifyLayer(Operation *op) {
  int64_t interfaces = isa<LinearMapOpInterface>(op) + isa<ActivationOpInterface>(op) +
                       isa<MergeOpInterface>(op) + isa<SelectionOpInterface>(op) +
                       isa<StructuralOpInterface>(op) + isa<NormalisationOpInterface>(op) +
                       isa<LayerNormOpInterface>(op) + isa<SoftmaxOpInterface>(op) +
                       isa<BilinearOpInterface>(op);
  if (interfaces != 1)
    return op->emitOpError("is a layer: it implements one capability interface, found ")
           << interfaces;
  auto layer = cast<LayerOpInterface>(op);
  if (!isa<LinearMapOpInterface>(op) && layer.getCapability() != capabilityByInterface(op))
    return op->emitOpError("has the capability of its interface, '")
           << stringifyLayerCapability(capabilityByInterface(op)) << "', found '"
           << stringifyLayerCapability(layer.getCapability()) << "'";
  SmallVector<unsigned> data = layer.getDataOperandNumbers();
  if (data.empty() || !llvm::is_sorted(data) || data.back() >= op->getNumOperands())
    return op->emitOpError("names its data operands in order, at most ")
           << op->getNumOperands() << " of them, found another list";
  int64_t rank = shapeOf(op->getResult(0)).size();
  for (int64_t axis : layer.getFeatureAxes())
    if (rank > 1 && (axis < 0 || axis >= rank))
      return op->emitOpError("combines entries along axes of its result, which has ")
             << rank << ", found axis " << axis;
  return success();
}

LogicalResult verifyLinearMap(Operation *op) {
  auto map = cast<LinearMapOpInterface>(op);
  LayerCapability capability = cast<LayerOpInterface>(op).getCapability();
  bool isPool = capability == LayerCapability::AveragePool;
  if (!isPool && capability != LayerCapability::Convolution && capability != LayerCapability::Dense)
    return op->emitOpError(
               "is a linear map: a convolution, a dense layer or an average pool, found '")
           << stringifyLayerCapability(capability) << "'";
  if (isPool != map.hasImpliedWeights() || isPool != !map.getLinearWeight())
    return op->emitOpError("has weights unless it is an average pool, found ")
           << (map.getLinearWeight() ? "an average pool with some" : "none");
  return success();
}

LogicalResult verifyStructural(Operation *op) {
  if (!saliency::keepsEntries(op))
    return success();
  int64_t entries = tensorType(op->getResult(0)).getNumElements(),
          given = tensorType(op->getOperand(0)).getNumElements();
  if (saliency::addsEntries(op) || entries != given)
    return op->emitOpError("keeps the entries of its operand and adds none, found ")
           << entries << " of " << given;
  return success();
}

LogicalResult verifyNormalisation(Operation *op) {
  auto norm = cast<NormalisationOpInterface>(op);
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  for (Value parameter : {norm.getGamma(), norm.getBeta(), norm.getMean(), norm.getVariance()})
    if (shape.size() < 2 || shapeOf(parameter) != shape.slice(1, 1))
      return op->emitOpError("has parameters of one entry per channel, found ")
             << shapeText(shapeOf(parameter)) << " for " << shapeText(shape);
  return success();
}

} // namespace detail

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/LayerFacts.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

rules::LayerFacts saliency::factsOf(LayerOpInterface layer) {
  rules::LayerFacts facts;
  auto linear = dyn_cast<LinearMapOpInterface>(layer.getOperation());
  bool shifts = isa<NormalisationOpInterface, LayerNormOpInterface>(layer.getOperation());
  facts.hasBias = shifts || (linear && linear.getLinearBias());
  facts.biasIsFolded = linear && linear->hasAttr(kFoldedBiasAttr);
  facts.addsEntries = addsEntries(layer);
  return facts;
}

bool saliency::addsEntries(LayerOpInterface layer) {
  return isa<PadOp>(layer.getOperation()) &&
         layer->getResult(0).getType() != layer->getOperand(0).getType();
}

std::optional<NormParts> saliency::normPartsOf(Operation *layer) {
  if (auto norm = dyn_cast_or_null<BatchNormOp>(layer))
    return NormParts{norm.getGamma(), norm.getBeta(), norm.getMean(), norm.getVariance(),
                     norm.getEpsilon().convertToFloat()};
  if (auto norm = dyn_cast_or_null<LayerNormOp>(layer))
    return NormParts{norm.getGamma(), norm.getBeta(), {}, {}, norm.getEpsilon().convertToFloat()};
  return std::nullopt;
}

Value saliency::buildWindowMean(OpBuilder &builder, Location loc, Operation *layer, Value x) {
  auto pool = dyn_cast_or_null<MaxPoolOp>(layer);
  if (!pool)
    return nullptr;
  return AvgPoolOp::create(builder, loc, x, pool.getWindow(), /*count_include_pad=*/nullptr,
                           pool.getCeilModeAttr());
}

Value saliency::buildWindowMeanVjp(OpBuilder &builder, Location loc, Operation *layer, Value r) {
  auto pool = dyn_cast_or_null<MaxPoolOp>(layer);
  if (!pool)
    return nullptr;
  ArrayRef<int64_t> spatial = shapeOf(pool.getX()).drop_front(2);
  return AvgPoolAdjointOp::create(builder, loc, r, pool.getWindow(), /*count_include_pad=*/nullptr,
                                  pool.getCeilModeAttr(), builder.getDenseI64ArrayAttr(spatial));
}

int64_t saliency::channelAxis(Value value) {
  auto layer = value.getDefiningOp<LayerOpInterface>();
  return layer ? layer.getFeatureAxes().front() : 1;
}

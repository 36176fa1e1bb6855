// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/LayerFacts.h"

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

int64_t saliency::channelAxis(Value value) {
  auto layer = value.getDefiningOp<LayerOpInterface>();
  return layer ? layer.getFeatureAxes().front() : 1;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which layers a method's relevance passes on a network, and by which rules; for checks of what a
// user asks, before any code is made.
#ifndef SALIENCY_ATTRIBUTION_WALK_RULESONTHEWAY_H
#define SALIENCY_ATTRIBUTION_WALK_RULESONTHEWAY_H

#include "passes/attribution/walk/LayerRule.h"

namespace saliency {

/// A layer that one stream of a method passes.
struct PassedLayer {
  LayerOpInterface layer;
  unsigned stream;
  LayerRule rule;
};

/// The layers that the streams of `method` pass from their seeds back to where the map is read, in
/// the order of the network. `layer` is the target layer; null where the method has none.
llvm::SmallVector<PassedLayer> rulesOnTheWay(const Network &network, const BoundMethod &method,
                                             mlir::Value layer);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_WALK_RULESONTHEWAY_H

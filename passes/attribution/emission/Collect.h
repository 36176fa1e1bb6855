// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a method collects beside its way back: a map from each op, or from each value at named
// places.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_COLLECT_H
#define SALIENCY_ATTRIBUTION_EMISSION_COLLECT_H

#include "passes/attribution/emission/RelevanceWalk.h"

namespace saliency {

/// One place where a method collects, and what its expression reads there.
struct CollectedPlace {
  const rules::Collection *collection;
  std::variant<AtOp, AtValue> at;

  /// The same place inside a run or behind the runs of a method that repeats.
  Place inRuns(const RunPlace &runs) const {
    return std::visit(
        [&](auto place) -> Place {
          static_cast<RunPlace &>(place) = runs;
          return place;
        },
        at);
  }
};

/// The places, from the network's last op to its first. Where the method walks, only what the walk
/// met. `target` is the target layer, if the method has one. Reports names that no value has, and
/// places without a map.
mlir::FailureOr<llvm::SmallVector<CollectedPlace, 0>>
findCollected(mlir::OpBuilder &builder, const Network &network, const BoundMethod &method,
              const RelevanceWalk &walk, mlir::Value target);

/// A place's map, resized to the positions of the network's input; null where what is collected has
/// no positions, as at a dense layer.
mlir::FailureOr<mlir::Value> emitCollectedMap(mlir::OpBuilder &builder,
                                              const ExpressionEmitter &emitter,
                                              const CollectedPlace &place, const RunPlace &runs);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_COLLECT_H

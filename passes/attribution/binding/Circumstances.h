// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What decides whether an entry of a method (a row, a seed, a finish ...) applies. An entry has
// conditions: on the method's parameters, on the layer at hand, on what surrounds the entry.
#ifndef SALIENCY_ATTRIBUTION_BINDING_CIRCUMSTANCES_H
#define SALIENCY_ATTRIBUTION_BINDING_CIRCUMSTANCES_H

#include "passes/attribution/binding/BoundMethod.h"
#include "passes/attribution/network/Network.h"

namespace saliency {

/// Where an entry is asked for; what is not known there keeps its default. It answers conditions as
/// rules::findEntry and rules::findRow ask them: rules::findEntry(table.seeds,
/// Circumstances{method}).
struct Circumstances {
  const BoundMethod &method;
  /// Of a row or a collection: the layer at hand, in its network. Where both are null, as at a
  /// value that several layers read, no condition on layers holds.
  const Network *network = nullptr;
  LayerOpInterface layer = {};
  /// Of a row: the stream at hand, 0 being the relevance.
  unsigned stream = 0;
  /// Of a finish: a step refines the two-dimensional map.
  bool stepFollows = false;
  /// Of a step's refinement: the activation at hand has more columns than the map so far.
  bool enlarges = false;

  /// Whether a condition holds, its negation aside.
  bool operator()(const rules::Condition &condition) const;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BINDING_CIRCUMSTANCES_H

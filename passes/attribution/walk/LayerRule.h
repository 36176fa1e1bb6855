// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which rule serves a layer. A method is a list of rows; a row is an expression, for layers of one
// capability, that says what the layer's operand gets of the relevance of its output. Of the rows
// that serve a layer the first one counts whose conditions hold there; a composite may name another
// one for single layers, or other parameters.
#ifndef SALIENCY_ATTRIBUTION_WALK_LAYERRULE_H
#define SALIENCY_ATTRIBUTION_WALK_LAYERRULE_H

#include "passes/attribution/binding/BoundMethod.h"

namespace saliency {

/// What a layer takes of a method.
struct LayerRule {
  /// The method under the parameters of the layer's entry in the composite; null where no method
  /// is at hand and every layer takes its ordinary derivative.
  const BoundMethod *bound = nullptr;
  const rules::Row *row = nullptr; // null: the ordinary derivative, or unsupported
  bool isSupported = true;         // by a row, or by a method that takes the derivative elsewhere
  std::string name;                // the composite's rule, the method's name, or "derivative"
  std::optional<unsigned> entry;   // of the composite

  /// What becomes of the sum of relevance at `layer` under this rule.
  rules::RowConservation conservationAt(LayerOpInterface layer) const;
};

/// The rule of `layer` for relevance of `stream`; by ordinary derivatives where `method` is null.
LayerRule findRuleFor(LayerOpInterface layer, const BoundMethod *method, const Network &network,
                      unsigned stream = 0);

/// Says on -debug-only=saliency-walk which rule serves a layer, where the compiler was built with
/// assertions. `isBottleneck`: nothing passes beside the layer's result.
void traceRule(LayerOpInterface layer, const LayerRule &rule, unsigned stream, bool isBottleneck);

/// The row that combines a value's uses in `stream`; null where they simply add up.
const rules::Row *findForkRow(const BoundMethod *method, unsigned stream);

/// Whether a stream is relevance: the main one, its twins and what accompanies it; not what is
/// carried beside it, as a gradient. Stream 0 alone where `method` is null.
bool isRelevance(const BoundMethod *method, unsigned stream);

/// The streams as the rows of `stream` read them: a twin stands in place of the relevance.
template <class Share>
llvm::SmallVector<Share, 1> seenBy(const BoundMethod *method, unsigned stream,
                                   const llvm::SmallVector<Share, 1> &r) {
  if (!method || rules::rowsOf(method->getTable(), stream) == stream)
    return r;
  return {r[stream]};
}

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_WALK_LAYERRULE_H

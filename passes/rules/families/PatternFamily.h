// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PatternNet and PatternAttribution: the gradient with something else in place of the weights of
// every layer. `op` is a context of Ops.h.
#ifndef SALIENCY_RULES_FAMILIES_PATTERNFAMILY_H
#define SALIENCY_RULES_FAMILIES_PATTERNFAMILY_H

#include "passes/rules/language/Method.h"

namespace saliency::rules {

class PatternFamily {
public:
  Method &m;
  LayerDataParameter patterns;
  ChoiceParameter seed, rescale;

  constexpr explicit PatternFamily(Method &m)
      : m(m), patterns(m.dualLayerData(
                  "patterns",
                  "signal directions of this network's units, as saliency-patterns writes them")),
        seed(
            m.choice("seed", {"logit", "one"}, "relevance at the target's logit: its value, or 1")),
        rescale(m.choice("rescale", {"none", "bottlenecks"},
                         "bottlenecks: divide by the largest magnitude at each layer that all "
                         "relevance passes, and at the end, as "
                         "iNNvestigate does; the map changes by a factor alone")) {
    m.convention("paper");
    m.convention("innvestigate", rescale.is("bottlenecks"));
    m.canonize(CanonizerKind::FoldBatchNorm);
    m.seed(m.target() * m.logits(), seed.is("logit"));
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(zeroSafe(m.map(), maxPerSample(abs(m.map()))), rescale.is("bottlenecks"));
    m.finish(m.map());
    m.holds(Invariant::Odd);
    m.note(
        "patterns belong to the network with batch norm folded; saliency-patterns folds it, too");
    m.note("average pools, sums and products take the ordinary derivative; the paper has none of "
           "them");
  }

  /// Rows for the transposed map with v in place of the weights; gives back that without rescaling.
  template <class Op>
  constexpr Remark<Row> carry(const Op &op, const Expr<Space::Weight> &v) const {
    const auto scaled = where(op.isBottleneck, zeroSafe(op.R, maxPerSample(abs(op.R))), op.R);
    m.on(op, rescale.is("bottlenecks"), adjoint(v, scaled));
    return m.on(op, adjoint(v, op.R));
  }
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_PATTERNFAMILY_H

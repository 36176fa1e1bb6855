// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_EXCITATIONBACKPROP_H
#define SALIENCY_RULES_METHODS_EXCITATIONBACKPROP_H

#include "passes/rules/families/CommonRules.h"

namespace saliency::rules::methods {

class ExcitationBackprop {
  static constexpr double kGuard = 1e-20;

public:
  static constexpr std::string_view name = "excitation-backprop";

  /// Winning probabilities in proportion to x w.
  template <class Op, AnyExpr W> static constexpr Expr<Space::In> share(const Op &op, const W &w) {
    return op.x * adjoint(w, plus(op.R, forward(w, op.x), kGuard));
  }
  static constexpr void rows(Method &m) {
    m.on(m.convolution(), share(m.convolution(), pos(m.convolution().w)))
        .conserves(Conservation::WithoutBias);
    m.on(m.dense(), share(m.dense(), pos(m.dense().w))).conserves(Conservation::WithoutBias);
    const auto average = m.averagePool();
    m.on(average, average.x * average.vjp(plus(average.R, average.y, kGuard)))
        .holds(Invariant::Conserves)
        .conserves(Conservation::Unbounded);
    m.on(m.add(), m.add().x * zeroSafe(m.add().R, m.add().y))
        .holds(Invariant::Conserves)
        .conserves(Conservation::Unbounded);
    m.on(m.normalisation(), m.normalisation().R)
        .holds(Invariant::Conserves)
        .conserves(Conservation::ByFiat);
    m.elsewhere(gradient);
    m.note("inputs of a layer are taken as they are, as in TorchRay; they should not be negative");
  }

  static consteval void write(Method &m) {
    m.title = "Excitation backprop";
    m.source = "Zhang et al. 2016 (ECCV, arXiv 1608.00507), eq. 5, as in TorchRay";
    m.help = "Probabilities that a winner-take-all walk from the target passes through a unit, "
             "down to a layer.";
    m.convention("torchray");
    m.valueName("layer",
                "the map where the walk ends; default: the last map before the classifier");
    m.seed(m.target());
    rows(m);
    m.finish(sumOverChannels(m.mapAtLayer()));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_EXCITATIONBACKPROP_H

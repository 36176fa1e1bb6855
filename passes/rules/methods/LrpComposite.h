// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPCOMPOSITE_H
#define SALIENCY_RULES_METHODS_LRPCOMPOSITE_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct LrpComposite {
  static constexpr std::string_view name = "lrp-composite";
  static consteval void write(Method &m) {
    m.title = "LRP by a composite";
    m.source = "Montavon et al. 2019 (LNCS 11700), section 10.3; Kohlbrenner et al. 2020 (IJCNN, "
               "arXiv 1910.09840)";
    m.help = "Each layer by the rule that a composite gives it (--composite=NAME or FILE.yaml), "
             "epsilon where it gives none.";
    compose(m);
  }

  /// All rules, for a composite to choose from.
  static constexpr void compose(Method &m) {
    const auto epsilon = m.number("epsilon", 1e-6, "of the rule epsilon", 0);
    const auto gamma = m.number("gamma", 0.25, "of the rule gamma", 0);
    const auto alpha = m.number("alpha", 2, "of the rule alpha-beta", 1);
    const auto beta = m.number("beta", 1, "of the rule alpha-beta", 0);
    m.demand(abs(alpha - beta - 1) < 1e-6, "alpha - beta is 1");
    m.number("until", 3,
             "index of the last lower layer, for composites that treat lower layers apart", 0);
    const auto [low, high] = pixelRange(m);
    const LrpFamily lrp(m);
    lrp.zennit();

    lrp.seeds();
    const auto rules = [&](const auto &op) {
      m.rule("epsilon", op, lrp.epsilon(op, epsilon)).conserves(Conservation::Leaks);
      m.rule("gamma", op, lrp.gamma(op, gamma)).conserves(Conservation::WithoutBias);
      m.rule("zplus", op, lrp.zPlus(op)).conserves(Conservation::WithoutBias);
      m.rule("alpha-beta", op, lrp.alphaBeta(op, alpha, beta)).conserves(Conservation::BothParts);
      m.rule("zbox", op, lrp.zBox(op, low, high))
          .holds(Invariant::Conserves)
          .conserves(Conservation::WithoutBias);
      m.rule("w-square", op, lrp.wSquare(op)).conserves(Conservation::WithoutBias);
      m.rule("flat", op, lrp.flat(op))
          .holds(Invariant::Conserves)
          .conserves(Conservation::WithoutBias);
      m.rule("gradient", op, op.vjp(op.R));
      m.on(op, lrp.epsilon(op, epsilon)).conserves(Conservation::Leaks);
    };
    rules(m.convolution());
    rules(m.dense());
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPCOMPOSITE_H

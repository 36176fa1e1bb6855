// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPEPSILON_H
#define SALIENCY_RULES_METHODS_LRPEPSILON_H

#include "passes/rules/CommonRules.h"

namespace saliency::rules::methods {

struct LrpEpsilon {
  static constexpr std::string_view name = "lrp-epsilon";
  static consteval void write(Method &m) {
    m.title = "LRP-epsilon";
    m.source = "Bach et al. 2015 (PLoS ONE 10(7) e0130140), eq. 58; sums and average pools by the Norm rule of zennit";
    m.help = "Relevance flows back in proportion to contributions, with a stabilised denominator.";
    const auto epsilon = m.number("epsilon", 1e-6, "stabiliser of the rule for convolution and dense layers", 0);
    const auto seed = m.choice("seed", {"logit", "one"}, "relevance at the target's logit: its value, or 1");
    const auto batchNorm =
        m.choice("batch-norm", {"fold", "pass"}, "fold it into the linear map before it, or pass relevance through it");
    m.convention("paper", seed.is("logit"), batchNorm.is("fold"));
    m.convention("zennit", seed.is("one"), batchNorm.is("pass"));
    m.foldBatchNorm(batchNorm.is("fold"));

    m.seed(m.target() * m.logits(), seed.is("logit"));
    m.seed(m.target());

    const auto convolution = m.convolution();
    const auto dense = m.dense();
    m.on(convolution, epsilonRule(convolution, epsilon));
    m.on(dense, epsilonRule(dense, epsilon));
    lrpElsewhere(m);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPEPSILON_H

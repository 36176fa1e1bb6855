// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPZPLUS_H
#define SALIENCY_RULES_METHODS_LRPZPLUS_H

#include "passes/rules/CommonRules.h"

namespace saliency::rules::methods {

struct LrpZPlus {
  static constexpr std::string_view name = "lrp-zplus";
  static consteval void write(Method &m) {
    m.title = "LRP-z+";
    m.source =
        "Bach et al. 2015 (PLoS ONE 10(7) e0130140), eq. 60 with alpha 1, beta 0; inputs of both signs and b+ as in zennit";
    m.help = "Relevance flows back in proportion to positive contributions only.";
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
    m.on(convolution, zPlusRule(convolution));
    m.on(dense, zPlusRule(dense));
    lrpElsewhere(m);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPZPLUS_H

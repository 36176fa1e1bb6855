// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPEPSILON_H
#define SALIENCY_RULES_METHODS_LRPEPSILON_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct LrpEpsilon {
  static constexpr std::string_view name = "lrp-epsilon";
  static consteval void write(Method &m) {
    m.title = "LRP-epsilon";
    m.source = "Bach et al. 2015 (PLoS ONE 10(7) e0130140), eq. 58; sums and average pools by the "
               "Norm rule of zennit";
    m.help = "Relevance flows back in proportion to contributions, with a stabilised denominator.";
    const auto epsilon =
        m.number("epsilon", 1e-6, "stabiliser of the rule for convolution and dense layers", 0);
    const LrpFamily lrp(m);
    lrp.zennit();
    lrp.captum(epsilon.at(1e-9));

    lrp.seeds();
    m.on(m.convolution(), lrp.epsilon(m.convolution(), epsilon)).conserves(Conservation::Leaks);
    m.on(m.dense(), lrp.epsilon(m.dense(), epsilon)).conserves(Conservation::Leaks);
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPEPSILON_H

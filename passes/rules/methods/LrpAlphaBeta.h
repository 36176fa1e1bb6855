// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPALPHABETA_H
#define SALIENCY_RULES_METHODS_LRPALPHABETA_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct LrpAlphaBeta {
  static constexpr std::string_view name = "lrp-alpha-beta";
  static consteval void write(Method &m) {
    m.title = "LRP-alpha-beta";
    m.source =
        "Bach et al. 2015 (PLoS ONE 10(7) e0130140), eq. 60; inputs of both signs as in zennit";
    m.help = "Positive contributions share alpha R, negative ones -beta R.";
    const auto alpha = m.number("alpha", 2, "weight of the positive contributions", 1);
    const auto beta = m.number("beta", 1, "weight of the negative contributions", 0);
    m.demand(abs(alpha - beta - 1) < 1e-6, "alpha - beta is 1");
    const LrpFamily lrp(m);
    lrp.zennit();

    lrp.seeds();
    lrp.alphaBetaLayers(alpha, beta);
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPALPHABETA_H

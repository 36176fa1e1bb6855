// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_CLRP_H
#define SALIENCY_RULES_METHODS_CLRP_H

#include "passes/rules/LrpFamily.h"

namespace saliency::rules::methods {

struct Clrp {
  static constexpr std::string_view name = "clrp";
  static consteval void write(Method &m) {
    m.title = "CLRP, contrastive LRP";
    m.source = "Gu, Yang, Tresp 2018 (ACCV, arXiv 1812.02100), section 4; the AGF authors' baseline";
    m.help = "The target's relevance minus that of all other classes.";
    const auto variant = m.choice("variant", {"paper", "reference"},
                                  "the positive part of the difference; or the signed one, the contrast scaled to the target's sum");
    const auto alpha = m.number("alpha", 1, "weight of the positive contributions; the negative ones' is alpha - 1", 1);
    const LrpFamily lrp(m);
    lrp.zennit();
    lrp.agf(variant.is("reference"));

    lrp.seeds();
    const auto others = m.twin("others", (1 - m.target()) * (lrp.score() / (channelsOf(m.logits()) - 1)));
    lrp.alphaBetaLayers(alpha, alpha - 1);
    lrp.elsewhere();
    m.finish(choose(variant.is("paper"), pos(m.map() - m.map(others)), scaledDifference(m.map(), m.map(others))));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_CLRP_H

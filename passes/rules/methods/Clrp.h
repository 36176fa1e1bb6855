// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_CLRP_H
#define SALIENCY_RULES_METHODS_CLRP_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct Clrp {
  static constexpr std::string_view name = "clrp";
  static consteval void write(Method &m) {
    m.title = "CLRP, contrastive LRP";
    m.source =
        "Gu, Yang, Tresp 2018 (ACCV, arXiv 1812.02100), section 4; the AGF authors' baseline";
    m.help = "The target's relevance minus that of all other classes.";
    const ContrastiveLrp contrast(m, "the positive part of the difference; or the signed one, the "
                                     "contrast scaled to the target's sum");
    const LrpFamily &lrp = contrast.lrp;
    lrp.seeds();
    const auto others =
        m.twin("others", (1 - m.target()) * (lrp.score() / (channelsOf(m.logits()) - 1)));
    contrast.finish(others, pos(m.map() - m.map(others)));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_CLRP_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPZPLUS_H
#define SALIENCY_RULES_METHODS_LRPZPLUS_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct LrpZPlus {
  static constexpr std::string_view name = "lrp-zplus";
  static consteval void write(Method &m) {
    m.title = "LRP-z+";
    m.source = "Bach et al. 2015 (PLoS ONE 10(7) e0130140), eq. 60 with alpha 1, beta 0; inputs of "
               "both signs and b+ as in zennit";
    m.help = "Relevance flows back in proportion to positive contributions only.";
    const LrpFamily lrp(m);
    lrp.zennit();

    lrp.seeds();
    m.on(m.convolution(), lrp.zPlus(m.convolution())).conserves(Conservation::WithoutBias);
    m.on(m.dense(), lrp.zPlus(m.dense())).conserves(Conservation::WithoutBias);
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPZPLUS_H

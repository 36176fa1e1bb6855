// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPGAMMA_H
#define SALIENCY_RULES_METHODS_LRPGAMMA_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct LrpGamma {
  static constexpr std::string_view name = "lrp-gamma";
  static consteval void write(Method &m) {
    m.title = "LRP-gamma";
    m.source = "Montavon et al. 2019 (LNCS 11700), section 10.2.3; inputs and outputs of both "
               "signs as in zennit";
    m.help = "Contributions of the output's own sign count 1 + gamma times; between LRP-0 (gamma "
             "0) and z+ (large gamma).";
    const auto gamma =
        m.number("gamma", 0.25, "how much contributions of the output's sign are favoured", 0);
    const LrpFamily lrp(m);
    lrp.zennit();

    lrp.seeds();
    m.on(m.convolution(), lrp.gamma(m.convolution(), gamma)).conserves(Conservation::WithoutBias);
    m.on(m.dense(), lrp.gamma(m.dense(), gamma)).conserves(Conservation::WithoutBias);
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPGAMMA_H

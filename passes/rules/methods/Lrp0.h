// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRP0_H
#define SALIENCY_RULES_METHODS_LRP0_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct Lrp0 {
  static constexpr std::string_view name = "lrp-0";
  static consteval void write(Method &m) {
    m.title = "LRP-0";
    m.source = "Bach et al. 2015 (PLoS ONE 10(7) e0130140), eq. 56; Montavon et al. 2019 (LNCS "
               "11700), section 10.2.1";
    m.help = "Relevance flows back in proportion to contributions, nothing stabilised: 0 where a "
             "sum of contributions is 0.";
    const LrpFamily lrp(m);
    lrp.zennit();

    lrp.seeds();
    const auto shares = [&](const auto &op) {
      return op.x * adjoint(op.w, zeroSafe(op.R, lrp.sumOf(op)));
    };
    m.on(m.convolution(), shares(m.convolution())).conserves(Conservation::WithoutBias);
    m.on(m.dense(), shares(m.dense())).conserves(Conservation::WithoutBias);
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRP0_H

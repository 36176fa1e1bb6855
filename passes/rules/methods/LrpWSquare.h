// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPWSQUARE_H
#define SALIENCY_RULES_METHODS_LRPWSQUARE_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct LrpWSquare {
  static constexpr std::string_view name = "lrp-w-square";
  static consteval void write(Method &m) {
    m.title = "LRP-w2";
    m.source = "Montavon et al. 2017 (Pattern Recognition 65), eq. 7";
    m.help = "Relevance flows back in proportion to squared weights, whatever the input; meant for "
             "the first layer.";
    const LrpFamily lrp(m);
    m.defaults(lrp.bias.is("dropped"));
    lrp.zennit();

    lrp.seeds();
    m.on(m.convolution(), lrp.wSquare(m.convolution())).conserves(Conservation::WithoutBias);
    m.on(m.dense(), lrp.wSquare(m.dense())).conserves(Conservation::WithoutBias);
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPWSQUARE_H

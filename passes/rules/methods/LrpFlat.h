// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPFLAT_H
#define SALIENCY_RULES_METHODS_LRPFLAT_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct LrpFlat {
  static constexpr std::string_view name = "lrp-flat";
  static consteval void write(Method &m) {
    m.title = "LRP-flat";
    m.source = "Lapuschkin et al. 2019 (Nature Communications 10), supplement";
    m.help =
        "Relevance flows back in equal parts to all inputs of a layer; meant for the first layers.";
    const LrpFamily lrp(m);
    lrp.zennit();

    lrp.seeds();
    m.on(m.convolution(), lrp.flat(m.convolution())).conserves(Conservation::WithoutBias);
    m.on(m.dense(), lrp.flat(m.dense())).conserves(Conservation::WithoutBias);
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPFLAT_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPZBOX_H
#define SALIENCY_RULES_METHODS_LRPZBOX_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct LrpZBox {
  static constexpr std::string_view name = "lrp-zbox";
  static consteval void write(Method &m) {
    m.title = "LRP-zB";
    m.source = "Montavon et al. 2017 (Pattern Recognition 65), eq. 8, at the first layer";
    m.help = "The box rule at the first layer, for inputs within [low, high] per channel; z+ or "
             "epsilon above it.";
    const auto [low, high] = pixelRange(m);
    const auto others =
        m.choice("other-layers", {"zplus", "epsilon"}, "the rule of the other layers");
    const LrpFamily lrp(m);
    lrp.zennit();

    lrp.seeds();
    const auto convolution = m.convolution();
    const auto dense = m.dense();
    m.on(convolution, firstLayer, lrp.zBox(convolution, low, high))
        .holds(Invariant::Conserves)
        .conserves(Conservation::WithoutBias);
    m.on(dense, firstLayer, lrp.zBox(dense, low, high))
        .holds(Invariant::Conserves)
        .conserves(Conservation::WithoutBias);
    m.on(convolution, others.is("epsilon"), lrp.epsilon(convolution, lrp.stabiliser))
        .conserves(Conservation::Leaks);
    m.on(dense, others.is("epsilon"), lrp.epsilon(dense, lrp.stabiliser))
        .conserves(Conservation::Leaks);
    m.on(convolution, lrp.zPlus(convolution)).conserves(Conservation::WithoutBias);
    m.on(dense, lrp.zPlus(dense)).conserves(Conservation::WithoutBias);
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPZBOX_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_DEEPTAYLOR_H
#define SALIENCY_RULES_METHODS_DEEPTAYLOR_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct DeepTaylor {
  static constexpr std::string_view name = "deep-taylor";
  static consteval void write(Method &m) {
    m.title = "Deep Taylor decomposition";
    m.source = "Montavon et al. 2017 (Pattern Recognition 65), sections 4 and 5: z+ (eq. 9), at "
               "the first layer zB (eq. 8) or w2 (eq. 7)";
    m.help = "Each layer's relevance, expanded at a root point of its input domain.";
    const auto [low, high] = pixelRange(m);
    const auto domain = m.choice("domain", {"pixels", "real"},
                                 "of the network's input: within [low, high], or unbounded");
    const LrpFamily lrp(m);
    m.defaults(lrp.bias.is("dropped"));

    lrp.seeds();
    const auto rows = [&](const auto &op) {
      m.on(op, firstLayer, domain.is("pixels"), lrp.zBox(op, low, high))
          .holds(Invariant::Conserves)
          .conserves(Conservation::WithoutBias);
      m.on(op, firstLayer, domain.is("real"), lrp.wSquare(op))
          .holds(Invariant::Conserves)
          .conserves(Conservation::WithoutBias);
      m.on(op, lrp.zPlus(op)).conserves(Conservation::WithoutBias);
    };
    rows(m.convolution());
    rows(m.dense());
    lrp.elsewhere();
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_DEEPTAYLOR_H

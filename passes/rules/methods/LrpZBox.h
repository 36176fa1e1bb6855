// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LRPZBOX_H
#define SALIENCY_RULES_METHODS_LRPZBOX_H

#include "passes/rules/CommonRules.h"

namespace saliency::rules::methods {

class LrpZBox {
  template <class Op> static constexpr Expr<Space::In> zBox(const Op &op, PerChannelParameter low, PerChannelParameter high) {
    return zBoxShares(op, low, high, stab(op.R, zBoxSum(op, low, high), kStabiliser));
  }

public:
  static constexpr std::string_view name = "lrp-zbox";
  static consteval void write(Method &m) {
    m.title = "LRP-zB";
    m.source = "Montavon et al. 2017 (Pattern Recognition 65), eq. 8, at the first layer";
    m.help = "The box rule at the first layer, for inputs within [low, high] per channel; z+ or epsilon above it.";
    const auto low = m.perChannel("low", {(0 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0 - 0.406) / 0.225},
                                  "smallest input value per channel; default: black under ImageNet's mean and deviation");
    const auto high = m.perChannel("high", {(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225},
                                   "largest input value per channel; default: white under ImageNet's mean and deviation");
    const auto others = m.choice("other-layers", {"zplus", "epsilon"}, "the rule of the other layers");
    const auto seed = m.choice("seed", {"logit", "one"}, "relevance at the target's logit: its value, or 1");
    const auto batchNorm =
        m.choice("batch-norm", {"fold", "pass"}, "fold it into the linear map before it, or pass relevance through it");
    m.convention("paper", seed.is("logit"), batchNorm.is("fold"));
    m.convention("zennit", seed.is("one"), batchNorm.is("pass"));
    m.foldBatchNorm(batchNorm.is("fold"));

    m.seed(m.target() * m.logits(), seed.is("logit"));
    m.seed(m.target());

    const auto convolution = m.convolution();
    const auto dense = m.dense();
    m.on(convolution, firstLayer, zBox(convolution, low, high)).holds(Invariant::Conserves);
    m.on(dense, firstLayer, zBox(dense, low, high)).holds(Invariant::Conserves);
    m.on(convolution, others.is("epsilon"), epsilonRule(convolution, kStabiliser));
    m.on(dense, others.is("epsilon"), epsilonRule(dense, kStabiliser));
    m.on(convolution, zPlusRule(convolution));
    m.on(dense, zPlusRule(dense));
    lrpElsewhere(m);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LRPZBOX_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_TRANSFORMERATTRIBUTION_H
#define SALIENCY_RULES_METHODS_TRANSFORMERATTRIBUTION_H

#include "passes/rules/families/TransformerRules.h"

namespace saliency::rules::methods {

struct TransformerAttribution {
  static constexpr std::string_view name = "transformer-attribution";
  static consteval void write(Method &m) {
    m.title = "Transformer attribution";
    m.source = "Chefer, Gur, Wolf 2021 (CVPR, arXiv 2012.09838), section 3; weight=relevance: "
               "their ablation without the gradient";
    m.help =
        "Rolled-out attention, weighted by its relevance and its gradient; one number per patch.";
    const auto weight = m.choice("weight", {"gradient-x-relevance", "relevance"},
                                 "what stands for a layer's attention");

    m.seed(m.target());
    const auto slope = m.stream("gradient", m.target());
    cheferRules(m);
    const auto attention = m.attention();
    const auto layer =
        choose(weight.is("relevance"), attention.R, slope.at(attention) * attention.R);
    const auto mean = meanOverHeads(pos(layer));
    m.finish(classTokenMap(rollout(mean + identityLike(mean))));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_TRANSFORMERATTRIBUTION_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_ATTNLRP_H
#define SALIENCY_RULES_METHODS_ATTNLRP_H

#include "passes/rules/families/TransformerRules.h"

namespace saliency::rules::methods {

struct AttnLrp {
  static constexpr std::string_view name = "attn-lrp";
  static consteval void write(Method &m) {
    m.title = "AttnLRP";
    m.source = "Achtibat et al. 2024 (ICML, arXiv 2402.05602), section 3: the rules for softmax "
               "and matrix products; stabilisers and layer "
               "norms of the authors' code";
    m.help = "LRP for transformers: attention products share half and half, softmax by its Taylor "
             "expansion at the scores.";
    const auto epsilon =
        m.number("epsilon", 1e-6, "added to the denominators of linear maps and layer norms", 0);
    m.convention("lxt");

    m.seed(m.target());
    const auto softmax = m.softmax();
    m.on(softmax, softmax.x * (softmax.R - softmax.y * sumOverChannels(softmax.R)));
    const auto product = m.bilinear();
    m.on(product, product.x * product.vjp(plus(product.R, 2 * product.y, kSmallStabiliser)))
        .conserves(Conservation::WithoutBias);
    m.on(m.product(), byConstant, m.product().R).holds(Invariant::Conserves);
    m.on(m.product(), m.product().R / 2).holds(Invariant::Conserves);
    transformerRules(m, epsilon);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_ATTNLRP_H

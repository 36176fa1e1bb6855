// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_CPLRP_H
#define SALIENCY_RULES_METHODS_CPLRP_H

#include "passes/rules/families/TransformerRules.h"

namespace saliency::rules::methods {

struct CpLrp {
  static constexpr std::string_view name = "cp-lrp";
  static consteval void write(Method &m) {
    m.title = "CP-LRP, conservative propagation";
    m.source = "Ali et al. 2022 (ICML, arXiv 2202.07304): the AH and LN rules";
    m.help = "LRP for transformers that takes attention weights and the layer norms' deviations as "
             "constants.";
    const auto epsilon =
        m.number("epsilon", 1e-6, "added to the denominators of linear maps and layer norms", 0);

    m.seed(m.target());
    const auto softmax = m.softmax();
    m.on(softmax,
         0 * softmax
                 .R); // a constant weight has no relevance to hand on: all of it goes to the values
    const auto product = m.bilinear();
    m.on(product, product.x * product.vjp(plus(product.R, product.y, kSmallStabiliser)));
    m.on(m.product(), byConstant, m.product().R).holds(Invariant::Conserves);
    transformerRules(m, epsilon);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
    m.note("a product of scores takes the rule of attention, but the softmax behind it hands "
           "nothing on");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_CPLRP_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_ATTENTIONROLLOUT_H
#define SALIENCY_RULES_METHODS_ATTENTIONROLLOUT_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct AttentionRollout {
  static constexpr std::string_view name = "attention-rollout";
  static consteval void write(Method &m) {
    m.title = "Attention rollout";
    m.source = "Abnar, Zuidema 2020 (ACL, arXiv 2005.00928), the products of (A + I) / 2 over "
               "layers, A the heads' mean";
    m.help = "How far attention carries each patch to the class token, the same for every class; "
             "one number per patch.";

    m.seed(m.target());
    m.elsewhere(gradient);
    const auto attention = m.attention();
    const auto mean = meanOverHeads(attention.y);
    const auto residual = mean + identityLike(mean);
    m.finish(classTokenMap(rollout(zeroSafe(residual, sumOfRows(residual)))));
    m.note("each row of A + I is divided by its sum; that is 2, the paper's, because the rows of A "
           "add up to 1, up to rounding");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_ATTENTIONROLLOUT_H

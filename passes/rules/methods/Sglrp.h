// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_SGLRP_H
#define SALIENCY_RULES_METHODS_SGLRP_H

#include "passes/rules/families/LrpFamily.h"

namespace saliency::rules::methods {

struct Sglrp {
  static constexpr std::string_view name = "sglrp";
  static consteval void write(Method &m) {
    m.title = "SGLRP, softmax-gradient LRP";
    m.source = "Iwana, Kuroki, Uchida 2019 (ICCV workshops, arXiv 1908.04351), eq. 8; the AGF "
               "authors' baseline";
    m.help = "Relevance that starts with the derivative of the target's probability: p(1 - p) "
             "there, -p p_j at the other classes.";
    const ContrastiveLrp run(m, "one run; or one for the target and one for the others, scaled to "
                                "the target's sum and subtracted");
    const auto e = exp(m.logits() - maxPerSample(m.logits()));
    const auto p = zeroSafe(e, sumPerSample(e));
    const auto contrast = (1 - m.target()) * (p * sumPerSample(m.target() * p));
    m.seed(m.target() * (p * (1 - p)) - contrast, run.variant.is("paper"));
    m.seed(m.target() * (p * (1 - p) + 1e-8));
    const auto others = m.twin("others", contrast);
    run.finish(others, m.map());
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_SGLRP_H

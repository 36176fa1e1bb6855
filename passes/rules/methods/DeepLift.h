// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_DEEPLIFT_H
#define SALIENCY_RULES_METHODS_DEEPLIFT_H

#include "passes/rules/families/DeepLiftRules.h"

namespace saliency::rules::methods {

struct DeepLift {
  static constexpr std::string_view name = "deeplift";

  static constexpr void rows(Method &m) {
    const auto epsilon =
        m.number("epsilon", 1e-7, "below this difference an op takes its ordinary derivative", 0);
    const auto maxPool = m.choice("max-pool", {"cross-maximum", "gradient"},
                                  "the changes up to and from the larger maximum, each to its "
                                  "winner; or the winner of the input");
    m.convention("captum", epsilon.at(1e-10), maxPool.is("gradient"));
    m.seed(m.target());
    m.on(m.activation(), rescale(m.activation(), m.activation().R, epsilon));
    m.on(m.selection(), maxPool.is("cross-maximum"),
         crossMaximum(m.selection(), m.selection().R, epsilon));
    m.elsewhere(gradient);
  }

  static consteval void write(Method &m) {
    m.title = "DeepLIFT (Rescale)";
    m.source = "Shrikumar, Greenside, Kundaje 2017 (ICML, arXiv 1704.02685), the Rescale rule of "
               "section 3.5; max pools as in the authors' code";
    m.help = "Contributions to the logit's difference from its value at a reference input; they "
             "add up to it.";
    const auto baseline =
        m.perChannel("baseline", {0}, "the reference input: one number, or one per channel");
    const auto reference = m.reference(baseline);
    rows(m);
    m.finish(m.map() * (m.input() - reference));
    m.note("complete: the map adds up to the difference of the logits, with max-pool=gradient only "
           "without max pools");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_DEEPLIFT_H

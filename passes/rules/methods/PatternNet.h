// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_PATTERNNET_H
#define SALIENCY_RULES_METHODS_PATTERNNET_H

#include "passes/rules/families/PatternFamily.h"

namespace saliency::rules::methods {

struct PatternNet {
  static constexpr std::string_view name = "pattern-net";
  static consteval void write(Method &m) {
    m.title = "PatternNet";
    m.source = "Kindermans et al. 2018 (ICLR, arXiv 1705.05598), section 4: the gradient with w "
               "replaced by a";
    m.help = "The signal: what of the input the class's neuron reads, by patterns estimated from "
             "pictures.";
    const PatternFamily family(m);

    family.carry(m.convolution(), family.patterns.at(m.convolution()));
    family.carry(m.dense(), family.patterns.at(m.dense()));
    const auto norm =
        m.normalisation(); // one weight per unit: its pattern is 1 / w, whatever the pictures
    m.on(norm, zeroSafe(norm.R * sqrt(norm.variance + norm.epsilon), norm.gamma))
        .label("our extension");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_PATTERNNET_H

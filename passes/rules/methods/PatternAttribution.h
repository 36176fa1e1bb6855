// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_PATTERNATTRIBUTION_H
#define SALIENCY_RULES_METHODS_PATTERNATTRIBUTION_H

#include "passes/rules/families/PatternFamily.h"

namespace saliency::rules::methods {

struct PatternAttribution {
  static constexpr std::string_view name = "pattern-attribution";
  static consteval void write(Method &m) {
    m.title = "PatternAttribution";
    m.source = "Kindermans et al. 2018 (ICLR, arXiv 1705.05598), section 4: the gradient with w "
               "replaced by a w, entry by entry";
    m.help = "How much the signal in each pixel contributes, by patterns estimated from pictures.";
    const PatternFamily family(m);

    family.carry(m.convolution(), family.patterns.at(m.convolution()) * m.convolution().w);
    family.carry(m.dense(), family.patterns.at(m.dense()) * m.dense().w)
        .holds(Invariant::Conserves);
    const auto norm = m.normalisation(); // one weight per unit: a w = 1
    m.on(norm, norm.R).label("our extension").conserves(Conservation::ByFiat);
    m.note("a unit's shares add up to its relevance, but for those of a convolution's padding; a "
           "closed rectifier drops what "
           "arrives at it");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_PATTERNATTRIBUTION_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_INPUTXGRADIENT_H
#define SALIENCY_RULES_METHODS_INPUTXGRADIENT_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct InputXGradient {
  static constexpr std::string_view name = "input-x-gradient";
  static consteval void write(Method &m) {
    m.title = "Input x gradient";
    m.source = "Shrikumar et al. 2016 (arXiv 1605.01713), eq. 1";
    m.help = "The input times the derivative of the target's logit.";
    m.convention("captum");
    m.convention("zennit");

    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(m.map() * m.input());
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_INPUTXGRADIENT_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_GRADIENT_H
#define SALIENCY_RULES_METHODS_GRADIENT_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct Gradient {
  static constexpr std::string_view name = "gradient";
  static consteval void write(Method &m) {
    m.title = "Gradient";
    m.source = "Simonyan, Vedaldi, Zisserman 2013 (arXiv 1312.6034), section 3, signed and without "
               "the maximum over channels";
    m.help = "The derivative of the target's logit with respect to the input.";
    m.convention("captum");
    m.convention("zennit");

    m.seed(m.target());
    m.elsewhere(gradient);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_GRADIENT_H

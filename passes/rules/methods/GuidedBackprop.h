// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_GUIDEDBACKPROP_H
#define SALIENCY_RULES_METHODS_GUIDEDBACKPROP_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct GuidedBackprop {
  static constexpr std::string_view name = "guided-backprop";
  static consteval void write(Method &m) {
    m.title = "Guided backpropagation";
    m.source = "Springenberg et al. 2015 (arXiv 1412.6806), section 3.4: R' = 1[z > 0] R+ at each "
               "rectifier";
    m.help = "The gradient, with negative values dropped at every rectifier (Relu, Clip(0, c)) "
             "that is open.";
    m.convention("captum");
    m.convention("zennit");

    m.seed(m.target());
    const auto rectifier = m.rectifier();
    m.on(rectifier, rectifier.vjp(pos(rectifier.R)));
    m.elsewhere(gradient);
    m.holds(Invariant::Homogeneous);
    m.note("Clip(0, c) passes R+ where 0 < z < c; other activations take the ordinary derivative");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_GUIDEDBACKPROP_H

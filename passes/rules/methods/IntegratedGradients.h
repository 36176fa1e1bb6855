// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_INTEGRATEDGRADIENTS_H
#define SALIENCY_RULES_METHODS_INTEGRATEDGRADIENTS_H

#include "passes/rules/families/PathRules.h"

namespace saliency::rules::methods {

struct IntegratedGradients {
  static constexpr std::string_view name = "integrated-gradients";
  static consteval void write(Method &m) {
    m.title = "Integrated gradients";
    m.source = "Sundararajan, Taly, Yan 2017 (arXiv 1703.01365), eq. 1 and 3";
    m.help = "The input's difference from a baseline times the gradient's mean on the straight "
             "path between them. Sums to the "
             "difference of the logits, up to the quadrature.";
    const StraightPath path(m);
    m.convention("zennit", path.rule.is("right-riemann"), path.steps.at(20));
    m.convention("xplique", path.rule.is("trapezoid"), path.steps.at(50));
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(path.difference * path.mean(m.map()));
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_INTEGRATEDGRADIENTS_H

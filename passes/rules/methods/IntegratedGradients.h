// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_INTEGRATEDGRADIENTS_H
#define SALIENCY_RULES_METHODS_INTEGRATEDGRADIENTS_H

#include "passes/rules/Method.h"

namespace saliency::rules::methods {

struct IntegratedGradients {
  static constexpr std::string_view name = "integrated-gradients";
  static consteval void write(Method &m) {
    m.title = "Integrated gradients";
    m.source = "Sundararajan, Taly, Yan 2017 (arXiv 1703.01365), eq. 1 and 3";
    m.help = "The input's difference from a baseline times the gradient's mean on the straight path between them. Sums to the "
             "difference of the logits, up to the quadrature.";
    const auto steps = m.integer("steps", 50, "points on the path", 1, 100000);
    const auto rule = m.choice("quadrature", {"right-riemann", "gauss-legendre", "left-riemann", "midpoint", "trapezoid"},
                               "how the integral is approximated");
    const auto baseline = m.perChannel("baseline", {0}, "where the path starts, of the input as the network takes it");
    m.convention("captum", rule.is("gauss-legendre"), steps.at(50));
    m.convention("zennit", rule.is("right-riemann"), steps.at(20));
    m.convention("xplique", rule.is("trapezoid"), steps.at(50));

    const auto difference = m.input() - baseline;
    const auto run = m.runs(steps);
    m.repeat(run, baseline + run.node(rule) * difference);
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(difference * run.sum(run.weight(rule) * m.map()));
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_INTEGRATEDGRADIENTS_H

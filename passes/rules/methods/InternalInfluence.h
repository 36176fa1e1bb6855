// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_INTERNALINFLUENCE_H
#define SALIENCY_RULES_METHODS_INTERNALINFLUENCE_H

#include "passes/rules/Method.h"

namespace saliency::rules::methods {

struct InternalInfluence {
  static constexpr std::string_view name = "internal-influence";
  static consteval void write(Method &m) {
    m.title = "Internal influence";
    m.source = "Leino et al. 2018 (arXiv 1802.03788), definition 1, with the uniform distribution on the path from a baseline";
    m.help = "The gradient of the target's logit at a layer, averaged over the straight path of inputs from a baseline.";
    m.valueName("layer", "the values that influence; default: the last map before the classifier");
    const auto steps = m.integer("steps", 50, "points on the path", 1, 100000);
    const auto rule = m.choice("quadrature", {"gauss-legendre", "right-riemann", "left-riemann", "midpoint", "trapezoid"},
                               "how the mean is approximated");
    const auto baseline = m.perChannel("baseline", {0}, "where the path starts, of the input as the network takes it");
    m.convention("captum", rule.is("gauss-legendre"), steps.at(50));

    const auto run = m.runs(steps);
    m.repeat(run, baseline + run.node(rule) * (m.input() - baseline));
    m.finish(run.sum(run.weight(rule) * gradient(m.target())));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_INTERNALINFLUENCE_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integrals over the straight path from a baseline to the input.
#ifndef SALIENCY_RULES_FAMILIES_PATHRULES_H
#define SALIENCY_RULES_FAMILIES_PATHRULES_H

#include "passes/rules/language/Method.h"

namespace saliency::rules {

/// Declares the path's parameters; every run stands at a node of the quadrature.
struct StraightPath {
  NumberParameter steps;
  ChoiceParameter rule;
  Expr<Space::In> difference;
  RunHandle run;

  constexpr explicit StraightPath(Method &m)
      : steps(m.integer("steps", 50, "points on the path", 1, 100000)),
        rule(m.choice("quadrature",
                      {"right-riemann", "gauss-legendre", "left-riemann", "midpoint", "trapezoid"},
                      "how the integral is approximated")),
        difference(), run(m.runs(steps)) {
    const auto baseline = m.perChannel(
        "baseline", {0}, "where the path starts, of the input as the network takes it");
    m.convention("captum", rule.is("gauss-legendre"), steps.at(50));
    difference = m.input() - baseline;
    m.repeat(run, baseline + run.node(rule) * difference);
  }
  /// The mean of a over the path.
  template <AnyExpr A> constexpr auto mean(const A &a) const {
    return run.sum(run.weight(rule) * a);
  }
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_PATHRULES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quadrature rules on [0, 1]: nodes and weights, by the names that a method's choice offers.
#ifndef SALIENCY_RULES_LANGUAGE_QUADRATURE_H
#define SALIENCY_RULES_LANGUAGE_QUADRATURE_H

#include <cstdint>
#include <string_view>
#include <vector>

namespace saliency::rules {

enum class Quadrature : uint8_t { GaussLegendre, RightRiemann, LeftRiemann, Midpoint, Trapezoid };

inline constexpr std::string_view quadratureNames[] = {"gauss-legendre", "right-riemann",
                                                       "left-riemann", "midpoint", "trapezoid"};

/// The rule called `name`, or null.
constexpr const std::string_view *findQuadrature(std::string_view name) {
  for (const std::string_view &candidate : quadratureNames)
    if (candidate == name)
      return &candidate;
  return nullptr;
}

struct QuadratureRule {
  std::vector<double> nodes, weights; // ascending nodes
};

/// `count` >= 1 nodes in [0, 1] and their weights, which add up to 1:
///   gauss-legendre  roots of the Legendre polynomial (Abramowitz, Stegun 1964, 25.4.29), moved
///   from [-1, 1] right-riemann   k / count for k = 1 .. count; left-riemann (k - 1) / count;
///   midpoint (k - 1/2) / count trapezoid       (k - 1) / (count - 1), half the weight at both
///   ends; the midpoint where count is 1
QuadratureRule quadrature(Quadrature rule, unsigned count);
/// The same by a name that findQuadrature knows.
QuadratureRule quadrature(std::string_view name, unsigned count);

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_QUADRATURE_H

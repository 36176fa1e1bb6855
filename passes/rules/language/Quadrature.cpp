// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/language/Quadrature.h"

#include <cassert>
#include <cmath>
#include <numbers>

using namespace saliency::rules;

namespace {

/// The Legendre polynomial of degree n >= 1 and its derivative at x, |x| < 1, by the three-term
/// recurrence.
struct Legendre {
  double value, derivative;
  Legendre(unsigned n, double x) {
    double before = 1;
    value = x;
    for (unsigned k = 2; k <= n; ++k) {
      const double next = ((2.0 * k - 1) * x * value - (k - 1.0) * before) / k;
      before = value;
      value = next;
    }
    derivative = n * (x * value - before) / (x * x - 1);
  }
};

/// Newton's iteration from Tricomi's estimate of each root; weights 2 / ((1 - x^2) P'(x)^2), halved
/// for [0, 1].
QuadratureRule gaussLegendre(unsigned count) {
  QuadratureRule rule;
  for (unsigned i = 0; i < count; ++i) {
    double x = -std::cos(std::numbers::pi * (i + 0.75) / (count + 0.5));
    for (int iteration = 0; iteration < 100; ++iteration) {
      const Legendre p(count, x);
      const double step = p.value / p.derivative;
      x -= step;
      if (std::abs(step) < 1e-16)
        break;
    }
    const Legendre p(count, x);
    rule.nodes.push_back((1 + x) / 2);
    rule.weights.push_back(1 / ((1 - x * x) * p.derivative * p.derivative));
  }
  return rule;
}

} // namespace

QuadratureRule saliency::rules::quadrature(Quadrature rule, unsigned count) {
  assert(count >= 1 && "a quadrature has a node");
  if (rule == Quadrature::GaussLegendre)
    return gaussLegendre(count);
  if (rule == Quadrature::Trapezoid && count == 1)
    rule = Quadrature::Midpoint;
  QuadratureRule result;
  const bool ends = rule == Quadrature::Trapezoid;
  const double shift = rule == Quadrature::RightRiemann ? 1
                       : rule == Quadrature::Midpoint   ? 0.5
                                                        : 0;
  for (unsigned k = 0; k < count; ++k) {
    result.nodes.push_back(ends ? double(k) / (count - 1) : (k + shift) / count);
    result.weights.push_back(!ends ? 1.0 / count
                                   : (k == 0 || k + 1 == count ? 0.5 : 1.0) / (count - 1));
  }
  return result;
}

QuadratureRule saliency::rules::quadrature(std::string_view name, unsigned count) {
  return quadrature(Quadrature(findQuadrature(name) - quadratureNames), count);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic of the reference evaluator, in double.
#ifndef SALIENCY_RULES_REFERENCE_DENSEARITHMETIC_H
#define SALIENCY_RULES_REFERENCE_DENSEARITHMETIC_H

#include "passes/rules/reference/DenseLayer.h"

namespace saliency::rules {

/// How a quotient behaves near zero; `rms` is that of all of the denominator.
struct Quotient {
  Division division{};
  double epsilon = 0, rms = 0;
};
/// One entry of an elementwise word, from the entries of its operands (0 where it has fewer); not
/// of a choice, which is one of its operands.
double evaluateElementwise(ElementwiseWord word, double a, double b, double c,
                           const Quotient &quotient);
/// Over the axes that `to` (PerSample, PerChannel, PerPixel) removes.
DenseTensor reduce(NodeKind kind, Space to, const DenseTensor &a);

} // namespace saliency::rules

#endif // SALIENCY_RULES_REFERENCE_DENSEARITHMETIC_H

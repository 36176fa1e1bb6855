// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic of the reader that computes: one function for each family of node kinds, in
// double.
#ifndef SALIENCY_RULES_REFERENCE_DENSEARITHMETIC_H
#define SALIENCY_RULES_REFERENCE_DENSEARITHMETIC_H

#include "passes/rules/reference/DenseLayer.h"

namespace saliency::rules {

/// a / b; rms is that of all of b.
double divide(Division division, double a, double b, double epsilon, double rms);
double evaluateUnary(NodeKind kind, double a);
double evaluateBinary(NodeKind kind, double a, double b);
/// Over the axes that `to` (PerSample, PerChannel, PerPixel) removes.
DenseTensor reduce(NodeKind kind, Space to, const DenseTensor &a);

} // namespace saliency::rules

#endif // SALIENCY_RULES_REFERENCE_DENSEARITHMETIC_H

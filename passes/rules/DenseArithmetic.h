// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic of the reader that computes: one function for each family of node kinds, in double.
#ifndef SALIENCY_RULES_DENSEARITHMETIC_H
#define SALIENCY_RULES_DENSEARITHMETIC_H

#include "passes/rules/DenseLayer.h"

namespace saliency::rules {

/// a / b; rms is that of all of b.
double divide(Division division, double a, double b, double epsilon, double rms);
double evaluateUnary(NodeKind kind, double a);
double evaluateBinary(NodeKind kind, double a, double b);
/// Over the axes that `to` (PerSample, PerChannel, PerPixel) removes.
DenseTensor reduce(NodeKind kind, Space to, const DenseTensor &a);
/// Entry round_half_even((d - 1)(1 - q/100)) of the d values in descending order.
double percentile(std::vector<double> values, double q);

/// Whether a position lies in window `number` of those `extent` long and `step` apart, and how many of these there are.
bool isInWindow(unsigned position, unsigned number, unsigned extent, unsigned step);
unsigned countWindows(unsigned size, unsigned extent, unsigned step);
/// RISE's mask on one axis: a drawn grid, interpolated (half-pixel) to cells + 1 cells' extent, cropped at a drawn offset.
double gridMask(unsigned position, unsigned size, unsigned cells, double probability, unsigned run, uint64_t seed);

} // namespace saliency::rules

#endif // SALIENCY_RULES_DENSEARITHMETIC_H

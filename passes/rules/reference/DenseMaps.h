// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What finishes and runs are made of, in the plainest form: statistics, masks, maps over positions
// (one spatial axis), matrices between tokens. For the reader that computes.
#ifndef SALIENCY_RULES_REFERENCE_DENSEMAPS_H
#define SALIENCY_RULES_REFERENCE_DENSEMAPS_H

#include "passes/rules/reference/DenseLayer.h"

namespace saliency::rules {

/// The entry of rank round_half_even((d - 1)(1 - q/100)) in descending order.
double percentile(std::vector<double> values, double q);

/// Whether a position lies in window `number` of those `extent` long and `step` apart.
bool isInWindow(unsigned position, unsigned number, unsigned extent, unsigned step);
unsigned countWindows(unsigned size, unsigned extent, unsigned step);
/// RISE's mask on one axis: a drawn grid, interpolated (half-pixel) to cells + 1 cells' extent,
/// cropped at a drawn offset.
double gridMask(unsigned position, unsigned size, unsigned cells, double probability, unsigned run,
                uint64_t seed);
/// What a node over runs adds up to, from its operands in every run.
DenseTensor combineRuns(NodeKind kind, const std::vector<DenseTensor> &a,
                        const std::vector<DenseTensor> &b);

/// Maps of several places as one.
DenseTensor fused(Fusion fusion, const std::vector<DenseTensor> &maps);
/// {1, n} to {1, positions}.
DenseTensor resized(const DenseTensor &map, unsigned positions, ResizeMode mode);
/// {1, positions}: each position's channels, less their means, on their first principal component;
/// its sign is arbitrary.
DenseTensor principalScores(const DenseTensor &a);

/// {1, positions}: 1 2 1 over 4, zeros outside.
DenseTensor blurred(const DenseTensor &map);
/// {1, patches} to {1, 1 + patches}; the class token gets `before`.
DenseTensor atTokens(const DenseTensor &map, double before);

/// {heads * tokens, tokens} to {tokens, tokens}.
DenseTensor meanOverHeads(const DenseTensor &a);
/// {rows, 1}
DenseTensor sumOfRows(const DenseTensor &a);
DenseTensor identityMatrix(unsigned size);
DenseTensor matrixProduct(const DenseTensor &a, const DenseTensor &b);
/// Of {heads x tokens, tokens}: the first row of each head without its first entry.
DenseTensor classTokenMap(const DenseTensor &a);

} // namespace saliency::rules

#endif // SALIENCY_RULES_REFERENCE_DENSEMAPS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A unit's pattern: the direction in its input along which the signal lies that its weights read
// (Kindermans et al. 2018, arXiv 1705.05598, section 3).
#ifndef SALIENCY_PATTERNS_PATTERNS_H
#define SALIENCY_PATTERNS_PATTERNS_H

#include <cstdint>
#include <string>
#include <vector>

namespace saliency {

/// What a layer saw, added up over samples and positions; see LayerStatistics.h. Arrays in the
/// weights' shape hold one run of entries for each unit.
struct LayerSums {
  std::string name;
  std::vector<int64_t> shape; // of the weights, units first
  std::vector<float> weights;
  std::vector<double> xy, x;         // over the outputs that count
  std::vector<double> count, y;      // by unit: how many count; the sum over all outputs
  double samples = 0, positions = 1; // a unit has one output at each position of each sample
};

struct LayerPatterns {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values; // as the weights
  int64_t silent = 0;        // units of which no output counts
  int64_t constant = 0;      // units whose signal does not vary, as far as float32 tells
};

/// a = (E+[x y] - E+[x] E[y]) / (w . (E+[x y] - E+[x] E[y])) for each unit, E+ over the outputs
/// that count (eq. 12); where all count it is cov(x, y) / var(y) (eq. 7). So w . a = 1. Silent and
/// constant units get 0.
LayerPatterns patternsOf(const LayerSums &sums);

} // namespace saliency

#endif // SALIENCY_PATTERNS_PATTERNS_H

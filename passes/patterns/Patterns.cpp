// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/patterns/Patterns.h"

#include <cmath>

namespace saliency {

/// What float32 sums leave of a difference of equal numbers, relative to these.
constexpr double noise = 1e-6;

LayerPatterns patternsOf(const LayerSums &sums) {
  LayerPatterns patterns{
      .name = sums.name, .shape = sums.shape, .values = std::vector<float>(sums.weights.size())};
  size_t units = sums.count.size(), entries = sums.weights.size() / units;
  std::vector<double> direction(entries);
  for (size_t unit = 0; unit != units; ++unit) {
    double count = sums.count[unit], meanY = sums.y[unit] / (sums.samples * sums.positions),
           length = 0, magnitude = 0;
    if (count == 0) {
      ++patterns.silent;
      continue;
    }
    for (size_t i = 0, at = unit * entries; i != entries; ++i, ++at) {
      double meanXY = sums.xy[at] / count, product = sums.x[at] / count * meanY;
      direction[i] = meanXY - product;
      length += sums.weights[at] * direction[i];
      magnitude += std::abs(sums.weights[at]) * (std::abs(meanXY) + std::abs(product));
    }
    if (std::abs(length) <= noise * magnitude) {
      ++patterns.constant;
      continue;
    }
    for (size_t i = 0; i != entries; ++i)
      patterns.values[unit * entries + i] = static_cast<float>(direction[i] / length);
  }
  return patterns;
}

} // namespace saliency

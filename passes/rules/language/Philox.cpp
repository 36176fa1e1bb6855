// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/language/Philox.h"

#include <cmath>
#include <numbers>

namespace saliency::rules {

static double fraction(uint32_t bits) { return double(bits >> 8) / double(1 << 24); }

double drawUniform(const DrawNumber &number, uint64_t seed) {
  return fraction(drawBits(number, seed)[0].bits);
}

double drawNormal(const DrawNumber &number, uint64_t seed) {
  const auto words = drawBits(number, seed);
  const double u = 1 - fraction(words[0].bits), v = fraction(words[1].bits);
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

} // namespace saliency::rules

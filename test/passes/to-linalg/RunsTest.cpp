// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one run of a repetition draws or selects, against the generator on this machine and masks
// built step by step.
#include "Harness.h"
#include "passes/rules/language/Philox.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace saliency::test;
using saliency::rules::drawNormal;
using saliency::rules::drawUniform;

namespace {

/// @f() -> `op` of run number `run`.
Program ofRun(const std::string &op, unsigned run, const std::string &attributes,
              const Shape &shape) {
  const std::string type = tensorType(shape);
  return {"func.func @f() -> " + type + " {\n  %run = arith.constant " + std::to_string(run) +
              " : index\n  %y = saliency." + op + " %run {" + attributes + ", shape = array<i64: " +
              joined(shape) + ">} : " + type + "\n  return %y : " + type + "\n}",
          {}};
}

void expectDraws(bool normal, const Shape &shape, unsigned run, int64_t seed, unsigned stream) {
  Array expected(shape);
  for (unsigned i = 0; i < expected.values.size(); ++i)
    expected.values[i] = normal ? drawNormal({i, run, stream}, uint64_t(seed))
                                : drawUniform({i, run, stream}, uint64_t(seed));
  const std::string attributes =
      std::string("distribution = #saliency.distribution<") + (normal ? "normal" : "uniform") +
      ">, seed = " + std::to_string(seed) + " : i64, stream = " + std::to_string(stream) + " : i64";
  expectResults(ofRun("draw", run, attributes, shape), {expected}, normal ? 2e-6 : 0);
}

TEST(DrawTest, uniformHasTheGeneratorsBits) {
  expectDraws(false, {1, 3, 5, 7}, 9, 0x123456789abcdef, 2);
}
TEST(DrawTest, normalIsBoxAndMullers) { expectDraws(true, {1, 3, 16, 16}, 2, 7, 0); }
TEST(DrawTest, oneNumber) { expectDraws(false, {1, 1}, 4000000000u, 0, 1); }

TEST(WindowMaskTest,
     windowsRowByRow) { // 3 x 3 windows of 2 cells at steps of 2 on 5 x 6; the last row is cut off
  const unsigned rows[] = {0, 0, 0, 2, 2, 2, 4, 4, 4}, columns[] = {0, 2, 4, 0, 2, 4, 0, 2, 4};
  for (unsigned run = 0; run < 9; ++run) {
    Array expected({1, 1, 5, 6});
    for (unsigned y = rows[run]; y < std::min(rows[run] + 2, 5u); ++y)
      for (unsigned x = columns[run]; x < columns[run] + 2; ++x)
        expected[{0, 0, y, x}] = 1;
    expectResults(ofRun("window_mask", run, "extent = 2 : i64, step = 2 : i64", expected.shape),
                  {expected}, 0);
  }
}

TEST(WindowMaskTest, largerThanTheData) {
  expectResults(ofRun("window_mask", 0, "extent = 9 : i64, step = 4 : i64", {1, 1, 5}),
                {Array({1, 1, 5}, 1.0)}, 0);
}

/// The grid drawn whole, enlarged whole, then cropped.
Array risesMask(unsigned height, unsigned width, unsigned cells, double probability, unsigned run,
                uint64_t seed) {
  const unsigned extents[] = {(height + cells - 1) / cells, (width + cells - 1) / cells};
  std::vector<double> grid(size_t(cells) * cells);
  for (unsigned i = 0; i < grid.size(); ++i)
    grid[i] = drawUniform({i, run, 0}, seed) < probability ? 1 : 0;
  const unsigned large[] = {(cells + 1) * extents[0], (cells + 1) * extents[1]};
  std::vector<double> enlarged;
  const auto taps = [&](unsigned position, unsigned size) {
    const double source = std::clamp((position + 0.5) * cells / size - 0.5, 0.0, cells - 1.0);
    const unsigned lower = unsigned(source);
    return std::tuple(lower, std::min(lower + 1, cells - 1), source - lower);
  };
  for (unsigned y = 0; y < large[0]; ++y)
    for (unsigned x = 0; x < large[1]; ++x) {
      const auto [top, bottom, v] = taps(y, large[0]);
      const auto [left, right, h] = taps(x, large[1]);
      const double upper = grid[top * cells + left] * (1 - h) + grid[top * cells + right] * h;
      const double lower = grid[bottom * cells + left] * (1 - h) + grid[bottom * cells + right] * h;
      enlarged.push_back(upper * (1 - v) + lower * v);
    }
  const unsigned down = unsigned(drawUniform({0, run, 1}, seed) * extents[0]),
                 along = unsigned(drawUniform({1, run, 1}, seed) * extents[1]);
  Array mask({1, 1, height, width});
  for (unsigned y = 0; y < height; ++y)
    for (unsigned x = 0; x < width; ++x)
      mask[{0, 0, y, x}] = enlarged[size_t(y + down) * large[1] + x + along];
  return mask;
}

TEST(GridMaskTest, isRisesMask) {
  for (unsigned run = 0; run < 4; ++run) {
    const Array expected = risesMask(16, 21, 5, 0.4, run, 11);
    expectResults(ofRun("grid_mask", run,
                        "cells = 5 : i64, probability = 4.0e-1 : f64, seed = 11 : i64",
                        expected.shape),
                  {expected}, 1e-5);
  }
}

} // namespace

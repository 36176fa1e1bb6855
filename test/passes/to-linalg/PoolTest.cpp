// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pools and their adjoints against the definition.
#include "Windows.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace saliency::test;

namespace {

struct PoolCase {
  const char *name;
  Shape x;
  Window window;
  bool countPadding = false;
};

void PrintTo(const PoolCase &c, std::ostream *os) { *os << c.name; }

class PoolTest : public testing::TestWithParam<PoolCase> {
protected:
  const PoolCase &c = GetParam();
  Shape y = c.window.output(c.x, c.x[1]);
  std::string attributes =
      std::string(c.window.ceil ? "ceil_mode, " : "") + "window = " + c.window.attribute();

  /// Cells that the sum of the window at `position` is divided by.
  double cells(const Shape &position) const {
    double count = 0;
    forEachIndex(c.window.kernel, [&](const Shape &cell) {
      Shape at = c.window.cell(position, cell), extents = spatial(c.x);
      if (c.countPadding)
        for (size_t axis = 0; axis != at.size(); ++axis) {
          at[axis] += c.window.low[axis];
          extents[axis] += c.window.low[axis] + c.window.high[axis];
        }
      count += inside(at, extents);
    });
    return count;
  }
  /// Coordinates of the first largest entry of the window, in row-major order.
  Shape winner(const Array &x, int64_t n, int64_t channel, const Shape &position) const {
    Shape best;
    forEachIndex(c.window.kernel, [&](const Shape &cell) {
      Shape at = c.window.cell(position, cell);
      if (inside(at, spatial(c.x)) &&
          (best.empty() || x[index(n, channel, at)] > x[index(n, channel, best)]))
        best = at;
    });
    return best;
  }
  /// Few different numbers, so that windows have ties.
  Array tied(unsigned seed) const {
    Array x = randomArray(c.x, seed);
    for (double &value : x.values)
      value = std::round(value * 2) / 2 - 3;
    return x;
  }
  Program unary(const std::string &op, const Array &operand, const Shape &result,
                const std::string &extra = "") const {
    return {"func.func @f(%x: " + tensorType(operand.shape) + ") -> " + tensorType(result) +
                " {\n  %0 = saliency." + op + " %x {" + attributes + extra + "} : (" +
                tensorType(operand.shape) + ") -> " + tensorType(result) +
                "\n  return %0 : " + tensorType(result) + "\n}",
            {operand}};
  }
};

TEST_P(PoolTest, maxPool) {
  Array x = tied(1), expected(y);
  forEachIndex(y, [&](const Shape &at) {
    expected[at] = x[index(at[0], at[1], winner(x, at[0], at[1], spatial(at)))];
  });
  expectResults(unary("max_pool", x, y), {expected}, 0);
}

TEST_P(PoolTest, maxPoolAdjoint) {
  Array x = tied(2), r = randomArray(y, 3), expected(c.x);
  forEachIndex(y, [&](const Shape &at) {
    expected[index(at[0], at[1], winner(x, at[0], at[1], spatial(at)))] += r[at];
  });
  expectResults({"func.func @f(%x: " + tensorType(c.x) + ", %r: " + tensorType(y) + ") -> " +
                     tensorType(c.x) + " {\n  %0 = saliency.max_pool_adjoint %x, %r {" +
                     attributes + "} : (" + tensorType(c.x) + ", " + tensorType(y) + ") -> " +
                     tensorType(c.x) + "\n  return %0 : " + tensorType(c.x) + "\n}",
                 {x, r}},
                {expected});
}

TEST_P(PoolTest, maxPoolAdjointOfLowest) {
  // Nothing exceeds the padding: the first cell on data wins.
  Array x(c.x, -std::numeric_limits<double>::infinity()), r = randomArray(y, 4), expected(c.x);
  forEachIndex(y, [&](const Shape &at) {
    expected[index(at[0], at[1], winner(x, at[0], at[1], spatial(at)))] += r[at];
  });
  expectResults({"func.func @f(%x: " + tensorType(c.x) + ", %r: " + tensorType(y) + ") -> " +
                     tensorType(c.x) + " {\n  %0 = saliency.max_pool_adjoint %x, %r {" +
                     attributes + "} : (" + tensorType(c.x) + ", " + tensorType(y) + ") -> " +
                     tensorType(c.x) + "\n  return %0 : " + tensorType(c.x) + "\n}",
                 {x, r}},
                {expected});
}

TEST_P(PoolTest, avgPool) {
  Array x = randomArray(c.x, 5), expected(y);
  for (int64_t n = 0; n != c.x[0]; ++n)
    for (int64_t k = 0; k != c.x[1]; ++k)
      forEachCell(c.window, spatial(c.x), spatial(y),
                  [&](const Shape &position, const Shape &, const Shape &at) {
                    expected[index(n, k, position)] += x[index(n, k, at)] / cells(position);
                  });
  expectResults(unary("avg_pool", x, y, c.countPadding ? ", count_include_pad" : ""), {expected});
}

TEST_P(PoolTest, avgPoolAdjoint) {
  Array r = randomArray(y, 6), expected(c.x);
  for (int64_t n = 0; n != c.x[0]; ++n)
    for (int64_t k = 0; k != c.x[1]; ++k)
      forEachCell(c.window, spatial(c.x), spatial(y),
                  [&](const Shape &position, const Shape &, const Shape &at) {
                    expected[index(n, k, at)] += r[index(n, k, position)] / cells(position);
                  });
  std::string extra = ", spatial = array<i64: " + joined(spatial(c.x)) + ">" +
                      (c.countPadding ? ", count_include_pad" : "");
  expectResults(unary("avg_pool_adjoint", r, c.x, extra), {expected});
}

TEST(PoolNaNTest, crashesNothing) {
  Array x({1, 1, 2, 4}, std::nan("")), expected({1, 1, 1, 2}, std::nan(""));
  x[{0, 0, 1, 3}] = 2;
  Window window = makeWindow({2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1});
  expectResults(
      {"func.func @f(%x: tensor<1x1x2x4xf32>) -> tensor<1x1x1x2xf32> {\n  %0 = saliency.max_pool "
       "%x {window = " +
           window.attribute() +
           "} : (tensor<1x1x2x4xf32>) -> tensor<1x1x1x2xf32>\n  return %0 : tensor<1x1x1x2xf32>\n}",
       {x}},
      {expected});
  Array r({1, 1, 1, 2}, {3, 5}), routed({1, 1, 2, 4});
  routed[{0, 0, 0, 0}] = 3;
  routed[{0, 0, 1, 3}] = 5;
  expectResults(
      {"func.func @f(%x: tensor<1x1x2x4xf32>, %r: tensor<1x1x1x2xf32>) -> tensor<1x1x2x4xf32> {\n"
       "  %0 = saliency.max_pool_adjoint %x, %r {window = " +
           window.attribute() +
           "} : (tensor<1x1x2x4xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x2x4xf32>\n" +
           "  return %0 : tensor<1x1x2x4xf32>\n}",
       {x, r}},
      {routed});
}

const PoolCase kCases[] = {
    {"tiling", {2, 3, 4, 6}, makeWindow({2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1})},
    {"uneven", {1, 3, 5, 7}, makeWindow({2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1})},
    {"overlapping", {1, 4, 7, 7}, makeWindow({3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1})},
    {"overlappingCounted", {1, 4, 7, 7}, makeWindow({3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}), true},
    {"asymmetric", {2, 2, 6, 5}, makeWindow({3, 2}, {2, 1}, {0, 1}, {1, 0}, {1, 1}), true},
    {"ceiling", {1, 3, 6, 7}, makeWindow({3, 3}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, true)},
    {"ceilingCounted",
     {1, 3, 6, 6},
     makeWindow({3, 3}, {2, 2}, {1, 1}, {1, 0}, {1, 1}, true),
     true},
    {"ceilingTiling", {1, 2, 5, 5}, makeWindow({2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, true)},
    {"paddedTiling", {1, 2, 6, 6}, makeWindow({2, 2}, {2, 2}, {1, 1}, {1, 1}, {1, 1})},
    {"dilated", {1, 3, 8, 8}, makeWindow({2, 3}, {1, 2}, {1, 1}, {1, 1}, {2, 2})},
    {"sparse", {1, 3, 8, 8}, makeWindow({2, 2}, {3, 3}, {0, 0}, {0, 0}, {1, 1})},
    {"global", {2, 5, 3, 4}, makeWindow({3, 4}, {1, 1}, {0, 0}, {0, 0}, {1, 1})},
    {"line", {2, 3, 9}, makeWindow({3}, {2}, {1}, {1}, {1})},
    {"volume", {1, 2, 4, 5, 4}, makeWindow({2, 3, 2}, {2, 1, 2}, {0, 1, 0}, {0, 1, 0}, {1, 1, 1})},
    {"identity", {1, 2, 3, 3}, makeWindow({1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 1})},
};

INSTANTIATE_TEST_SUITE_P(Forms, PoolTest, testing::ValuesIn(kCases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace

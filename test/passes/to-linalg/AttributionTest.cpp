// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions, named divisions, order statistics, seeds, resampling.
#include "Harness.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>

using namespace saliency::test;

namespace {

std::string axesText(const Shape &numbers) {
  return numbers.empty() ? "array<i64>" : "array<i64: " + joined(numbers) + ">";
}

void expectReductions(const Shape &shape, const Shape &axes) {
  Array x = randomArray(shape, 1);
  for (size_t i = 0; i < x.values.size(); i += 3)
    x.values[i] = 0;
  Shape result = shape;
  for (int64_t axis : axes)
    result[axis] = 1;
  double cells = double(countOf(shape)) / double(countOf(result));
  const char *names[] = {"sum", "mean", "max", "min", "count_nonzero"};
  for (std::string kind : names) {
    Array expected(result, kind == "max" ? -INFINITY : kind == "min" ? INFINITY : 0.0);
    forEachIndex(shape, [&](Shape at) {
      double value = x[at];
      for (int64_t axis : axes)
        at[axis] = 0;
      double &to = expected[at];
      to = kind == "max"             ? std::max(to, value)
           : kind == "min"           ? std::min(to, value)
           : kind == "count_nonzero" ? to + (value != 0)
           : kind == "sum"           ? to + value
                                     : to + value / cells;
    });
    expectResults(oneOp("saliency.reduce $0 {kind = #saliency.reduction<" + kind +
                            ">, axes = " + axesText(axes) + "}",
                        {x}, tensorType(result)),
                  {expected}, 1e-5);
  }
}

TEST(ReduceTest, perSample) { expectReductions({2, 3, 4, 5}, {1, 2, 3}); }
TEST(ReduceTest, perChannel) { expectReductions({2, 3, 4, 5}, {2, 3}); }
TEST(ReduceTest, perPixel) { expectReductions({2, 3, 4, 5}, {1}); }
TEST(ReduceTest, oneSpatial) { expectReductions({2, 3, 4, 5}, {3}); }
TEST(ReduceTest, longRows) { expectReductions({2, 192}, {1}); }
TEST(ReduceTest, manyChannels) { expectReductions({1, 80, 2, 2}, {1}); }
TEST(ReduceTest, units) { expectReductions({2, 3, 1, 1}, {2, 3}); }
TEST(ReduceTest, nothing) { expectReductions({2, 3, 4}, {}); }

TEST(BroadcastTest, perSampleAndChannel) {
  Array x = randomArray({2, 3, 1, 1}, 2), expected({2, 3, 4, 5});
  forEachIndex(expected.shape, [&](const Shape &at) { expected[at] = x[{at[0], at[1], 0, 0}]; });
  expectResults(oneOp("saliency.broadcast $0 {shape = array<i64: 2, 3, 4, 5>}", {x},
                      tensorType(expected.shape)),
                {expected}, 0);
}

TEST(DivideTest, everyKind) {
  Shape shape = {2, 3, 2, 4};
  Array a = randomArray(shape, 3), b = randomArray(shape, 4);
  b.values[0] = 0;
  b.values[1] = -0.0;
  b.values[2] = 0.0625;
  b.values[3] = -0.0625;
  double e = 0.125;
  std::vector<double> rms(2);
  forEachIndex(shape, [&](const Shape &at) { rms[at[0]] += b[at] * b[at] / 24; });
  auto sign = [](double b) { return b < 0 ? -1.0 : 1.0; };
  const std::pair<const char *, std::function<double(double, double, double)>> kinds[] = {
      {"plain", [&](double a, double b, double) { return a / b; }},
      {"stab", [&](double a, double b, double) { return a / (b + e * sign(b)); }},
      {"stab_clip",
       [&](double a, double b, double) { return a / (sign(b) * std::max(std::abs(b), e)); }},
      {"stab_rms",
       [&](double a, double b, double rms) { return a / (b + e * std::sqrt(rms) * sign(b)); }},
      {"zero_safe", [&](double a, double b, double) { return b == 0 ? 0 : a / b; }},
      {"zero_bump", [&](double a, double b, double) { return b == 0 ? a / e : a / b; }},
      {"plus", [&](double a, double b, double) { return a / (b + e); }},
      {"plus_masked", [&](double a, double b, double) { return b == 0 ? 0 : a / (b + e); }}};
  for (const auto &[name, function] : kinds) {
    Array expected(shape);
    forEachIndex(shape,
                 [&](const Shape &at) { expected[at] = function(a[at], b[at], rms[at[0]]); });
    expectResults(oneOp(std::string("saliency.divide $0, $1 {division = #saliency.division<") +
                            name + ">, epsilon = 1.25e-1 : f32}",
                        {a, b}, tensorType(shape)),
                  {expected});
  }
}

void expectPercentile(const Array &x, double q) {
  int64_t samples = x.shape[0], entries = countOf(x.shape) / samples;
  Shape result(x.shape.size(), 1);
  result[0] = samples;
  Array expected(result);
  for (int64_t n = 0; n != samples; ++n) {
    std::vector<double> sorted(x.values.begin() + n * entries,
                               x.values.begin() + (n + 1) * entries);
    std::sort(sorted.rbegin(), sorted.rend());
    expected.values[n] = sorted[static_cast<size_t>(std::nearbyint((entries - 1) * (1 - q / 100)))];
  }
  expectResults(oneOp("saliency.percentile $0 {q = " + std::to_string(q) + " : f64}", {x},
                      tensorType(result)),
                {expected}, 0);
}

TEST(PercentileTest, ranks) {
  Array x = randomArray({2, 3, 4, 5}, 5);
  for (double q : {0.0, 2.0, 50.0, 98.0, 100.0})
    expectPercentile(x, q);
}
TEST(PercentileTest, extremes) {
  Array x({2, 6},
          {-0.0, 0.0, 1e-45, -1e-45, INFINITY, -INFINITY, -3, -3, -3, -2, -INFINITY, -INFINITY});
  for (double &value : x.values)
    value = static_cast<float>(value);
  for (double q : {0.0, 20.0, 40.0, 60.0, 80.0, 100.0})
    expectPercentile(x, q);
}

TEST(ArgMaxTest, firstOnTies) {
  Array x({3, 4}, {1, 3, 3, 2, -5, -6, -7, -5, 0, NAN, 2, 1});
  expectResults(oneOp("saliency.arg_max $0", {x}, "tensor<3xi64>"), {Array({3}, {1, 0, 2})}, 0);
}

TEST(OneHotTest, negativeIsNothing) {
  Program program{"func.func @f(%i: tensor<3xi64>) -> tensor<3x4xf32> {\n  %0 = saliency.one_hot "
                  "%i {classes = 4 : i64} : (tensor<3xi64>) -> "
                  "tensor<3x4xf32>\n  return %0 : tensor<3x4xf32>\n}",
                  {Array({3}, {2, -1, 0})}};
  expectResults(program, {Array({3, 4}, {0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0})}, 0);
}

void expectResize(const std::string &mode, const Shape &from, const Shape &to) {
  Array x = randomArray(from, 6), expected(to);
  forEachIndex(to, [&](const Shape &at) {
    // A sum over the 2^k corners around the source point.
    size_t axes = to.size() - 2;
    for (size_t corner = 0; corner != size_t(1) << axes; ++corner) {
      Shape source = at;
      double weight = 1;
      for (size_t i = 0; i != axes; ++i) {
        double in = double(from[i + 2]), out = double(to[i + 2]), position = double(at[i + 2]);
        double where = mode == "half_pixel" ? (position + 0.5) * in / out - 0.5
                       : out > 1            ? position * (in - 1) / (out - 1)
                                            : 0;
        where = std::min(std::max(where, 0.0), in - 1);
        int64_t lower = int64_t(where);
        bool upper = corner >> i & 1;
        if (mode == "nearest") {
          source[i + 2] = at[i + 2] * from[i + 2] / to[i + 2];
          weight *= upper ? 0 : 1;
        } else {
          source[i + 2] = upper ? std::min(lower + 1, from[i + 2] - 1) : lower;
          weight *= upper ? where - double(lower) : 1 - (where - double(lower));
        }
      }
      expected[at] += weight * x[source];
    }
  });
  expectResults(oneOp("saliency.resize $0 {mode = #saliency.resize_mode<" + mode +
                          ">, spatial = " + axesText(Shape(to.begin() + 2, to.end())) + "}",
                      {x}, tensorType(to)),
                {expected});
}

TEST(ResizeTest, everyMode) {
  for (const char *mode : {"nearest", "half_pixel", "align_corners"}) {
    expectResize(mode, {2, 3, 4, 5}, {2, 3, 7, 10});
    expectResize(mode, {1, 2, 7, 6}, {1, 2, 3, 6});
    expectResize(mode, {1, 2, 1, 3}, {1, 2, 4, 1});
    expectResize(mode, {1, 2, 5}, {1, 2, 8});
    expectResize(mode, {1, 2, 2, 3, 2}, {1, 2, 4, 5, 3});
  }
}

/// The sum over all cells of Keys' kernel, those outside left out, over the sum of their weights.
TEST(ResizeTest, cubic) {
  auto kernel = [](double d) {
    d = std::abs(d);
    return d <= 1  ? 1.5 * d * d * d - 2.5 * d * d + 1
           : d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2
                   : 0.0;
  };
  for (auto [rows, columns] : {std::pair<int64_t, int64_t>{9, 5}, {3, 8}}) {
    Array x = randomArray({2, 1, 4, 5}, 6), expected({2, 1, rows, columns});
    auto weight = [&](int64_t to, int64_t from, int64_t at, int64_t cell) {
      double sum = 0, where = (double(at) + 0.5) * double(from) / double(to) - 0.5;
      for (int64_t i = 0; i != from; ++i)
        sum += kernel(where - double(i));
      return kernel(where - double(cell)) / sum;
    };
    forEachIndex({2, 1, rows, columns}, [&](const Shape &at) {
      for (int64_t i = 0; i != 4; ++i)
        for (int64_t j = 0; j != 5; ++j)
          expected[at] +=
              weight(rows, 4, at[2], i) * weight(columns, 5, at[3], j) * x[{at[0], at[1], i, j}];
    });
    expectResults(oneOp("saliency.resize $0 {mode = #saliency.resize_mode<cubic>, spatial = " +
                            axesText({rows, columns}) + "}",
                        {x}, tensorType({2, 1, rows, columns})),
                  {expected});
  }
}

} // namespace

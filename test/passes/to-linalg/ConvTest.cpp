// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolution, adjoint and correlation against the definition, over strides, dilations, padding,
// groups and ranks.
#include "Windows.h"

#include <gtest/gtest.h>

using namespace saliency::test;

namespace {

struct ConvCase {
  const char *name;
  Shape x;
  int64_t outputs, groups;
  Window window;
  bool perSample = false;
};

void PrintTo(const ConvCase &c, std::ostream *os) { *os << c.name; }

class ConvTest : public testing::TestWithParam<ConvCase> {
protected:
  const ConvCase &c = GetParam();
  Shape y = c.window.output(c.x, c.outputs);
  Shape set = kernelSet();
  Shape weights = c.perSample ? withSamples() : set;
  std::string attributes =
      "groups = " + std::to_string(c.groups) + " : i64, window = " + c.window.attribute();

  Shape kernelSet() const {
    Shape shape = {c.outputs, c.x[1] / c.groups};
    shape.insert(shape.end(), c.window.kernel.begin(), c.window.kernel.end());
    return shape;
  }
  Shape withSamples() const {
    Shape shape = {c.x[0]};
    shape.insert(shape.end(), set.begin(), set.end());
    return shape;
  }
  Shape weightIndex(int64_t n, int64_t m, int64_t channel, const Shape &cell, bool sampled) const {
    Shape full = index(m, channel, cell);
    if (sampled)
      full.insert(full.begin(), n);
    return full;
  }

  /// visit(y index, x index, sample, output, channel in the group, kernel cell) for every product
  /// of the convolution.
  template <typename Visit> void forEachProduct(Visit visit) const {
    int64_t inGroup = c.x[1] / c.groups, outGroup = c.outputs / c.groups;
    for (int64_t n = 0; n != c.x[0]; ++n)
      for (int64_t m = 0; m != c.outputs; ++m)
        for (int64_t k = 0; k != inGroup; ++k)
          forEachCell(c.window, spatial(c.x), spatial(y),
                      [&](const Shape &position, const Shape &cell, const Shape &at) {
                        visit(index(n, m, position), index(n, m / outGroup * inGroup + k, at), n, m,
                              k, cell);
                      });
  }
};

TEST_P(ConvTest, forward) {
  Array x = randomArray(c.x, 1), w = randomArray(weights, 2), b = randomArray({c.outputs}, 3),
        expected(y);
  forEachIndex(y, [&](const Shape &at) { expected[at] = b.values[at[1]]; });
  forEachProduct(
      [&](const Shape &to, const Shape &from, int64_t n, int64_t m, int64_t k, const Shape &cell) {
        expected[to] += x[from] * w[weightIndex(n, m, k, cell, c.perSample)];
      });
  Program program{"func.func @f(%x: " + tensorType(c.x) + ", %w: " + tensorType(weights) +
                      ", %b: " + tensorType(b.shape) + ") -> " + tensorType(y) +
                      " {\n  %0 = saliency.conv %x, %w, %b {" + attributes + "} : (" +
                      tensorType(c.x) + ", " + tensorType(weights) + ", " + tensorType(b.shape) +
                      ") -> " + tensorType(y) + "\n  return %0 : " + tensorType(y) + "\n}",
                  {x, w, b}};
  expectResults(program, {expected});
  if (!c.perSample) {
    program.constants = {1, 2};
    expectResults(program, {expected});
  }
}

TEST_P(ConvTest, biasOfPositions) {
  Shape positions = y;
  positions[0] = 1;
  Array x = randomArray(c.x, 8), w = randomArray(weights, 9), b = randomArray(positions, 10),
        expected(y);
  forEachIndex(y, [&](const Shape &at) { expected[at] = b[index(0, at[1], spatial(at))]; });
  forEachProduct(
      [&](const Shape &to, const Shape &from, int64_t n, int64_t m, int64_t k, const Shape &cell) {
        expected[to] += x[from] * w[weightIndex(n, m, k, cell, c.perSample)];
      });
  Program program =
      oneOp("saliency.conv $0, $1, $2 {" + attributes + "}", {x, w, b}, tensorType(y));
  expectResults(program, {expected});
  if (!c.perSample) {
    program.constants = {1, 2};
    expectResults(program, {expected});
  }
}

TEST_P(ConvTest, adjoint) {
  Array r = randomArray(y, 4), w = randomArray(weights, 5), expected(c.x);
  forEachProduct(
      [&](const Shape &to, const Shape &from, int64_t n, int64_t m, int64_t k, const Shape &cell) {
        expected[from] += r[to] * w[weightIndex(n, m, k, cell, c.perSample)];
      });
  Program program{"func.func @f(%w: " + tensorType(weights) + ", %r: " + tensorType(y) + ") -> " +
                      tensorType(c.x) + " {\n  %0 = saliency.conv_adjoint %w, %r {" + attributes +
                      ", spatial = array<i64: " + joined(spatial(c.x)) + ">} : (" +
                      tensorType(weights) + ", " + tensorType(y) + ") -> " + tensorType(c.x) +
                      "\n  return %0 : " + tensorType(c.x) + "\n}",
                  {w, r}};
  expectResults(program, {expected});
  if (!c.perSample) {
    program.constants = {0};
    expectResults(program, {expected});
  }
}

TEST_P(ConvTest, correlate) {
  Shape result = withSamples();
  Array x = randomArray(c.x, 6), r = randomArray(y, 7), expected(result);
  forEachProduct(
      [&](const Shape &to, const Shape &from, int64_t n, int64_t m, int64_t k, const Shape &cell) {
        expected[weightIndex(n, m, k, cell, true)] += x[from] * r[to];
      });
  Program program{"func.func @f(%x: " + tensorType(c.x) + ", %r: " + tensorType(y) + ") -> " +
                      tensorType(result) + " {\n  %0 = saliency.conv_correlate %x, %r {" +
                      attributes + "} : (" + tensorType(c.x) + ", " + tensorType(y) + ") -> " +
                      tensorType(result) + "\n  return %0 : " + tensorType(result) + "\n}",
                  {x, r}};
  expectResults(program, {expected});
}

const ConvCase kCases[] = {
    {"same3x3", {2, 16, 5, 6}, 16, 1, makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1})},
    {"valid3x3", {1, 8, 5, 6}, 24, 1, makeWindow({3, 3}, {1, 1}, {0, 0}, {0, 0}, {1, 1})},
    {"pointwise", {2, 8, 4, 4}, 20, 1, makeWindow({1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 1})},
    {"pointwiseStrided", {1, 8, 5, 6}, 16, 1, makeWindow({1, 1}, {2, 2}, {0, 0}, {0, 0}, {1, 1})},
    {"pointwisePadded", {1, 8, 4, 3}, 8, 1, makeWindow({1, 1}, {1, 1}, {1, 0}, {0, 2}, {1, 1})},
    {"firstLayer", {2, 3, 9, 9}, 8, 1, makeWindow({3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1})},
    {"firstLayerStride1", {1, 3, 6, 5}, 8, 1, makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1})},
    {"strided", {1, 8, 9, 8}, 16, 1, makeWindow({3, 3}, {2, 3}, {1, 0}, {0, 2}, {1, 1})},
    {"uncovered", {1, 8, 8, 9}, 4, 1, makeWindow({2, 2}, {3, 3}, {0, 0}, {0, 0}, {1, 1})},
    {"dilated", {1, 8, 9, 9}, 8, 1, makeWindow({3, 2}, {1, 1}, {2, 1}, {1, 2}, {2, 3})},
    {"dilatedStrided", {1, 4, 11, 11}, 6, 1, makeWindow({3, 3}, {2, 2}, {2, 2}, {2, 2}, {2, 2})},
    {"muchPadding", {1, 8, 3, 3}, 8, 1, makeWindow({2, 2}, {1, 1}, {3, 2}, {2, 3}, {1, 1})},
    {"oddOutputs", {1, 9, 4, 4}, 7, 1, makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1})},
    {"grouped", {2, 8, 5, 5}, 12, 2, makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1})},
    {"groupedStrided", {1, 12, 6, 7}, 6, 3, makeWindow({3, 3}, {2, 2}, {1, 0}, {1, 1}, {1, 1})},
    {"depthwise", {2, 16, 5, 5}, 16, 16, makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1})},
    {"depthwiseStrided", {1, 8, 7, 6}, 8, 8, makeWindow({3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1})},
    {"depthwiseMultiplied",
     {1, 6, 5, 5},
     12,
     6,
     makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1})},
    {"line", {2, 8, 12}, 16, 1, makeWindow({5}, {2}, {2}, {1}, {1})},
    {"lineStride1", {2, 8, 12}, 16, 1, makeWindow({5}, {1}, {2}, {2}, {1})},
    {"volume",
     {1, 8, 4, 5, 3},
     8,
     1,
     makeWindow({2, 3, 2}, {1, 2, 1}, {1, 1, 0}, {0, 1, 1}, {1, 1, 2})},
    {"volumeStride1",
     {1, 8, 4, 3, 3},
     8,
     1,
     makeWindow({3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1})},
    {"perSample", {2, 16, 4, 5}, 8, 1, makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}), true},
    {"perSampleStrided",
     {2, 8, 7, 7},
     16,
     1,
     makeWindow({3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}),
     true},
    {"perSampleFirst",
     {2, 3, 5, 5},
     8,
     1,
     makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}),
     true},
    {"perSamplePointwise",
     {2, 8, 3, 3},
     8,
     1,
     makeWindow({1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 1}),
     true},
    {"perSampleGrouped",
     {2, 8, 4, 4},
     8,
     2,
     makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}),
     true},
    {"perSampleDepthwise",
     {2, 8, 4, 4},
     8,
     8,
     makeWindow({3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}),
     true},
    {"perSampleDepthwiseStrided",
     {2, 4, 5, 5},
     4,
     4,
     makeWindow({3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}),
     true},
    {"oneCell", {1, 8, 1, 1}, 16, 1, makeWindow({1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 1})},
    {"wholeImage", {2, 8, 4, 4}, 10, 1, makeWindow({4, 4}, {1, 1}, {0, 0}, {0, 0}, {1, 1})},
};

INSTANTIATE_TEST_SUITE_P(Forms, ConvTest, testing::ValuesIn(kCases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace

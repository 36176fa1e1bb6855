// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one run of a repetition draws or selects, against the generator on this machine and masks
// built step by step; loops over runs and classes and tensors that a call may leave out, against
// the same loops in C++.
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

//===------------------------------------------------------------------------------------------===//
// Loops, and tensors of a call
//===------------------------------------------------------------------------------------------===//

/// Carries a sum of x and of the runs' numbers from a table, and the last table entry times x.
Program weightedRuns(unsigned count, const Array &x, const Array &start) {
  const std::string type = tensorType(x.shape), unit = tensorType({x.shape[0], 1, 1, 1});
  return {"func.func @f(%x: " + type + ", %start: " + type + ") -> (" + type + ", " + type +
              ") {\n  %count = arith.constant " + std::to_string(count) +
              " : index\n  %sums:2 = saliency.repeat %run to %count carrying(%a = %start, %b = "
              "%x) : " +
              type + ", " + type +
              " {\n    %entry = saliency.table_entry %run {table = array<f32: 0.5, -2.0, 4.0>}"
              "\n    %unit = saliency.fill %entry : f32 -> " +
              unit +
              "\n    %all = saliency.broadcast %unit {shape = array<i64: " + joined(x.shape) +
              ">} : (" + unit + ") -> " + type + "\n    %weighted = arith.mulf %all, %x : " + type +
              "\n    %next = arith.addf %a, %weighted : " + type + "\n    saliency.yield %next, " +
              "%weighted : " + type + ", " + type + "\n  }\n  return %sums#0, %sums#1 : " + type +
              ", " + type + "\n}",
          {x, start}};
}

TEST(RepeatTest, carriesFromRunToRun) {
  const Array x = randomArray({2, 3, 4, 5}, 1), start = randomArray({2, 3, 4, 5}, 2);
  const double table[] = {0.5, -2.0, 4.0};
  for (unsigned count : {1u, 3u}) {
    Array sum = start, last = x;
    for (unsigned run = 0; run != count; ++run)
      for (size_t i = 0; i != x.values.size(); ++i) {
        last.values[i] = table[run] * x.values[i];
        sum.values[i] += last.values[i];
      }
    expectResults(weightedRuns(count, x, start), {sum, last});
  }
}

TEST(RepeatTest, noRunLeavesTheStart) {
  const Array x = randomArray({2, 3, 4, 5}, 1), start = randomArray({2, 3, 4, 5}, 2);
  expectResults(weightedRuns(0, x, start), {start, x});
}

/// The number of times each class is listed. `listed` is put together from `rows` at run time, so
/// that its first extent is known there alone.
Program countedClasses(const std::vector<std::vector<int>> &rows) {
  std::string text;
  for (const std::vector<int> &row : rows)
    text +=
        (text.empty() ? "[" : ", [") + std::to_string(row[0]) + ", " + std::to_string(row[1]) + "]";
  const std::string fixed = "tensor<" + std::to_string(rows.size()) + "x2xi64>";
  return {"func.func @f() -> tensor<2x4xf32> {\n  %rows = arith.constant dense<[" + text +
              "]> : " + fixed + "\n  %listed = tensor.cast %rows : " + fixed +
              " to tensor<?x2xi64>\n  %second = arith.constant dense<[3, 0]> : tensor<2xi64>\n"
              "  %target = arith.constant dense<[1, 2]> : tensor<2xi64>\n"
              "  %zero = arith.constant dense<0.0> : tensor<2x4xf32>\n"
              "  %sum = saliency.for_each_class %class in %listed or %second except %target : "
              "tensor<?x2xi64> carrying(%a = %zero) : tensor<2x4xf32> {\n"
              "    %hot = saliency.one_hot %class {classes = 4 : i64} : (tensor<2xi64>) -> "
              "tensor<2x4xf32>\n"
              "    %next = arith.addf %a, %hot : tensor<2x4xf32>\n"
              "    saliency.yield %next : tensor<2x4xf32>\n  }\n  return %sum : tensor<2x4xf32>\n}",
          {}};
}

TEST(ForEachClassTest, leavesOutTheTargetAndUnusedEntries) {
  expectResults(countedClasses({{0, 3}, {1, 3}, {0, 2}, {2, -1}}),
                {Array({2, 4}, {2, 0, 1, 0, 0, 0, 0, 2})}, 0);
}

TEST(ForEachClassTest, isTheDefaultWhereNoneIsListed) {
  Program program = countedClasses({{0, 0}});
  const std::string one = "dense<[[0, 0]]> : tensor<1x2xi64>";
  program.text.replace(program.text.find(one), one.size(), "dense<> : tensor<0x2xi64>");
  program.text.replace(program.text.find("tensor<1x2xi64>"), 15, "tensor<0x2xi64>");
  expectResults(program, {Array({2, 4}, {0, 0, 0, 1, 1, 0, 0, 0})}, 0);
}

/// Image number 5 of those given, from the first again; minus x where none is given.
Program givenImage(unsigned count, const Array &images, const Array &x) {
  const std::string type = tensorType(x.shape), given = "tensor<?x2x3x4xf32>",
                    fixed = tensorType({count, 2, 3, 4});
  return {"func.func @f(%all: " + tensorType(images.shape) + ", %x: " + type + ") -> " + type +
              " {\n  %some = tensor.extract_slice %all[0, 0, 0, 0] [" + std::to_string(count) +
              ", 2, 3, 4] [1, 1, 1, 1] : " + tensorType(images.shape) + " to " + fixed +
              "\n  %images = tensor.cast %some : " + fixed + " to " + given +
              "\n  %run = arith.constant 5 : index\n  %count = saliency.count_given %images : " +
              given + "\n  %image = saliency.if_given %images : " + given + " -> " + type +
              " {\n    %number = arith.remui %run, %count : index"
              "\n    %entry = saliency.given_entry %images[%number] : " +
              given +
              " -> tensor<1x2x3x4xf32>\n    %all_samples = saliency.broadcast %entry {shape "
              "= array<i64: " +
              joined(x.shape) + ">} : (tensor<1x2x3x4xf32>) -> " + type +
              "\n    saliency.yield %all_samples : " + type +
              "\n  } otherwise {\n    %negative = arith.negf %x : " + type +
              "\n    saliency.yield %negative : " + type + "\n  }\n  return %image : " + type +
              "\n}",
          {images, x}};
}

TEST(IfGivenTest, readsTheEntryForEverySample) {
  const Array images = randomArray({3, 2, 3, 4}, 3), x = randomArray({2, 2, 3, 4}, 4);
  for (unsigned count : {1u, 3u}) {
    Array expected(x.shape);
    forEachIndex(x.shape,
                 [&](const Shape &i) { expected[i] = images[{5 % count, i[1], i[2], i[3]}]; });
    expectResults(givenImage(count, images, x), {expected}, 0);
  }
}

TEST(IfGivenTest, isTheOtherRegionWhereNothingIsGiven) {
  const Array images = randomArray({3, 2, 3, 4}, 3), x = randomArray({2, 2, 3, 4}, 4);
  Array expected = x;
  for (double &entry : expected.values)
    entry = -entry;
  expectResults(givenImage(0, images, x), {expected}, 0);
}

TEST(GemmAdjointAtTest, scalesTheRowAndIsZeroForNone) {
  const Array weight = randomArray({5, 6}, 5), r = randomArray({3, 5}, 6);
  const int rows[] = {4, -1, 0};
  Array expected({3, 6});
  for (int64_t sample : {0, 2})
    for (int64_t column = 0; column != 6; ++column)
      expected[{sample, column}] = r[{sample, rows[sample]}] * weight[{rows[sample], column}];
  Program program{"func.func @f(%w: tensor<5x6xf32>, %r: tensor<3x5xf32>) -> tensor<3x6xf32> {\n"
                  "  %index = arith.constant dense<[4, -1, 0]> : tensor<3xi64>\n"
                  "  %y = saliency.gemm_adjoint_at %w, %r, %index : (tensor<5x6xf32>, "
                  "tensor<3x5xf32>, tensor<3xi64>) -> tensor<3x6xf32>\n"
                  "  return %y : tensor<3x6xf32>\n}",
                  {weight, r}};
  expectResults(program, {expected});
  program.constants = {0};
  expectResults(program, {expected});
}

} // namespace

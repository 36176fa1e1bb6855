// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations, merges with broadcasting, normalisations.
#include "Harness.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>

using namespace saliency::test;

namespace {

const Shape kShape = {2, 3, 4, 5};

void expectActivation(const std::string &line, const std::function<double(double)> &function) {
  Array x = randomArray(kShape, 1);
  for (double &value : x.values)
    value *= 4;
  x.values[0] = 0;
  x.values[1] = std::nan("");
  Array expected = x;
  std::transform(x.values.begin(), x.values.end(), expected.values.begin(), function);
  expectResults(oneOp(line, {x}, tensorType(kShape)), {expected});
}

TEST(ActivationTest, relu) {
  expectActivation("saliency.relu $0", [](double x) { return x < 0 ? 0 : x; });
}
TEST(ActivationTest, clip) {
  expectActivation("saliency.clip $0 {min = -5.0e-1 : f32, max = 1.5 : f32}", [](double x) { return x < -0.5 ? -0.5 : x > 1.5 ? 1.5 : x; });
}
TEST(ActivationTest, leakyRelu) {
  expectActivation("saliency.leaky_relu $0 {alpha = 2.5e-1 : f32}", [](double x) { return x > 0 ? x : 0.25 * x; });
}
TEST(ActivationTest, sigmoid) {
  expectActivation("saliency.sigmoid $0", [](double x) { return 1 / (1 + std::exp(-x)); });
}
TEST(ActivationTest, tanh) {
  expectActivation("saliency.tanh $0", [](double x) { return std::tanh(x); });
}

/// Entry of `array` at `at`, aligned from the last axis, unit axes repeated.
double broadcast(const Array &array, const Shape &at) {
  Shape own(array.shape.size());
  for (size_t axis = 0; axis != own.size(); ++axis)
    own[axis] = array.shape[axis] == 1 ? 0 : at[at.size() - own.size() + axis];
  return array[own];
}

void expectMerges(const Shape &a, const Shape &b, const Shape &result) {
  const std::pair<const char *, std::function<double(double, double)>> ops[] = {
      {"saliency.add $0, $1", [](double a, double b) { return a + b; }},
      {"saliency.sub $0, $1", [](double a, double b) { return a - b; }},
      {"saliency.mul $0, $1", [](double a, double b) { return a * b; }},
      {"saliency.div $0, $1", [](double a, double b) { return a / b; }}};
  Array left = randomArray(a, 2), right = randomArray(b, 3);
  for (double &value : right.values)
    value += value < 0 ? -0.5 : 0.5;
  for (const auto &[line, function] : ops) {
    Array expected(result);
    forEachIndex(result, [&](const Shape &at) { expected[at] = function(broadcast(left, at), broadcast(right, at)); });
    Program program = oneOp(line, {left, right}, tensorType(result));
    expectResults(program, {expected});
    program.constants = {1};
    expectResults(program, {expected});
  }
}

TEST(MergeTest, sameShape) { expectMerges(kShape, kShape, kShape); }
TEST(MergeTest, scalar) { expectMerges(kShape, {1}, kShape); }
TEST(MergeTest, lastAxis) { expectMerges(kShape, {5}, kShape); }
TEST(MergeTest, channels) { expectMerges(kShape, {3, 1, 1}, kShape); }
TEST(MergeTest, image) { expectMerges(kShape, {3, 4, 5}, kShape); }
TEST(MergeTest, bothSides) { expectMerges({2, 1, 4, 1}, {1, 3, 1, 5}, kShape); }
TEST(MergeTest, matrix) { expectMerges({2, 6}, {6}, {2, 6}); }

TEST(NormalisationTest, batchNorm) {
  Array x = randomArray(kShape, 4), gamma = randomArray({3}, 5), beta = randomArray({3}, 6), mean = randomArray({3}, 7),
        variance = randomArray({3}, 8), expected(kShape);
  for (double &value : variance.values)
    value += 1.25;
  forEachIndex(kShape, [&](const Shape &at) {
    int64_t c = at[1];
    expected[at] = gamma.values[c] * (x[at] - mean.values[c]) / std::sqrt(variance.values[c] + 1e-3) + beta.values[c];
  });
  Program program = oneOp("saliency.batch_norm $0, $1, $2, $3, $4 {epsilon = 1.0e-3 : f32}", {x, gamma, beta, mean, variance}, tensorType(kShape));
  expectResults(program, {expected});
  program.constants = {1, 2, 3, 4};
  expectResults(program, {expected});
}

TEST(NormalisationTest, batchNormOfMatrix) {
  Array x = randomArray({2, 3}, 4), ones({3}, 1.0), zeros({3}, 0.0), expected = x;
  for (double &value : expected.values)
    value /= std::sqrt(1.5);
  Program program = oneOp("saliency.batch_norm $0, $1, $2, $3, $4 {epsilon = 5.0e-1 : f32}", {x, ones, zeros, zeros, ones}, tensorType(x.shape));
  program.constants = {1, 2, 3, 4};
  expectResults(program, {expected});
}

TEST(NormalisationTest, softmax) {
  for (int64_t axis = 0; axis != 4; ++axis) {
    Array x = randomArray(kShape, 9), expected(kShape);
    for (double &value : x.values)
      value = value * 20 + 100;
    forEachIndex(kShape, [&](const Shape &at) {
      double sum = 0;
      Shape other = at;
      for (other[axis] = 0; other[axis] != kShape[axis]; ++other[axis])
        sum += std::exp(x[other] - x[at]);
      expected[at] = 1 / sum;
    });
    expectResults(oneOp("saliency.softmax $0 {axis = " + std::to_string(axis) + " : i64}", {x}, tensorType(kShape)), {expected}, 1e-5);
  }
}

TEST(UpstreamTest, chain) {
  // Elementwise ops of all kinds of element types, with splat and other constants.
  std::string type = tensorType(kShape), mask = tensorType(kShape, "i1");
  Array x = randomArray(kShape, 10), y = randomArray(kShape, 11), expected(kShape), masked(kShape);
  forEachIndex(kShape, [&](const Shape &at) {
    bool positive = x[at] > 0;
    masked[at] = positive;
    expected[at] = std::sqrt(std::abs((positive ? x[at] * y[at] : -y[at]) / 2.0)) + positive;
  });
  Program program{"func.func @f(%x: " + type + ", %y: " + type + ") -> (" + type + ", " + mask + ") {\n" +
                      "  %zero = arith.constant dense<0.0> : " + type + "\n  %two = arith.constant dense<2.0> : " + type +
                      "\n  %positive = arith.cmpf ogt, %x, %zero : " + type + "\n  %product = arith.mulf %x, %y : " + type +
                      "\n  %negated = arith.negf %y : " + type + "\n  %chosen = arith.select %positive, %product, %negated : " + mask +
                      ", " + type + "\n  %half = arith.divf %chosen, %two : " + type + "\n  %size = math.absf %half : " + type +
                      "\n  %root = math.sqrt %size : " + type + "\n  %one = arith.uitofp %positive : " + mask + " to " + type +
                      "\n  %sum = arith.addf %root, %one : " + type + "\n  return %sum, %positive : " + type + ", " + mask + "\n}",
                  {x, y}};
  expectResults(program, {expected, masked});
  program.constants = {1};
  expectResults(program, {expected, masked});
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations, merges with broadcasting, normalisations.
#include "Harness.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>

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
  expectActivation("saliency.clip $0 {min = -5.0e-1 : f32, max = 1.5 : f32}", [](double x) {
    return x < -0.5 ? -0.5 : x > 1.5 ? 1.5 : x;
  });
}
TEST(ActivationTest, leakyRelu) {
  expectActivation("saliency.leaky_relu $0 {alpha = 2.5e-1 : f32}",
                   [](double x) { return x > 0 ? x : 0.25 * x; });
}
TEST(ActivationTest, sigmoid) {
  expectActivation("saliency.sigmoid $0", [](double x) { return 1 / (1 + std::exp(-x)); });
}
TEST(ActivationTest, tanh) {
  expectActivation("saliency.tanh $0", [](double x) { return std::tanh(x); });
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::log1p(std::exp(x)); }
double limited(double x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

TEST(ActivationTest, signs) {
  expectActivation("saliency.abs $0", [](double x) { return std::abs(x); });
  expectActivation("saliency.neg $0", [](double x) { return -x; });
}
TEST(ActivationTest, exponentials) {
  expectActivation("saliency.exp $0", [](double x) { return std::exp(x); });
  expectActivation("saliency.erf $0", [](double x) { return std::erf(x); });
  expectActivation("saliency.elu $0 {alpha = 5.0e-1 : f32, scale = 2.0 : f32}",
                   [](double x) { return x > 0 ? 2 * x : std::expm1(x); });
  expectActivation("saliency.softplus $0", softplus);
}
TEST(ActivationTest, gates) {
  expectActivation("saliency.silu $0", [](double x) { return x * sigmoid(x); });
  expectActivation("saliency.mish $0", [](double x) { return x * std::tanh(softplus(x)); });
  expectActivation("saliency.gelu $0",
                   [](double x) { return x * std::erfc(-x / std::sqrt(2.0)) / 2; });
  expectActivation("saliency.gelu_tanh $0", [](double x) {
    return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  });
  expectActivation("saliency.hard_swish $0", [](double x) { return x * limited(x / 6 + 0.5); });
  expectActivation("saliency.hard_sigmoid $0 {alpha = 2.5e-1 : f32, beta = 1.25e-1 : f32}",
                   [](double x) { return limited(x / 4 + 0.125); });
  expectActivation("saliency.softsign $0", [](double x) { return x / (1 + std::abs(x)); });
}
TEST(ActivationTest, powers) {
  expectActivation("saliency.pow $0 {exponent = 2.0 : f32}", [](double x) { return x * x; });
  expectActivation("saliency.pow $0 {exponent = 3.0 : f32}", [](double x) { return x * x * x; });
}

/// Functions of positive numbers.
TEST(ActivationTest, positive) {
  const std::pair<const char *, std::function<double(double)>> ops[] = {
      {"saliency.log $0", [](double x) { return std::log(x); }},
      {"saliency.sqrt $0", [](double x) { return std::sqrt(x); }},
      {"saliency.reciprocal $0", [](double x) { return 1 / x; }},
      {"saliency.pow $0 {exponent = -5.0e-1 : f32}", [](double x) { return 1 / std::sqrt(x); }},
      {"saliency.pow $0 {exponent = 1.5 : f32}", [](double x) { return std::pow(x, 1.5); }}};
  Array x = randomArray(kShape, 20), expected = x;
  for (double &value : x.values)
    value = std::abs(value) + 0.125;
  for (const auto &[line, function] : ops) {
    std::transform(x.values.begin(), x.values.end(), expected.values.begin(), function);
    expectResults(oneOp(line, {x}, tensorType(kShape)), {expected});
  }
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
    forEachIndex(result, [&](const Shape &at) {
      expected[at] = function(broadcast(left, at), broadcast(right, at));
    });
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

TEST(ActivationTest, prelu) {
  Array x = randomArray(kShape, 21), slope = randomArray({3, 1, 1}, 22), expected(kShape);
  forEachIndex(kShape, [&](const Shape &at) {
    expected[at] = x[at] > 0 ? x[at] : broadcast(slope, at) * x[at];
  });
  Program program = oneOp("saliency.prelu $0, $1", {x, slope}, tensorType(kShape));
  expectResults(program, {expected});
  program.constants = {1};
  expectResults(program, {expected});
}

TEST(ActivationTest, threshold) {
  const double none = std::numeric_limits<double>::infinity();
  Array x = randomArray(kShape, 23), low({3}, {-0.5, -none, 0.25}), high({3}, {none, 0.125, 0.5}),
        expected(kShape);
  x.values[1] = std::nan("");
  forEachIndex(kShape, [&](const Shape &at) {
    expected[at] = std::isnan(x[at])
                       ? x[at]
                       : std::min(std::max(x[at], low.values[at[1]]), high.values[at[1]]);
  });
  expectResults(oneOp("saliency.threshold $0, $1, $2", {x, low, high}, tensorType(kShape)),
                {expected});
  low.values[1] = -0.75, high.values[0] = 0.875;
  forEachIndex(kShape, [&](const Shape &at) {
    expected[at] = std::isnan(x[at])
                       ? x[at]
                       : std::min(std::max(x[at], low.values[at[1]]), high.values[at[1]]);
  });
  Program program = oneOp("saliency.threshold $0, $1, $2", {x, low, high}, tensorType(kShape));
  program.constants = {1, 2};
  expectResults(program, {expected});
}

TEST(NormalisationTest, batchNorm) {
  Array x = randomArray(kShape, 4), gamma = randomArray({3}, 5), beta = randomArray({3}, 6),
        mean = randomArray({3}, 7), variance = randomArray({3}, 8), expected(kShape);
  for (double &value : variance.values)
    value += 1.25;
  forEachIndex(kShape, [&](const Shape &at) {
    int64_t c = at[1];
    expected[at] =
        gamma.values[c] * (x[at] - mean.values[c]) / std::sqrt(variance.values[c] + 1e-3) +
        beta.values[c];
  });
  Program program = oneOp("saliency.batch_norm $0, $1, $2, $3, $4 {epsilon = 1.0e-3 : f32}",
                          {x, gamma, beta, mean, variance}, tensorType(kShape));
  expectResults(program, {expected});
  program.constants = {1, 2, 3, 4};
  expectResults(program, {expected});
}

TEST(NormalisationTest, batchNormOfMatrix) {
  Array x = randomArray({2, 3}, 4), ones({3}, 1.0), zeros({3}, 0.0), expected = x;
  for (double &value : expected.values)
    value /= std::sqrt(1.5);
  Program program = oneOp("saliency.batch_norm $0, $1, $2, $3, $4 {epsilon = 5.0e-1 : f32}",
                          {x, ones, zeros, zeros, ones}, tensorType(x.shape));
  program.constants = {1, 2, 3, 4};
  expectResults(program, {expected});
}

void expectLayerNorm(size_t axis) {
  Shape axes(kShape.begin() + axis, kShape.end());
  Array x = randomArray(kShape, 14), gamma = randomArray(axes, 15), beta = randomArray(axes, 16),
        expected(kShape);
  forEachIndex(kShape, [&](const Shape &at) {
    double sum = 0, squares = 0, entries = 0;
    auto forAxes = [&](auto visit) {
      forEachIndex(axes, [&](const Shape &inside) {
        Shape other(at);
        std::copy(inside.begin(), inside.end(), other.begin() + axis);
        visit(x[other]);
      });
    };
    forAxes([&](double value) { sum += value, ++entries; });
    forAxes([&](double value) { squares += (value - sum / entries) * (value - sum / entries); });
    Shape parameter(at.begin() + axis, at.end());
    expected[at] =
        (x[at] - sum / entries) / std::sqrt(squares / entries + 1e-3) * gamma[parameter] +
        beta[parameter];
  });
  Program program = oneOp("saliency.layer_norm $0, $1, $2 {axis = " + std::to_string(axis) +
                              " : i64, epsilon = 1.0e-3 : f32}",
                          {x, gamma, beta}, tensorType(kShape));
  expectResults(program, {expected}, 5e-6);
  program.constants = {1, 2};
  expectResults(program, {expected}, 5e-6);
}
TEST(NormalisationTest, layerNormOfLastAxis) { expectLayerNorm(3); }
TEST(NormalisationTest, layerNormOfAllAxes) { expectLayerNorm(1); }

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
    expectResults(oneOp("saliency.softmax $0 {axis = " + std::to_string(axis) + " : i64}", {x},
                        tensorType(kShape)),
                  {expected}, 1e-5);
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
  Program program{
      "func.func @f(%x: " + type + ", %y: " + type + ") -> (" + type + ", " + mask + ") {\n" +
          "  %zero = arith.constant dense<0.0> : " + type +
          "\n  %two = arith.constant dense<2.0> : " + type +
          "\n  %positive = arith.cmpf ogt, %x, %zero : " + type +
          "\n  %product = arith.mulf %x, %y : " + type + "\n  %negated = arith.negf %y : " + type +
          "\n  %chosen = arith.select %positive, %product, %negated : " + mask + ", " + type +
          "\n  %half = arith.divf %chosen, %two : " + type +
          "\n  %size = math.absf %half : " + type + "\n  %root = math.sqrt %size : " + type +
          "\n  %one = arith.uitofp %positive : " + mask + " to " + type +
          "\n  %sum = arith.addf %root, %one : " + type + "\n  return %sum, %positive : " + type +
          ", " + mask + "\n}",
      {x, y}};
  expectResults(program, {expected, masked});
  program.constants = {1};
  expectResults(program, {expected, masked});
}

/// One elementwise op on weights and on their neighbours, computed by the generated code and at
/// compile time.
void expectWeightOp(const std::string &line,
                    const std::function<double(double, double)> &function) {
  Array w = randomArray({3, 4}, 12), v = randomArray({3, 4}, 13), expected({3, 4});
  w.values[0] = v.values[0] = std::nan("");
  w.values[1] = v.values[2] = std::nan("");
  w.values[3] = v.values[3];
  w.values[4] = 0;
  w.values[5] = v.values[5] = -0.0;
  for (size_t i = 0; i != w.values.size(); ++i)
    expected.values[i] = function(w.values[i], v.values[i]);
  Program program{"func.func @f(%w: tensor<3x4xf32>, %v: tensor<3x4xf32>) -> tensor<3x4xf32> {\n" +
                      line + "\n  return %y : tensor<3x4xf32>\n}",
                  {w, v}};
  expectResults(program, {expected});
  program.constants = {0, 1};
  expectResults(program, {expected});
}

TEST(WeightTest, arithmetic) {
  expectWeightOp("  %y = arith.addf %w, %v : tensor<3x4xf32>",
                 [](double w, double v) { return w + v; });
  expectWeightOp("  %y = arith.subf %w, %v : tensor<3x4xf32>",
                 [](double w, double v) { return w - v; });
  expectWeightOp("  %y = arith.mulf %w, %v : tensor<3x4xf32>",
                 [](double w, double v) { return w * v; });
  expectWeightOp("  %y = arith.divf %w, %v : tensor<3x4xf32>",
                 [](double w, double v) { return w / v; });
  expectWeightOp("  %y = arith.negf %w : tensor<3x4xf32>", [](double w, double) { return -w; });
  expectWeightOp("  %y = math.absf %w : tensor<3x4xf32>",
                 [](double w, double) { return std::abs(w); });
  expectWeightOp("  %a = math.absf %w : tensor<3x4xf32>\n  %y = math.sqrt %a : tensor<3x4xf32>",
                 [](double w, double) { return std::sqrt(std::abs(w)); });
  expectWeightOp("  %y = math.exp %w : tensor<3x4xf32>",
                 [](double w, double) { return std::exp(w); });
  expectWeightOp("  %y = math.copysign %w, %v : tensor<3x4xf32>",
                 [](double w, double v) { return std::copysign(w, v); });
  expectWeightOp("  %y = saliency.relu %w : (tensor<3x4xf32>) -> tensor<3x4xf32>",
                 [](double w, double) { return w < 0 ? 0 : w; });
}

TEST(WeightTest, extrema) {
  auto isNaN = [](double x) { return std::isnan(x); };
  expectWeightOp("  %y = arith.maximumf %w, %v : tensor<3x4xf32>",
                 [&](double w, double v) { return isNaN(w) || isNaN(v) ? NAN : std::max(w, v); });
  expectWeightOp("  %y = arith.minimumf %w, %v : tensor<3x4xf32>",
                 [&](double w, double v) { return isNaN(w) || isNaN(v) ? NAN : std::min(w, v); });
  expectWeightOp("  %y = arith.maxnumf %w, %v : tensor<3x4xf32>",
                 [](double w, double v) { return std::fmax(w, v); });
  expectWeightOp("  %y = arith.minnumf %w, %v : tensor<3x4xf32>",
                 [](double w, double v) { return std::fmin(w, v); });
}

TEST(WeightTest, comparisons) {
  struct Predicate {
    const char *name;
    bool less, equal, greater, unordered;
  };
  const Predicate predicates[] = {{"oeq", 0, 1, 0, 0}, {"ogt", 0, 0, 1, 0}, {"oge", 0, 1, 1, 0},
                                  {"olt", 1, 0, 0, 0}, {"ole", 1, 1, 0, 0}, {"one", 1, 0, 1, 0},
                                  {"ord", 1, 1, 1, 0}, {"ueq", 0, 1, 0, 1}, {"ugt", 0, 0, 1, 1},
                                  {"uge", 0, 1, 1, 1}, {"ult", 1, 0, 0, 1}, {"ule", 1, 1, 0, 1},
                                  {"une", 1, 0, 1, 1}, {"uno", 0, 0, 0, 1}};
  for (const Predicate &p : predicates) {
    auto holds = [&](double w, double v) {
      return w < v ? p.less : w == v ? p.equal : w > v ? p.greater : p.unordered;
    };
    std::string compare =
        std::string("  %c = arith.cmpf ") + p.name + ", %w, %v : tensor<3x4xf32>\n";
    expectWeightOp(compare + "  %y = arith.uitofp %c : tensor<3x4xi1> to tensor<3x4xf32>",
                   [&](double w, double v) { return holds(w, v); });
    expectWeightOp(compare + "  %y = arith.select %c, %w, %v : tensor<3x4xi1>, tensor<3x4xf32>",
                   [&](double w, double v) { return holds(w, v) ? w : v; });
  }
}

TEST(WeightTest, masks) {
  std::string masks = "  %z = arith.constant dense<0.0> : tensor<3x4xf32>\n  %a = arith.cmpf ogt, "
                      "%w, %z : tensor<3x4xf32>\n"
                      "  %b = arith.cmpf ogt, %v, %z : tensor<3x4xf32>\n";
  expectWeightOp(masks + "  %c = arith.andi %a, %b : tensor<3x4xi1>\n  %y = arith.uitofp %c : "
                         "tensor<3x4xi1> to tensor<3x4xf32>",
                 [](double w, double v) { return w > 0 && v > 0; });
  expectWeightOp(masks + "  %c = arith.ori %a, %b : tensor<3x4xi1>\n  %y = arith.uitofp %c : "
                         "tensor<3x4xi1> to tensor<3x4xf32>",
                 [](double w, double v) { return w > 0 || v > 0; });
  expectWeightOp(masks + "  %c = arith.xori %a, %b : tensor<3x4xi1>\n  %y = arith.sitofp %c : "
                         "tensor<3x4xi1> to tensor<3x4xf32>",
                 [](double w, double v) { return (w > 0) != (v > 0) ? -1.0 : 0.0; });
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Estimated patterns against direct computation, and the properties that Kindermans et al. 2018
// (arXiv 1705.05598) prove of them.
#include "passes/patterns/PatternEstimator.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <unistd.h>

using namespace saliency;

namespace {

struct Random {
  std::mt19937 engine;
  explicit Random(unsigned seed) : engine(seed) {}
  double normal() { return std::normal_distribution<double>()(engine); }
  std::vector<float> values(size_t count, double scale = 1) {
    std::vector<float> result(count);
    for (float &value : result)
      value = static_cast<float>(scale * normal());
    return result;
  }
};

std::string list(const std::vector<float> &values) {
  std::string text;
  char number[32];
  for (float value : values) {
    std::snprintf(number, sizeof number, "%.9e", value);
    text += (text.empty() ? "" : ", ") + std::string(number);
  }
  return text;
}

/// The text of a file of IR, and its patterns.
struct Model {
  explicit Model(const std::string &text) {
    path =
        std::filesystem::temp_directory_path() / ("patterns" + std::to_string(getpid()) + ".mlir");
    std::ofstream(path) << text;
  }
  ~Model() { std::filesystem::remove(path); }

  /// Of two layers.
  std::vector<LayerPatterns> patterns(const std::vector<float> &inputs,
                                      SignalEstimator estimator) const {
    std::string error;
    int exitCode = 0;
    auto patterns =
        PatternEstimator::create({.model = path.string(), .estimator = estimator}, error, exitCode);
    if (!patterns || !patterns->add(inputs, error) || patterns->estimate().size() != 2)
      throw std::runtime_error("no patterns of two layers: " + error);
    return patterns->estimate();
  }
  std::string error(int expected) const {
    std::string error;
    int exitCode = 0;
    EXPECT_FALSE(PatternEstimator::create({.model = path.string()}, error, exitCode));
    EXPECT_EQ(exitCode, expected);
    return error;
  }
  std::filesystem::path path;
};

/// x -> gemm (units of `inputs`) -> relu -> gemm (2 classes)
std::string denseNetwork(unsigned inputs, unsigned units, const std::vector<float> &weights,
                         const std::vector<float> &bias) {
  const std::string n = std::to_string(inputs), m = std::to_string(units);
  const std::string x = "tensor<1x" + n + "xf32>", y = "tensor<1x" + m + "xf32>",
                    w = "tensor<" + m + "x" + n + "xf32>", b = "tensor<" + m + "xf32>",
                    v = "tensor<2x" + m + "xf32>";
  std::string rows;
  for (unsigned unit = 0; unit < units; ++unit)
    rows += (unit ? ", [" : "[") +
            list({weights.begin() + unit * inputs, weights.begin() + (unit + 1) * inputs}) + "]";
  // clang-format off: one op a line
  return "func.func @forward(%x: " + x + ") -> tensor<1x2xf32> {\n"
         "  %w = saliency.constant {value = dense<[" + rows + "]> : " + w + "} : " + w + "\n"
         "  %b = saliency.constant {value = dense<[" + list(bias) + "]> : " + b + "} : " + b + "\n"
         "  %v = saliency.constant {value = dense<0.5> : " + v + "} : " + v + "\n"
         "  %y = saliency.gemm %x, %w, %b {onnx.value = \"hidden\"} : (" + x + ", " + w + ", " + b + ") -> " + y + "\n"
         "  %r = saliency.relu %y {onnx.value = \"open\"} : (" + y + ") -> " + y + "\n"
         "  %z = saliency.gemm %r, %v {onnx.value = \"scores\"} : (" + y + ", " + v + ") -> tensor<1x2xf32>\n"
         "  return %z : tensor<1x2xf32>\n}\n";
  // clang-format on
}

double dot(const float *a, const float *b, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i)
    sum += double(a[i]) * b[i];
  return sum;
}

// One dense layer, by eq. 12 with every sample in memory.
TEST(PatternEstimator, TwoComponentsOfADenseLayer) {
  constexpr size_t inputs = 5, units = 4, samples = 200;
  Random random(3);
  const std::vector<float> weights = random.values(inputs * units), bias = {0.25f, -0.5f, 0, -100},
                           x = random.values(inputs * samples);
  const auto layers =
      Model(denseNetwork(inputs, units, weights, bias)).patterns(x, SignalEstimator::TwoComponent);
  EXPECT_EQ(layers[0].name, "hidden");
  EXPECT_EQ(layers[0].shape, (std::vector<int64_t>{units, inputs}));
  EXPECT_EQ(layers[0].silent, 1) << "the unit with bias -100";
  EXPECT_EQ(layers[0].constant, 0);
  for (size_t unit = 0; unit < units; ++unit) {
    double count = 0, y = 0, xy[inputs] = {}, mean[inputs] = {}, direction[inputs], length = 0;
    for (size_t s = 0; s < samples; ++s) {
      const double output = dot(&weights[unit * inputs], &x[s * inputs], inputs) + bias[unit];
      y += output / samples;
      if (output <= 0)
        continue;
      ++count;
      for (size_t i = 0; i < inputs; ++i)
        xy[i] += output * x[s * inputs + i], mean[i] += x[s * inputs + i];
    }
    for (size_t i = 0; i < inputs; ++i) {
      direction[i] = count ? xy[i] / count - mean[i] / count * y : 0;
      length += direction[i] * weights[unit * inputs + i];
    }
    for (size_t i = 0; i < inputs; ++i)
      EXPECT_NEAR(layers[0].values[unit * inputs + i], count ? direction[i] / length : 0, 1e-5)
          << unit << " " << i;
  }
}

// w . a = 1 for every active unit, whatever the estimator.
TEST(PatternEstimator, PatternsAreDualToTheWeights) {
  constexpr size_t inputs = 6, units = 5;
  Random random(7);
  const std::vector<float> weights = random.values(inputs * units),
                           bias = random.values(units, 0.3), x = random.values(inputs * 300);
  const Model model(denseNetwork(inputs, units, weights, bias));
  for (SignalEstimator estimator :
       {SignalEstimator::TwoComponent, SignalEstimator::Linear, SignalEstimator::ReluPositive}) {
    const auto layers = model.patterns(x, estimator);
    for (size_t unit = 0; unit < units; ++unit)
      EXPECT_NEAR(dot(&weights[unit * inputs], &layers[0].values[unit * inputs], inputs), 1, 1e-5);
  }
}

// Section 3 of the paper: x = s a + e d with signal s, distractor e and w orthogonal to d. The
// gradient w is not the signal's direction; the linear estimator finds it.
TEST(PatternEstimator, LinearEstimatorRecoversTheSignal) {
  constexpr size_t samples = 4000;
  Random random(11);
  const float a[] = {1, 0, 0.5f}, d[] = {1, 1, -1};
  const std::vector<float> weights = {1, -0.5f, 0.5f}; // w . d = 0, w . a = 1.25
  std::vector<float> x;
  for (size_t s = 0; s < samples; ++s) {
    const double signal = random.normal(), distractor = 2 * random.normal() + 1;
    for (size_t i = 0; i < 3; ++i)
      x.push_back(static_cast<float>(signal * a[i] + distractor * d[i]));
  }
  const auto layers = Model(denseNetwork(3, 1, weights, {0})).patterns(x, SignalEstimator::Linear);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(layers[0].values[i], a[i] / 1.25, 0.05) << i;
}

// Positions of a convolution are samples of its input patch; those of the padding are 0.
TEST(PatternEstimator, ConvolutionsSeePatches) {
  constexpr int size = 4, channels = 2, samples = 50;
  const Model model(R"(
func.func @forward(%x: tensor<1x1x4x4xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<[[[[1.0, -0.5, 0.25], [0.5, 1.0, -1.0], [0.0, 0.75, 0.5]]], [[[-1.0, 0.5, 0.5], [0.25, -0.75, 1.0], [1.0, 0.0, -0.5]]]]> : tensor<2x1x3x3xf32>} : tensor<2x1x3x3xf32>
  %v = saliency.constant {value = dense<0.5> : tensor<2x32xf32>} : tensor<2x32xf32>
  %y = saliency.conv %x, %w {window = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>, onnx.value = "conv"} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32>
  %r = saliency.relu %y {onnx.value = "open"} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %f = saliency.reshape %r {shape = array<i64: 1, 32>} : (tensor<1x2x4x4xf32>) -> tensor<1x32xf32>
  %z = saliency.gemm %f, %v {onnx.value = "scores"} : (tensor<1x32xf32>, tensor<2x32xf32>) -> tensor<1x2xf32>
  return %z : tensor<1x2xf32>
})");
  const float w[channels][9] = {{1, -0.5f, 0.25f, 0.5f, 1, -1, 0, 0.75f, 0.5f},
                                {-1, 0.5f, 0.5f, 0.25f, -0.75f, 1, 1, 0, -0.5f}};
  Random random(5);
  const std::vector<float> x = random.values(samples * size * size);
  const auto layers = model.patterns(x, SignalEstimator::TwoComponent);
  for (int unit = 0; unit < channels; ++unit) {
    double count = 0, all = 0, y = 0, xy[9] = {}, mean[9] = {}, direction[9], length = 0;
    for (int s = 0; s < samples; ++s)
      for (int row = 0; row < size; ++row)
        for (int column = 0; column < size; ++column) {
          float patch[9];
          for (int k = 0; k < 9; ++k) {
            const int r = row + k / 3 - 1, c = column + k % 3 - 1;
            patch[k] = r < 0 || c < 0 || r >= size || c >= size ? 0 : x[(s * size + r) * size + c];
          }
          const double output = dot(w[unit], patch, 9);
          y += output, ++all;
          if (output <= 0)
            continue;
          ++count;
          for (int k = 0; k < 9; ++k)
            xy[k] += output * patch[k], mean[k] += patch[k];
        }
    for (int k = 0; k < 9; ++k) {
      direction[k] = xy[k] / count - mean[k] / count * y / all;
      length += direction[k] * w[unit][k];
    }
    for (int k = 0; k < 9; ++k)
      EXPECT_NEAR(layers[0].values[unit * 9 + k], direction[k] / length, 1e-5) << unit << " " << k;
  }
}

TEST(PatternsOf, SilentAndConstantUnitsHaveNone) {
  LayerSums sums{.name = "a",
                 .shape = {3, 2},
                 .weights = {1, 2, 1, 2, 1, 2},
                 .xy = {5, 5, 0, 0, 12, 12},
                 .x = {2, 2, 0, 0, 4, 4},
                 .count = {2, 0, 4},
                 .y = {3, -4, 12},
                 .samples = 4};
  // Unit 0: E+[x y] = 2.5, E+[x] E[y] = 0.75; unit 2: 3 and 3.
  const LayerPatterns patterns = patternsOf(sums);
  EXPECT_EQ(patterns.silent, 1);
  EXPECT_EQ(patterns.constant, 1);
  EXPECT_FLOAT_EQ(patterns.values[0], 1.f / 3);
  EXPECT_FLOAT_EQ(patterns.values[1], 1.f / 3);
  for (size_t i = 2; i < 6; ++i)
    EXPECT_EQ(patterns.values[i], 0);
}

TEST(PatternEstimator, SaysWhatIsWrong) {
  EXPECT_NE(Model("func.func @forward(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {\n  %y = "
                  "saliency.relu %x {onnx.value = \"y\"} : "
                  "(tensor<1x2xf32>) -> tensor<1x2xf32>\n"
                  "  return %y : tensor<1x2xf32>\n}")
                .error(2)
                .find("patterns are of layers with weights, found none in this network"),
            std::string::npos);
  std::string nameless = denseNetwork(2, 2, {1, 2, 3, 4}, {0, 0});
  nameless.replace(nameless.find("{onnx.value = \"hidden\"}"), 23, "");
  EXPECT_NE(Model(nameless).error(2).find("found a layer whose value has no name"),
            std::string::npos);
  std::string computed = denseNetwork(2, 2, {1, 2, 3, 4}, {0, 0});
  computed.replace(computed.find("  %v"), 0,
                   "  %u = saliency.relu %w : (tensor<2x2xf32>) -> tensor<2x2xf32>\n");
  computed.replace(computed.find("%x, %w"), 6, "%x, %u");
  EXPECT_NE(Model(computed).error(2).find(
                "patterns are of layers with constant weights, found weights that are computed"),
            std::string::npos);
  EXPECT_NE(Model("text").error(1), "");
}

TEST(PatternEstimator, SumsMustBeFinite) {
  const Model model(denseNetwork(2, 1, {1, 1}, {0}));
  std::string error;
  int exitCode = 0;
  auto patterns = PatternEstimator::create({.model = model.path.string()}, error, exitCode);
  ASSERT_TRUE(patterns) << error;
  EXPECT_FALSE(patterns->add(std::vector<float>{3e38f, 3e38f}, error));
  EXPECT_EQ(error, "every sum is finite; found NaN or infinity in those of layer 'hidden'");
}

} // namespace

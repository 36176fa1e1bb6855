// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Methods that repeat: quadrature and generator against published numbers, the methods on functions
// whose maps are known.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/language/Philox.h"
#include "passes/rules/language/Quadrature.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

//===-- Quadrature -------------------------------------------------------===//

TEST(Quadrature,
     GaussLegendreHasThePublishedNodes) { // Abramowitz, Stegun 1964, table 25.4, moved to [0, 1]
  const QuadratureRule two = quadrature("gauss-legendre", 2),
                       five = quadrature("gauss-legendre", 5);
  const double published[] = {-0.906179845938664, -0.538469310105683, 0, 0.538469310105683,
                              0.906179845938664};
  const double weights[] = {0.236926885056189, 0.478628670499366, 0.568888888888889,
                            0.478628670499366, 0.236926885056189};
  EXPECT_NEAR(two.nodes[0], (1 - 0.577350269189626) / 2, 1e-15);
  EXPECT_NEAR(two.weights[0], 0.5, 1e-15);
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(five.nodes[i], (1 + published[i]) / 2, 1e-14);
    EXPECT_NEAR(five.weights[i], weights[i] / 2, 1e-14);
  }
}

TEST(Quadrature, GaussLegendreIsExactForPolynomials) { // of degree 2 n - 1
  for (unsigned n : {1u, 4u, 50u}) {
    const QuadratureRule rule = quadrature("gauss-legendre", n);
    for (unsigned degree = 0; degree < 2 * n; ++degree) {
      double sum = 0;
      for (unsigned i = 0; i < n; ++i)
        sum += rule.weights[i] * std::pow(rule.nodes[i], degree);
      EXPECT_NEAR(sum, 1.0 / (degree + 1), 1e-14) << n << " nodes, degree " << degree;
    }
  }
}

TEST(Quadrature, EquidistantRules) {
  expectNear({4, 1, quadrature("right-riemann", 4).nodes}, {0.25, 0.5, 0.75, 1});
  expectNear({4, 1, quadrature("left-riemann", 4).nodes}, {0, 0.25, 0.5, 0.75});
  expectNear({4, 1, quadrature("midpoint", 4).nodes}, {0.125, 0.375, 0.625, 0.875});
  expectNear({3, 1, quadrature("trapezoid", 3).nodes}, {0, 0.5, 1});
  expectNear({3, 1, quadrature("trapezoid", 3).weights}, {0.25, 0.5, 0.25});
  expectNear({1, 1, quadrature("trapezoid", 1).nodes}, {0.5});
}

//===-- Generator --------------------------------------------------------===//

void expectPhilox(std::array<uint32_t, 4> counter, uint64_t key, std::array<uint32_t, 4> expected) {
  const auto words =
      philox4x32<HostWord>({HostWord{counter[0]}, {counter[1]}, {counter[2]}, {counter[3]}}, key);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(words[i].bits, expected[i]);
}

TEST(Philox, KnownAnswers) { // the file kat_vectors of the authors' library Random123
  expectPhilox({0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  expectPhilox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffffffffffff,
               {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  expectPhilox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822,
               {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST(Philox, DrawsHaveTheirMoments) {
  const unsigned n = 100000;
  double sum = 0, squares = 0, fourth = 0, uniform = 0, product = 0;
  for (uint32_t i = 0; i < n; ++i) {
    const double z = drawNormal({.entry = i, .run = 3}, 7);
    sum += z, squares += z * z, fourth += z * z * z * z;
    product += z * drawNormal({.entry = i, .run = 4}, 7);
    uniform += drawUniform({.entry = i}, 7);
  }
  const double error = 5 / std::sqrt(double(n)); // five deviations of a mean
  EXPECT_NEAR(sum / n, 0, error);
  EXPECT_NEAR(squares / n, 1, error * std::sqrt(2.0));
  EXPECT_NEAR(fourth / n, 3, error * std::sqrt(96.0));
  EXPECT_NEAR(product / n, 0, error);
  EXPECT_NEAR(uniform / n, 0.5, error * std::sqrt(1 / 12.0));
}

//===-- Methods ----------------------------------------------------------===//

/// y_c = sum_i a_ci tanh(b_i x_i) + x_0 x_1: smooth, not additive; target 1.
struct Network {
  const DenseTensor input{2, 2, {0.5, -1, 2, 0.25}};
  const double a[2][4] = {{1, 2, -1, 0.5}, {0.3, -2, 1, 4}}, b[4] = {1, 0.5, -1.5, 3};

  DenseTensor logits(const DenseTensor &x) const {
    DenseTensor y(2, 1);
    for (int c = 0; c < 2; ++c) {
      y.data[c] = x.data[0] * x.data[1];
      for (int i = 0; i < 4; ++i)
        y.data[c] += a[c][i] * std::tanh(b[i] * x.data[i]);
    }
    return y;
  }
  DenseTensor gradient(const DenseTensor &x) const {
    DenseTensor g(2, 2);
    for (int i = 0; i < 4; ++i)
      g.data[i] = a[1][i] * b[i] * (1 - std::pow(std::tanh(b[i] * x.data[i]), 2)) +
                  (i < 2 ? x.data[1 - i] : 0);
    return g;
  }
  DenseRun run(const DenseTensor &point) const { return {logits(point), {}, {gradient(point)}}; }
  DenseHead head() const {
    return {.layer = {}, .logits = logits(input), .target = 1, .classes = {}, .gradient = {}};
  }
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

DenseTensor explain(const MethodTable &table, const Parameters &parameters,
                    std::span<const DenseTensor> given = {}) {
  const Network network;
  Settings settings;
  std::string error;
  EXPECT_TRUE(resolveSettings(table, "", parameters, settings, error)) << error;
  return mapOverRuns(
      table, settings, network.input, network.head(),
      [&](const DenseTensor &x) { return network.run(x); }, given);
}

TEST(IntegratedGradients, IsComplete) {
  const Network network;
  const auto &table = tableOf<methods::IntegratedGradients>();
  for (double baseline : {0.0, 0.75}) {
    const double difference =
        network.logits(network.input).data[1] - network.logits(DenseTensor(2, 2, baseline)).data[1];
    const std::string start = "0.75";
    Parameters parameters = {{"quadrature", "gauss-legendre"},
                             {"steps", "30"},
                             {"baseline", baseline == 0 ? "0" : start}};
    EXPECT_NEAR(explain(table, parameters).sum(), difference, 1e-10);
    // The error of an equidistant rule falls with its step.
    parameters[0].second = "trapezoid";
    const double coarse = std::abs(explain(table, parameters).sum() - difference);
    parameters[1].second = "300";
    EXPECT_LT(std::abs(explain(table, parameters).sum() - difference), coarse / 50);
  }
}

TEST(SmoothGrad, WithoutNoiseIsTheGradient) {
  const Network network;
  const DenseTensor expected = network.gradient(network.input), zeros[2] = {{2, 2}, {2, 2}};
  const auto &table = tableOf<methods::SmoothGrad>();
  expectNear(explain(table, {}, zeros), expected.data);
  expectNear(explain(table, {{"sigma", "0"}, {"samples", "3"}}), expected.data);
  for (double variance : explain(table, {{"sigma", "0"}, {"combine", "variance"}}).data)
    EXPECT_NEAR(variance, 0, 1e-25);
}

TEST(SmoothGrad, CombinesTheGradientsAtGivenNoise) {
  const Network network;
  const DenseTensor noise[] = {
      {2, 2, {0.1, 0, 0.2, -0.3}}, {2, 2, {0, -1, 0, 1}}, {2, 2, {-0.4, 0, 0.3, 0}}};
  std::vector<double> mean(4), squares(4), variance(4);
  for (const DenseTensor &n : noise) {
    DenseTensor x = network.input;
    for (int i = 0; i < 4; ++i)
      x.data[i] += n.data[i];
    for (int i = 0; i < 4; ++i) {
      const double g = network.gradient(x).data[i];
      mean[i] += g / 3, squares[i] += g * g / 3;
    }
  }
  for (int i = 0; i < 4; ++i)
    variance[i] = squares[i] - mean[i] * mean[i];
  const auto &table = tableOf<methods::SmoothGrad>();
  expectNear(explain(table, {}, noise), mean);
  expectNear(explain(table, {{"combine", "mean-of-squares"}}, noise), squares);
  expectNear(explain(table, {{"combine", "variance"}}, noise), variance);
  for (double &v : variance)
    v *= 1.5;
  expectNear(explain(table, {{"combine", "variance"}, {"variance", "unbiased"}}, noise), variance);
}

TEST(SmoothGrad, LastCopyMayBeClean) {
  const Network network;
  expectNear(explain(tableOf<methods::SmoothGrad>(), {{"samples", "1"}, {"last", "clean"}}),
             network.gradient(network.input).data);
}

/// |u| less its smallest entry, over its largest then; summed over channels.
Values broughtToOne(const Values &u, unsigned positions) {
  double low = 1e9, high = 0;
  for (double v : u)
    low = std::min(low, std::abs(v)), high = std::max(high, std::abs(v));
  Values map(positions);
  for (unsigned i = 0; i < u.size(); ++i)
    map[i % positions] += (std::abs(u[i]) - low) / (high - low + 1e-6);
  return map;
}

// |sum over copies of b R| brought to [0, 1], then its sum over channels; a single layer gives
// FullGrad's term.
TEST(SmoothFullGrad, AddsUpBeforeItScales) {
  Random random{31};
  const Window window{.height = 3, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}};
  const Values kernel = random.values(2 * 3 * 9), bias = random.values(3);
  std::vector<DenseLayer> copies;
  Values sums(36);
  for (unsigned run = 0; run < 4; ++run) {
    copies.push_back(makeConvolution(random.tensor(2, 12), window, 3, 1, kernel, bias));
    setRelevance(copies.back(), random.tensor(3, 12));
    for (unsigned i = 0; i < 36; ++i)
      sums[i] += bias[i / 12] * copies.back().relevances[0].data[i];
  }
  const MethodTable &smooth = tableOf<methods::SmoothFullGrad>(),
                    &plain = tableOf<methods::FullGrad>();
  expectNear(collectedOverRuns(smooth, defaultSettings(smooth), 0, copies), broughtToOne(sums, 12));
  const Values one = each(copies[0].relevances[0].data,
                          [&, i = 0](double v) mutable { return v * bias[i++ / 12]; });
  expectNear(collectedOverRuns(plain, defaultSettings(plain), 0, {copies.data(), 1}),
             broughtToOne(one, 12));
}

// b = beta - mean gamma / sqrt(variance + epsilon), the same in all copies.
TEST(SmoothFullGrad, BiasesOfBatchNorms) {
  Random random{37};
  const Values gamma{2, -1}, beta{0.5, 1}, mean{3, -0.2}, variance{4, 0.25};
  std::vector<DenseLayer> copies;
  Values sums(6);
  for (unsigned run = 0; run < 3; ++run) {
    copies.push_back(makeBatchNorm(random.tensor(2, 3), gamma, beta, mean, variance, 1e-3));
    setRelevance(copies.back(), random.tensor(2, 3));
    for (unsigned i = 0; i < 6; ++i) {
      const unsigned c = i / 3;
      sums[i] += (beta[c] - mean[c] * gamma[c] / std::sqrt(variance[c] + 1e-3)) *
                 copies.back().relevances[0].data[i];
    }
  }
  const MethodTable &table = tableOf<methods::SmoothFullGrad>();
  expectNear(collectedOverRuns(table, defaultSettings(table), 1, copies), broughtToOne(sums, 3));
}

// The input's part: products of copy and gradient, added up, beside what the layers gave.
TEST(SmoothFullGrad, MapAndPicture) {
  const Network network;
  const DenseTensor noise[] = {
      {2, 2, {0.1, 0, 0.2, -0.3}}, {2, 2, {0, -1, 0, 1}}, {2, 2, {-0.4, 0, 0.3, 0}}};
  Values products(4);
  for (const DenseTensor &n : noise) {
    const DenseTensor x(2, 2, sum(network.input.data, n.data));
    products = sum(products, times(x.data, network.gradient(x).data));
  }
  DenseHead head = network.head();
  head.collected = {{1, 2, {0.25, 3}}, {1, 2, {1, -0.5}}};
  const MethodTable &table = tableOf<methods::SmoothFullGrad>();
  const Settings settings = defaultSettings(table);
  const auto evaluate = [&](bool picture) {
    return mapOverRuns(
        table, settings, network.input, head, [&](const DenseTensor &x) { return network.run(x); },
        noise, picture);
  };
  expectNear(evaluate(false), products);
  const Values image = broughtToOne({products[0] + products[2], products[1] + products[3]}, 2);
  expectNear(evaluate(true), {image[0] + 1.25, image[1] + 2.5});
  expectNear(seedOf(table, settings, head), {0, 1});
}

/// y = tanh(a x) per entry and summed: DeepLIFT's multiplier is the slope, so that its mean over
/// baselines is known.
TEST(DeepLiftShap, IsTheMeanOverBaselines) {
  const MethodTable &table = tableOf<methods::DeepLiftShap>();
  const DenseTensor input(1, 3, {0.5, -1, 2}),
      baselines[] = {{1, 3, {0, 0.5, 1}}, {1, 3, {-1, 2, 0.25}}};
  unsigned number = 0;
  Values expected(3);
  const auto run = [&](const DenseTensor &point) {
    EXPECT_EQ(point.data, input.data);
    const DenseTensor &reference = baselines[number++];
    DenseLayer act = makeActivation(
        Capability::Activation, point, [](double v) { return std::tanh(v); },
        [](double) { return 0.0; });
    act.references = {reference}, act.y0 = act.function(reference);
    setRelevance(act, DenseTensor(1, 3, 1));
    const Settings settings = defaultSettings(table);
    for (int i = 0; i < 3; ++i)
      expected[i] += (std::tanh(input.data[i]) - std::tanh(reference.data[i])) / 2;
    return DenseRun{.logits = {}, .layer = {}, .maps = {relevanceOf(table, settings, act)}};
  };
  const DenseHead head;
  const DenseTensor map = mapOverRuns(table, defaultSettings(table), input, head, run, baselines);
  EXPECT_EQ(number, 2u);
  expectNear(map, expected);
}

TEST(GradientShap,
     GoesOverTheBaselines) { // one baseline at the input itself: no difference, no relevance
  const Network network;
  const DenseTensor baselines[] = {network.input};
  expectNear(explain(tableOf<methods::GradientShap>(), {{"samples", "4"}}, baselines),
             {0, 0, 0, 0});
  // Many points on one path: integrated gradients by chance.
  const double difference =
      network.logits(network.input).data[1] - network.logits(DenseTensor(2, 2)).data[1];
  EXPECT_NEAR(explain(tableOf<methods::GradientShap>(), {{"samples", "20000"}}).sum(), difference,
              0.05);
}

TEST(Occlusion, IsTheFallOfTheScoreBehindEachWindow) {
  const Network network;
  std::vector<double> falls;
  for (int position = 0; position < 2; ++position) {
    DenseTensor x = network.input;
    x.data[position] = x.data[2 + position] = 0.5;
    falls.push_back(network.logits(network.input).data[1] - network.logits(x).data[1]);
  }
  const auto &table = tableOf<methods::Occlusion>();
  expectNear(
      explain(table, {{"window", "1"}, {"stride", "1"}, {"baseline", "0.5"}, {"score", "logit"}}),
      falls);
}

TEST(Rise, SeesEverythingWithProbabilityOne) {
  const Network network;
  const DenseTensor y = network.logits(network.input);
  const double probability = std::exp(y.data[1]) / (std::exp(y.data[0]) + std::exp(y.data[1]));
  const auto &table = tableOf<methods::Rise>();
  expectNear(explain(table, {{"masks", "3"}, {"probability", "1"}}), {probability, probability});
  expectNear(explain(table, {{"masks", "3"}, {"probability", "1"}, {"score", "logit"}}),
             {y.data[1], y.data[1]});
}

/// A layer A_cp = tanh(s_c x_cp) of two channels at two positions, and y_1 = sum_c w_c mean_p A_c +
/// A_00 A_10.
struct LayeredNetwork {
  const DenseTensor input{2, 2, {0.5, -1, 2, 0.25}};
  const double s[2] = {1.5, -0.5}, w[2] = {2, 3};
  bool product = true;

  DenseTensor layer(const DenseTensor &x) const {
    DenseTensor a(2, 2);
    for (unsigned i = 0; i < 4; ++i)
      a.data[i] = std::tanh(s[i / 2] * x.data[i]);
    return a;
  }
  DenseTensor logits(const DenseTensor &a) const {
    const double sum = w[0] * (a.data[0] + a.data[1]) / 2 + w[1] * (a.data[2] + a.data[3]) / 2;
    return {2, 1, {0, sum + (product ? a.data[0] * a.data[2] : 0)}};
  }
  DenseTensor gradient(const DenseTensor &a) const {
    return {2,
            2,
            {w[0] / 2 + (product ? a.data[2] : 0), w[0] / 2, w[1] / 2 + (product ? a.data[0] : 0),
             w[1] / 2}};
  }
  DenseHead head() const {
    const DenseTensor a = layer(input);
    return {.layer = a,
            .logits = logits(a),
            .target = 1,
            .classes = {},
            .gradient = [=, this](const DenseTensor &) { return gradient(a); },
            .layerAt = [this](const DenseTensor &x) { return layer(x); }};
  }
  /// One run from the layer on, or from the input on.
  DenseRun fromLayer(const DenseTensor &a) const {
    return {logits(a), a, {}, [=, this](const DenseTensor &) { return gradient(a); }};
  }
  DenseRun fromInput(const DenseTensor &x) const { return fromLayer(layer(x)); }
};

TEST(Conductance, IsComplete) {
  const LayeredNetwork network;
  const auto &table = tableOf<methods::Conductance>();
  Settings settings;
  std::string error;
  const double difference = network.logits(network.layer(network.input)).data[1] -
                            network.logits(DenseTensor(2, 2)).data[1];
  const auto residual = [&](const char *steps) {
    EXPECT_TRUE(resolveSettings(table, "", Parameters{{"steps", steps}}, settings, error)) << error;
    return std::abs(mapOverRuns(table, settings, network.input, network.head(),
                                [&](const DenseTensor &x) { return network.fromInput(x); })
                        .sum() -
                    difference);
  };
  EXPECT_GT(residual("10"), 1e-6);
  EXPECT_LT(residual("1000"), residual("10") / 5000); // of second order
}

TEST(InternalInfluence, IsTheGradientOfALinearHead) {
  LayeredNetwork network;
  network.product = false;
  const auto &table = tableOf<methods::InternalInfluence>();
  expectNear(mapOverRuns(table, defaultSettings(table), network.input, network.head(),
                         [&](const DenseTensor &x) { return network.fromInput(x); }),
             {1, 1, 1.5, 1.5});
}

TEST(AblationCam, WeightsChannelsByTheLostShare) {
  const LayeredNetwork network;
  const DenseTensor a = network.layer(network.input);
  const double y = network.logits(a).data[1];
  Values expected(2);
  for (unsigned c = 0; c < 2; ++c) {
    DenseTensor without = a;
    without.data[2 * c] = without.data[2 * c + 1] = 0;
    for (unsigned p = 0; p < 2; ++p)
      expected[p] += (y - network.logits(without).data[1]) / y * a.data[2 * c + p];
  }
  const auto &table = tableOf<methods::AblationCam>();
  expectNear(mapOverRuns(table, defaultSettings(table), network.input, network.head(),
                         [&](const DenseTensor &x) { return network.fromLayer(x); }),
             expected);
}

/// A weighted mean by the softmax of the runs' scores, against the sum written out.
struct SoftmaxMean {
  static constexpr std::string_view name = "softmax-mean";
  static consteval void write(Method &m) {
    m.title = "Softmax mean", m.source = "test", m.help = "test";
    const auto run = m.runs(m.windows(1, 1));
    m.repeat(run, m.input() * run.window(1, 1));
    m.finish(run.softmaxMean(100 * sumPerSample(m.target() * run.logits()), run.point()));
  }
};
TEST(Runs, SoftmaxMeanIsRelativeToTheLargestScore) { // logits near -203 and 393 times 100 would
                                                     // overflow an exponential
  const Network network;
  const DenseTensor map = explain(tableOf<SoftmaxMean>(), {});
  DenseTensor first = network.input, second = network.input;
  first.data[1] = first.data[3] = second.data[0] = second.data[2] = 0;
  const bool firstWins = network.logits(first).data[1] > network.logits(second).data[1];
  expectNear(map, (firstWins ? first : second).data);
}

} // namespace

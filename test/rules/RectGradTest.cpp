// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rectified Gradient against the authors' steps (Kim et al. 2019), written with sorts and nested
// loops.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct RectGradRule : testing::Test {
  Random random{23};
  const MethodTable &table = tableOf<methods::RectGrad>();

  Settings with(std::initializer_list<std::pair<std::string, std::string>> given) const {
    Settings settings;
    std::string error;
    const std::vector<std::pair<std::string, std::string>> pairs(given);
    EXPECT_TRUE(resolveSettings(table, "", pairs, settings, error)) << error;
    return settings;
  }
  DenseTensor evaluate(const Settings &settings, const DenseLayer &layer) const {
    return relevanceOf(table, settings, layer);
  }
  DenseLayer rectifier() {
    DenseLayer layer = makeActivation(
        Capability::Rectifier, random.activations(5, 20), [](double v) { return std::max(v, 0.0); },
        [](double v) { return double(v > 0); });
    setRelevance(layer, random.tensor(5, 20));
    return layer;
  }
  static Values passing(const DenseLayer &layer, double q, bool magnitude) {
    Values product = times(layer.y.data, layer.relevances.front().data), sorted = product;
    if (magnitude)
      sorted = product = each(product, [](double v) { return std::abs(v); });
    std::sort(sorted.rbegin(), sorted.rend());
    const double threshold =
        sorted[size_t(std::nearbyint(double(sorted.size() - 1) * (1.0 - q / 100.0)))];
    return each(product, layer.relevances.front().data,
                [&](double p, double r) { return p > threshold ? r : 0; });
  }
};

TEST_F(RectGradRule, PassesWhatExceedsThePercentile) {
  for (const char *q : {"0", "50", "80", "98", "100"}) {
    const DenseLayer layer = rectifier();
    expectNear(evaluate(with({{"q", q}}), layer), passing(layer, std::atof(q), false));
    expectNear(evaluate(with({{"q", q}, {"threshold", "magnitude"}}), layer),
               passing(layer, std::atof(q), true));
  }
}

TEST_F(RectGradRule, ConstantThreshold) {
  const DenseLayer layer = rectifier();
  const Values &R = layer.relevances.front().data;
  expectNear(evaluate(with({{"threshold", "constant"}, {"tau", "0.1"}}), layer),
             each(times(layer.y.data, R), R, [](double p, double r) { return p > 0.1 ? r : 0; }));
}

TEST_F(RectGradRule, BordersOfSamePaddedConvolutions) {
  const PlainConvolution same{
      {.height = 5, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 2, 3, 1};
  const PlainConvolution valid{{.height = 5, .width = 4, .kernel = {3, 3}}, 2, 3, 1};
  const Values w = random.values(same.weightSize());
  const DenseTensor x = random.activations(2, 20);
  DenseLayer layer = makeConvolution(x, same.window, 3, 1, w, {});
  const DenseTensor R = random.tensor(3, 20);
  setRelevance(layer, R);
  Values inside = R.data;
  for (unsigned k = 0; k < 3; ++k)
    for (unsigned row = 0; row < 5; ++row)
      for (unsigned column = 0; column < 4; ++column)
        if (row % 4 == 0 || column % 3 == 0)
          inside[(k * 5 + row) * 4 + column] = 0;
  expectNear(evaluate(with({{"zero-borders", "on"}}), layer), same.convT(inside, w));
  EXPECT_EQ(rowFor(table, with({}), layer), nullptr);
  const DenseLayer open = makeConvolution(x, valid.window, 3, 1, w, {});
  EXPECT_EQ(rowFor(table, with({{"zero-borders", "on"}}), open), nullptr);
}

TEST_F(RectGradRule, ProportionalMaxPool) {
  const Window window{.height = 4, .width = 4, .kernel = {2, 2}, .strides = {2, 2}};
  DenseLayer layer = makeMaxPool({1, 16, {1, 3, 0, 0, 2, 2, 0, 0, 5, 0, 1, 1, 0, 0, 1, 1}}, window);
  setRelevance(layer, {1, 4, {8, 1, 2, -4}});
  expectNear(evaluate(with({{"max-pool", "proportional"}}), layer),
             {1, 3, 0, 0, 2, 2, 0, 0, 2, 0, -1, -1, 0, 0, -1, -1}, 1e-8);
}

// Rectifiers only, or every activation.
TEST_F(RectGradRule, OtherActivations) {
  DenseLayer layer = makeActivation(
      Capability::Activation, random.tensor(4, 12), [](double v) { return std::tanh(v); },
      [](double) { return 7.0; });
  setRelevance(layer, random.tensor(4, 12));
  for (const MethodTable *method : {&table, &tableOf<methods::NoBiasRectGrad>()}) {
    expectNear(
        relevanceOf(*method, settingsOf(*method, {{"q", "60"}, {"activations", "all"}}), layer),
        passing(layer, 60, false));
    EXPECT_EQ(rowFor(*method, defaultSettings(*method), layer), nullptr);
  }
}

TEST_F(RectGradRule, NoBiasTakesTheSameRows) {
  const MethodTable &nobias = tableOf<methods::NoBiasRectGrad>();
  const DenseLayer layer = rectifier();
  expectNear(relevanceOf(nobias, settingsOf(nobias, {{"q", "80"}}), layer),
             passing(layer, 80, false));
  const PlainConvolution same{
      {.height = 3, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 1, 2, 1};
  const Values w = random.values(18);
  DenseLayer convolution = makeConvolution(random.activations(1, 12), same.window, 2, 1, w, {});
  const DenseTensor R = random.tensor(2, 12);
  setRelevance(convolution, R);
  Values inside(24);
  for (unsigned entry : {5u, 6u, 17u, 18u})
    inside[entry] = R.data[entry];
  expectNear(relevanceOf(nobias, settingsOf(nobias, {{"zero-borders", "on"}}), convolution),
             same.convT(inside, w));
}

TEST_F(RectGradRule, NoBiasLeavesTheInputOut) {
  const DenseTensor map[] = {{1, 3, {1, 2, 3}}}, image{1, 3, {2, 0, -1}};
  expectNear(mapOf(table, defaultSettings(table), map, image), {2, 0, -3});
  const MethodTable &nobias = tableOf<methods::NoBiasRectGrad>();
  expectNear(mapOf(nobias, defaultSettings(nobias), map, image), {1, 2, 3});
}

} // namespace

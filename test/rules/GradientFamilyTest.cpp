// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

constexpr const MethodTable *family[] = {
    &tableOf<methods::Gradient>(), &tableOf<methods::InputXGradient>(),
    &tableOf<methods::GuidedBackprop>(), &tableOf<methods::DeconvNet>(),
    &tableOf<methods::BetaSmooth>()};

/// Clip(0, 6) at inputs below, at, inside and above its range, with relevance of both signs.
DenseLayer clip() {
  DenseLayer layer = makeActivation(
      Capability::Rectifier, {1, 6, {-1, 0, 2, 3, 7, 8}},
      [](double v) { return std::clamp(v, 0.0, 6.0); },
      [](double v) { return double(v > 0 && v < 6); });
  setRelevance(layer, {1, 6, {1, 2, 3, -4, 5, -6}});
  return layer;
}

DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer) {
  const Settings settings = defaultSettings(table);
  return relevanceOf(table, settings, layer);
}

TEST(GradientFamily, GuidedBackpropAtRectifiers) {
  expectNear(evaluate(tableOf<methods::GuidedBackprop>(), clip()), {0, 0, 3, 0, 0, 0});
}

TEST(GradientFamily, DeconvNetAtRectifiers) {
  expectNear(evaluate(tableOf<methods::DeconvNet>(), clip()), {1, 2, 3, 0, 5, 0});
}

// The step's derivative rounded: sigmoid(beta z), also below 0; nothing above the bound of a Clip.
TEST(GradientFamily, BetaSmoothAtRectifiers) {
  const MethodTable &table = tableOf<methods::BetaSmooth>();
  for (const auto &[text, beta] : {std::pair{"10", 10.0}, {"0.5", 0.5}}) {
    auto rounded = [&](double z) { return 1 / (1 + std::exp(-beta * z)); };
    expectNear(relevanceOf(table, settingsOf(table, {{"beta", text}}), clip()),
               {rounded(-1), 2 * rounded(0), 3 * rounded(2), -4 * rounded(3), 0, 0});
  }
}

TEST(GradientFamily, OtherOpsTakeTheOrdinaryDerivative) {
  const DenseLayer tanh = makeActivation(
      Capability::Activation, {1, 1, 0.5}, [](double v) { return std::tanh(v); },
      [](double v) { return 1 - std::tanh(v) * std::tanh(v); });
  for (const MethodTable *method : family) {
    const MethodTable &table = *method;
    EXPECT_TRUE(table.elsewhereGradient) << table.name;
    EXPECT_EQ(rowFor(table, defaultSettings(table), tanh), nullptr) << table.name;
  }
  EXPECT_EQ(tableOf<methods::Gradient>().rows.size(), 0u);
}

TEST(GradientFamily, SeedIsOneAtTheTarget) {
  DenseHead head;
  head.logits = {3, 1, {5, 6, 7}};
  head.target = 2;
  for (const MethodTable *method : family) {
    const MethodTable &table = *method;
    const Settings settings = defaultSettings(table);
    expectNear(seedOf(table, settings, head), {0, 0, 1});
  }
}

TEST(GradientFamily, Finish) {
  const DenseTensor map[] = {{2, 2, {1, 2, 3, 4}}}, image{2, 2, {10, -1, 0, 2}};
  const MethodTable &plain = tableOf<methods::Gradient>(),
                    &product = tableOf<methods::InputXGradient>();
  expectNear(mapOf(plain, {}, map, image), {1, 2, 3, 4});
  expectNear(mapOf(product, {}, map, image), {10, -2, 0, 8});
  expectNear(map2dOf(product, {}, map, image), {10, 6});
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FullGrad's parts against the authors' post-processing (Srinivas, Fleuret 2019), written with
// nested loops.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

/// |u| less its smallest entry, over its largest then, both of the whole sample; summed over
/// channels.
Values post(Values u, unsigned channels) {
  for (double &v : u)
    v = std::abs(v);
  const double low = *std::min_element(u.begin(), u.end());
  for (double &v : u)
    v -= low;
  const double high = *std::max_element(u.begin(), u.end());
  Values map(u.size() / channels);
  for (size_t i = 0; i < u.size(); ++i)
    map[i % map.size()] += u[i] / (high + 1e-6);
  return map;
}
/// Three positions brought to five, corners on corners.
Values threeToFive(const Values &v) {
  return {v[0], (v[0] + v[1]) / 2, v[1], (v[1] + v[2]) / 2, v[2]};
}

struct FullGrad : testing::Test {
  Random random{17};
  const MethodTable &table = tableOf<methods::FullGrad>();
  const Settings products = defaultSettings(table),
                 gradients = settingsOf(table, {{"biases", "gradient"}});

  DenseLayer convolution(Values bias) {
    DenseLayer layer =
        makeConvolution(random.tensor(1, 5), {.height = 1, .width = 5, .kernel = {1, 3}}, 2, 1,
                        random.values(6), std::move(bias));
    setRelevance(layer, random.tensor(2, 3));
    return layer;
  }
  Values collected(const Settings &settings, const DenseLayer &layer) const {
    Values result(5);
    for (size_t i = 0; i < table.collections.size(); ++i)
      result = sum(result, collectedFrom(table, settings, i, layer, 5).data);
    return result;
  }
};

TEST_F(FullGrad, BiasesOfConvolutions) {
  const DenseLayer layer = convolution({0.7, -2});
  Values product = layer.relevances[0].data;
  for (size_t i = 0; i < 6; ++i)
    product[i] *= i < 3 ? 0.7 : -2;
  expectNear({1, 5, collected(products, layer)}, threeToFive(post(product, 2)));
  expectNear({1, 5, collected(gradients, layer)}, threeToFive(post(layer.relevances[0].data, 2)));
  EXPECT_EQ(collected(products, convolution({})), Values(5)); // no bias, no part
  EXPECT_EQ(collected(gradients, convolution({})), Values(5));
}

// b = beta - mean gamma / sqrt(variance + epsilon)
TEST_F(FullGrad, BiasesOfBatchNorms) {
  DenseLayer layer =
      makeBatchNorm(random.tensor(2, 3), {2, -1}, {0.5, 1}, {3, -0.2}, {4, 0.25}, 1e-3);
  setRelevance(layer, random.tensor(2, 3));
  const double bias[] = {0.5 - 3 * 2 / std::sqrt(4 + 1e-3), 1 - 0.2 / std::sqrt(0.25 + 1e-3)};
  Values product = layer.relevances[0].data;
  for (size_t i = 0; i < 6; ++i)
    product[i] *= bias[i / 3];
  expectNear({1, 5, collected(products, layer)}, threeToFive(post(product, 2)));
  expectNear({1, 5, collected(gradients, layer)}, threeToFive(post(layer.relevances[0].data, 2)));
}

TEST_F(FullGrad, DenseBiasesHaveNoPlace) {
  DenseLayer layer = makeDense(random.tensor(4, 1), 3, random.values(12), {1, 2, 3});
  setRelevance(layer, random.tensor(3, 1));
  EXPECT_EQ(collected(products, layer), Values(5));
}

TEST_F(FullGrad, MapAndPicture) {
  const DenseTensor g[] = {random.tensor(2, 5)}, image = random.tensor(2, 5);
  DenseHead head;
  head.collected = {random.tensor(1, 5)};
  const Values product = times(g[0].data, image.data);
  expectNear(mapOf(table, products, g, image, &head), product);
  expectNear(map2dOf(table, products, g, image, &head),
             sum(post(product, 2), head.collected.front().data));
}

TEST_F(FullGrad, WalksByTheGradient) {
  EXPECT_TRUE(table.elsewhereGradient);
  EXPECT_TRUE(table.rows.empty());
  DenseHead head;
  head.logits = {3, 1, {4, 5, 6}};
  head.target = 2;
  expectNear(seedOf(table, products, head), {0, 0, 1});
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where LRP starts, and what it does at layers without trained weights: pools, sums, activations,
// batch norms, concatenations and forks.
#include "LrpLayers.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

// Norm: x vjp(R / y), here with windows that count their padding
TEST_F(Lrp, AveragePool) {
  const Window window{
      .height = 4, .width = 4, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 0, 0}};
  const PlainConvolution pool{window, 2, 2, 2};
  const Values ninths(18, 1.0 / 9);
  const DenseTensor input = random.tensor(2, 16);
  DenseLayer layer = makeAveragePool(input, window, true);
  setRelevance(layer, random.tensor(2, layer.y.positions));
  expectNear(evaluate(epsilon, layer),
             times(input.data, pool.convT(stabilised(layer.relevances[0].data,
                                                     pool.conv(input.data, ninths), 1e-6),
                                          ninths)));
}

// x_i R / (a + b)
TEST_F(Lrp, Add) {
  const DenseTensor a = random.tensor(2, 3), c = random.tensor(2, 3);
  DenseLayer add = makeAdd({a, c});
  setRelevance(add, random.tensor(2, 3));
  const Values s = stabilised(add.relevances[0].data, sum(a.data, c.data), 1e-6);
  expectNear(evaluate(zPlus, add, 0), times(a.data, s));
  expectNear(evaluate(zPlus, add, 1), times(c.data, s));
}

TEST_F(Lrp, OthersPassOrRearrange) {
  const DenseTensor input = random.tensor(2, 4);
  for (DenseLayer layer :
       {makeActivation(Capability::Rectifier, input, plusPart,
                       [](double v) { return double(v > 0); }),
        makeActivation(
            Capability::Activation, input, [](double v) { return std::tanh(v); }, same),
        makeBatchNorm(input, {2, 3}, {1, 0}, {0, 1}, {4, 1}, 1e-5)}) {
    setRelevance(layer, random.tensor(2, 4));
    expectNear(evaluate(epsilon, layer), layer.relevances[0].data);
  }
  DenseLayer pool = makeMaxPool({1, 4, {1, 5, 5, 2}}, {.height = 2, .width = 2, .kernel = {2, 2}});
  setRelevance(pool, {1, 1, 3.0});
  expectNear(evaluate(epsilon, pool), {0, 3, 0, 0}); // the first maximum
  DenseLayer flatten = makeStructural({1, 3, {1, 2, 3}}, 3, 1, {2, 0, -1});
  setRelevance(flatten, {3, 1, {10, 20, 30}});
  expectNear(evaluate(epsilon, flatten), {20, 0, 10});
  DenseLayer concat = makeConcat({{1, 2, {1, 0}}, {2, 2, {1, 1, 1, 1}}});
  setRelevance(concat, {3, 2, {1, 2, 3, 4, 5, 6}});
  expectNear(evaluate(epsilon, concat, 0), {1, 2});
  expectNear(evaluate(epsilon, concat, 1), {3, 4, 5, 6});
  DenseLayer fork = makeFork({1, 2, {1, 2}});
  fork.relevances = {{1, 2, {1, 2}}, {1, 2, {10, 20}}};
  expectNear(evaluate(epsilon, fork), {11, 22});
}

TEST_F(Lrp, Seeds) {
  DenseHead head;
  head.layer = DenseTensor(1, 1);
  head.logits = {3, 1, {0.5, 4, -2}};
  head.target = 1;
  Settings settings;
  std::string error;
  ASSERT_TRUE(resolveSettings(epsilon, "paper", {}, settings, error));
  expectNear(seedOf(epsilon, settings, head), {0, 4, 0});
  ASSERT_TRUE(resolveSettings(epsilon, "zennit", {}, settings, error));
  expectNear(seedOf(epsilon, settings, head), {0, 1, 0});
}

} // namespace

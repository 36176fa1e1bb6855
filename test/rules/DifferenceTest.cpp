// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DeepLIFT's Rescale rule and excitation backprop on single layers, against their papers' equations.
#include "Oracle.h"
#include "passes/rules/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer) {
  const Settings settings = defaultSettings(table);
  return relevanceOf(table, settings, layer);
}
void compareWith(DenseLayer &layer, const DenseTensor &x0) {
  layer.references = {x0};
  layer.y0 = layer.function(x0);
}
/// Contributions m dx add up to the multiplied change of the output.
void expectComplete(const DenseLayer &layer, const DenseTensor &multipliers) {
  const Values dx = difference(layer.operands[0].data, layer.references[0].data);
  const Values dy = difference(layer.y.data, layer.y0.data);
  EXPECT_NEAR(total(times(multipliers.data, dx)), total(times(layer.relevances[0].data, dy)), 1e-12);
}

TEST(DeepLift, ActivationTakesTheSlopeOfTheChange) {
  const auto rectify = [](double v) { return std::max(v, 0.0); };
  DenseLayer layer = makeActivation(Capability::Rectifier, {1, 4, {-1, 2, 3, 1}}, rectify, [](double v) { return double(v > 0); });
  setRelevance(layer, {1, 4, {1, 10, 100, 1000}});
  compareWith(layer, {1, 4, {1, -2, 1, 1}});
  const DenseTensor m = evaluate(tableOf<methods::DeepLift>(), layer);
  expectNear(m, {0.5, 5, 100, 1000}); // the last does not change: its derivative
  expectComplete(layer, m);
}

TEST(DeepLift, MaxPoolSharesAtTheCrossMaximum) {
  Random random{5};
  for (unsigned stride : {1u, 2u}) {
    DenseLayer layer = makeMaxPool(random.tensor(2, 20), {.height = 5, .width = 4, .kernel = {2, 2}, .strides = {stride, stride}});
    setRelevance(layer, random.tensor(2, layer.y.positions));
    compareWith(layer, random.tensor(2, 20));
    expectComplete(layer, evaluate(tableOf<methods::DeepLift>(), layer));
  }
}

TEST(ExcitationBackprop, ProbabilitiesFollowPositiveWeights) {
  DenseLayer layer = makeDense({3, 1, {1, 2, 0}}, 2, {1, 1, 5, -1, 2, 3}, {10, 10});
  setRelevance(layer, {2, 1, {0.75, 0.25}});
  expectNear(evaluate(tableOf<methods::ExcitationBackprop>(), layer), {0.25, 0.5 + 0.25, 0});
}

// The change up to the larger maximum goes to the winner at x, the change down from it to the winner at x0.
TEST(DeepLift, MaxPoolByHand) {
  DenseLayer layer = makeMaxPool({1, 6, {1, 5, 1, 2, 3, 7}}, {.height = 1, .width = 6, .kernel = {1, 2}, .strides = {1, 2}});
  setRelevance(layer, {1, 3, {6, 3, -12}});
  compareWith(layer, {1, 6, {4, 2, 4, 3, 3, 1}});
  expectNear(evaluate(tableOf<methods::DeepLift>(), layer), {0, 6 / 3.0, 3 * 2 / 3.0, 0, 0, -12 * 4 / 6.0});
}

TEST(DeepLift, ContributionsAreDifferences) {
  const MethodTable &table = tableOf<methods::DeepLift>();
  const DenseTensor map[] = {{1, 3, {1, 2, 3}}}, image{1, 3, {2, 0.5, -1}};
  expectNear(mapOf(table, settingsOf(table, {{"baseline", "0.5"}}), map, image), {1.5, 0, -4.5});
}

/// Rows that both walks share.
struct Excitation : testing::Test {
  Random random{19};
  const MethodTable *methods[2] = {&tableOf<methods::ExcitationBackprop>(), &tableOf<methods::ContrastiveExcitationBackprop>()};
};

// x W+'(R / W+ x): the input is not split by sign, the bias does not count.
TEST_F(Excitation, LinearLayersByPositiveWeights) {
  const PlainConvolution conv{{.height = 4, .width = 5, .kernel = {3, 2}, .strides = {1, 2}, .pads = {1, 0, 1, 1}}, 4, 6, 2},
      dense{{}, 5, 3, 1};
  for (const MethodTable *table : methods)
    for (const PlainConvolution &plain : {conv, dense}) {
      const DenseTensor x = {plain.channels, plain.window.height * plain.window.width, random.values(plain.inSize(), 0.1, 1)};
      const Values w = random.values(plain.weightSize()), wp = positive(w), b = random.values(plain.outChannels);
      DenseLayer layer = plain.groups == 2 ? makeConvolution(x, plain.window, plain.outChannels, plain.groups, w, b)
                                           : makeDense(x, plain.outChannels, w, b);
      setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
      expectNear(relevanceOf(*table, defaultSettings(*table), layer),
                 times(x.data, plain.convT(sdivA(layer.relevances[0].data, plain.conv(x.data, wp)), wp)));
    }
}

TEST_F(Excitation, OtherOps) {
  const Window window{.height = 4, .width = 4, .kernel = {2, 2}, .strides = {2, 2}};
  const PlainConvolution plain{window, 2, 2, 2};
  const Values quarters(8, 0.25);
  for (const MethodTable *table : methods) {
    const Settings settings = defaultSettings(*table);
    DenseLayer pool = makeAveragePool({2, 16, random.values(32, 0.1, 1)}, window, true);
    setRelevance(pool, random.tensor(2, 4));
    const Values &x = pool.operands[0].data;
    expectNear(relevanceOf(*table, settings, pool),
               times(x, plain.convT(sdivA(pool.relevances[0].data, plain.conv(x, quarters)), quarters)));
    DenseLayer add = makeAdd({{1, 3, {1, 2, 0}}, {1, 3, {3, 0, 0}}});
    setRelevance(add, {1, 3, {8, 5, 6}});
    expectNear(relevanceOf(*table, settings, add, 0), {2, 5, 0});
    expectNear(relevanceOf(*table, settings, add, 1), {6, 0, 0});
    DenseLayer norm = makeBatchNorm({1, 3, {1, 2, 3}}, {5}, {1}, {2}, {3}, 1e-5);
    setRelevance(norm, {1, 3, {1, -2, 3}});
    expectNear(relevanceOf(*table, settings, norm), {1, -2, 3});
  }
}

TEST_F(Excitation, MapsAreSumsOverChannels) {
  const DenseTensor arrived[] = {{2, 3, {1, -2, 3, 4, 1, -6}}};
  expectNear(mapOf(*methods[0], defaultSettings(*methods[0]), arrived, arrived[0]), {5, -1, -3});
  expectNear(mapOf(*methods[1], defaultSettings(*methods[1]), arrived, arrived[0]), {5, 0, 0});
}

TEST(ContrastiveExcitationBackprop, TheOppositeFollowsNegatedWeights) {
  DenseLayer layer = makeDense({3, 1, {1, 2, 0}}, 2, {1, -1, 5, -1, 2, 3}, {10, 10});
  layer.lastLinear = true;
  const MethodTable &table = tableOf<methods::ContrastiveExcitationBackprop>();
  const Settings settings = defaultSettings(table);
  setRelevance(layer, {2, 1, {1, 0}});
  expectNear(relevanceOf(table, settings, layer, 0, 0), {1, 0, 0});
  expectNear(relevanceOf(table, settings, layer, 0, 1), {0, 1, 0});
}

TEST(ContrastiveExcitationBackprop, MeetsItsOpposite) {
  const MethodTable &table = tableOf<methods::ContrastiveExcitationBackprop>();
  DenseLayer value = makeFork({1, 3, {1, 2, 3}});
  setRelevance(value, {1, 3, {5, 6, 7}});
  setRelevance(value, {1, 3, {1, 8, 7}}, 1);
  expectNear(relevanceAtMeeting(table, defaultSettings(table), 0, value), {4, -2, 0});
}

// A fully convolutional classifier is a convolution.
TEST(ContrastiveExcitationBackprop, ConvolutionsMayBeTheLast) {
  DenseLayer layer = makeConvolution({3, 2, {1, 2, 2, 1, 0, 1}}, {.height = 1, .width = 2}, 2, 1, {1, -1, 5, -1, 2, 3}, {10, 10});
  layer.lastLinear = true;
  const MethodTable &table = tableOf<methods::ContrastiveExcitationBackprop>();
  setRelevance(layer, {2, 2, {1, 2, 0, 0}});
  expectNear(relevanceOf(table, defaultSettings(table), layer, 0, 0), {1, 2 * 2 / 7.0, 0, 0, 0, 2 * 5 / 7.0});
  expectNear(relevanceOf(table, defaultSettings(table), layer, 0, 1), {0, 0, 1, 2, 0, 0});
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The LRP rows against the formulas of their papers, written with nested loops.
#include "Reference.h"
#include "passes/rules/Compile.h"
#include "passes/rules/Evaluate.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct Lrp : testing::Test {
  Random random{7};
  const MethodTable &epsilon = tableOf<methods::LrpEpsilon>(), &zPlus = tableOf<methods::LrpZPlus>(),
                    &zBox = tableOf<methods::LrpZBox>();
  PlainConvolution plain{
      {.height = 6, .width = 5, .kernel = {3, 2}, .strides = {2, 1}, .dilations = {1, 2}, .pads = {1, 0, 2, 1}}, 4, 6, 2};
  DenseTensor x = random.tensor(4, 30);
  Values w = random.values(plain.weightSize()), b = random.values(6);
  DenseLayer conv = makeConvolution(x, plain.window, 6, 2, w, b);

  Lrp() { setRelevance(conv, random.tensor(conv.y.channels, conv.y.positions)); }
  const Values &R() const { return conv.relevances[0].data; }
  Values bias(double (*part)(double)) const {
    Values result(plain.outSize());
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = part(b[i / conv.y.positions]);
    return result;
  }
  static DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer, unsigned operand = 0) {
    const Settings settings = defaultSettings(table);
    const Row *row = rowFor(table, settings, layer);
    EXPECT_NE(row, nullptr);
    return evaluateRow(table, settings, *row, layer, operand);
  }
};

double same(double v) { return v; }
double plusPart(double v) { return v > 0 ? v : 0; }

TEST_F(Lrp, LayerIsTheConvolution) { expectNear(conv.y, sum(plain.conv(x.data, w), bias(same))); }

// R' = x W'(R / (W x + b + eps s))
TEST_F(Lrp, Epsilon) {
  const Values z = sum(plain.conv(x.data, w), bias(same));
  expectNear(evaluate(epsilon, conv), times(x.data, plain.convT(stabilised(R(), z, 1e-6), w)));
}

TEST_F(Lrp, EpsilonIsAParameter) {
  Settings settings;
  std::string error;
  const std::pair<std::string, std::string> given[] = {{"epsilon", "0.1"}};
  ASSERT_TRUE(resolveSettings(epsilon, "zennit", given, settings, error)) << error;
  const Values z = sum(plain.conv(x.data, w), bias(same));
  expectNear(evaluateRow(epsilon, settings, *rowFor(epsilon, settings, conv), conv),
             times(x.data, plain.convT(stabilised(R(), z, 0.1), w)));
}

// P = W+ x+ + W- x- + b+; R' = x+ W+'(R / P) + x- W-'(R / P)
TEST_F(Lrp, ZPlus) {
  const Values xp = positive(x.data), xn = negative(x.data), wp = positive(w), wn = negative(w);
  const Values s = stabilised(R(), sum(sum(plain.conv(xp, wp), plain.conv(xn, wn)), bias(plusPart)), 1e-6);
  expectNear(evaluate(zPlus, conv), sum(times(xp, plain.convT(s, wp)), times(xn, plain.convT(s, wn))));
  expectNear(evaluate(zBox, conv), sum(times(xp, plain.convT(s, wp)), times(xn, plain.convT(s, wn))));
}

// Z = W x - W+ L - W- H, no bias
TEST_F(Lrp, ZBoxAtTheFirstLayer) {
  const PlainConvolution first{{.height = 5, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 3, 2, 1};
  const DenseTensor image = random.tensor(3, 20);
  const Values kernel = random.values(first.weightSize());
  DenseLayer layer = makeConvolution(image, first.window, 2, 1, kernel, random.values(2));
  layer.firstLayer = true;
  setRelevance(layer, random.tensor(2, 20));
  const double mean[] = {.485, .456, .406}, deviation[] = {.229, .224, .225};
  Values low(60), high(60);
  for (unsigned i = 0; i < 60; ++i) {
    low[i] = (0 - mean[i / 20]) / deviation[i / 20];
    high[i] = (1 - mean[i / 20]) / deviation[i / 20];
  }
  const Values kp = positive(kernel), kn = negative(kernel);
  const Values z = difference(difference(first.conv(image.data, kernel), first.conv(low, kp)), first.conv(high, kn));
  const Values s = stabilised(layer.relevances[0].data, z, 1e-6);
  expectNear(evaluate(zBox, layer),
             difference(difference(times(image.data, first.convT(s, kernel)), times(low, first.convT(s, kp))),
                        times(high, first.convT(s, kn))));
}

TEST_F(Lrp, ZBoxOverEpsilon) {
  Settings settings;
  std::string error;
  const std::pair<std::string, std::string> given[] = {{"other-layers", "epsilon"}};
  ASSERT_TRUE(resolveSettings(zBox, "", given, settings, error)) << error;
  expectNear(evaluateRow(zBox, settings, *rowFor(zBox, settings, conv), conv), evaluate(epsilon, conv).data);
}

TEST_F(Lrp, Dense) {
  const Values matrix = random.values(4 * 6), offsets = random.values(4);
  const DenseTensor input = random.tensor(6, 1);
  DenseLayer dense = makeDense(input, 4, matrix, offsets);
  setRelevance(dense, random.tensor(4, 1));
  Values expected(6), expectedPlus(6);
  for (unsigned j = 0; j < 4; ++j) {
    double z = offsets[j], p = std::max(offsets[j], 0.0);
    for (unsigned i = 0; i < 6; ++i) {
      z += matrix[j * 6 + i] * input.data[i];
      p += std::max(matrix[j * 6 + i] * input.data[i], 0.0);
    }
    const double r = dense.relevances[0].data[j];
    for (unsigned i = 0; i < 6; ++i) {
      expected[i] += matrix[j * 6 + i] * input.data[i] * r / (z + (z < 0 ? -1e-6 : 1e-6));
      expectedPlus[i] += std::max(matrix[j * 6 + i] * input.data[i], 0.0) * r / (p + 1e-6);
    }
  }
  expectNear(evaluate(epsilon, dense), expected);
  expectNear(evaluate(zPlus, dense), expectedPlus);
}

// Norm: x vjp(R / y), here with windows that count their padding
TEST_F(Lrp, AveragePool) {
  const Window window{.height = 4, .width = 4, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 0, 0}};
  const PlainConvolution pool{window, 2, 2, 2};
  const Values ninths(18, 1.0 / 9);
  const DenseTensor input = random.tensor(2, 16);
  DenseLayer layer = makeAveragePool(input, window, true);
  setRelevance(layer, random.tensor(2, layer.y.positions));
  expectNear(evaluate(epsilon, layer),
             times(input.data, pool.convT(stabilised(layer.relevances[0].data, pool.conv(input.data, ninths), 1e-6), ninths)));
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
  for (DenseLayer layer : {makeActivation(Capability::Rectifier, input, plusPart, [](double v) { return double(v > 0); }),
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
  expectNear(evaluateSeed(epsilon, settings, *seedFor(epsilon, settings), head), {0, 4, 0});
  ASSERT_TRUE(resolveSettings(epsilon, "zennit", {}, settings, error));
  expectNear(evaluateSeed(epsilon, settings, *seedFor(epsilon, settings), head), {0, 1, 0});
}

} // namespace

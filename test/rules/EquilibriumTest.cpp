// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attribution equilibrium against the released code's steps (Nam et al. 2024), written with nested
// loops; and what it shares with RSP.
#include "SharedCode.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

/// D(x, |w|; s)
Values shares(const PlainConvolution &op, const Values &x, const Values &w, const Values &s) {
  const Values magnitude = each(w, [](double v) { return std::abs(v); });
  return times(x, op.convT(sdivA(s, op.conv(x, magnitude)), magnitude));
}

struct Equilibrium : testing::Test {
  Random random{71};
  const MethodTable &ae = tableOf<methods::AttributionEquilibrium>();
  const Settings settings = defaultSettings(ae);

  /// t and o have the sums 1 and -1; for the target `ratio` times.
  static Values rule(const PlainConvolution &op, const Values &x, const Values &w, const Values &R,
                     double ratio, bool level) {
    const double plus = total(positive(R)), minus = total(negative(R));
    const Values t = each(positive(R), [&](double v) { return plus == 0 ? 0 : v / plus; });
    const Values o = each(negative(R), [&](double v) { return minus == 0 ? 0 : -(v / minus); });
    const Values inside = each(x, [](double v) { return double(v > 0); }),
                 outside = each(x, [](double v) { return double(v <= 0); });
    Values c = sum(shares(op, positive(x), w, each(t, [&](double v) { return ratio * v; })),
                   shares(op, positive(x), w, o));
    if (level) {
      const double count =
          double(std::count_if(c.begin(), c.end(), [](double v) { return v != 0; }));
      c = each(c, [&](double v) { return v != 0 ? v - 1 / count : 0; });
    }
    return sum(c, sum(shares(op, inside, w, t), shares(op, outside, w, o)));
  }
  DenseTensor relevance(unsigned channels, unsigned positions) {
    DenseTensor R = random.tensor(channels, positions);
    for (size_t i = 0; i < R.size(); i += 7)
      R.data[i] = 0;
    return R;
  }
};

TEST_F(Equilibrium, Convolution) {
  const PlainConvolution plain{
      {.height = 5, .width = 6, .kernel = {3, 3}, .strides = {2, 1}, .pads = {1, 1, 1, 1}},
      4,
      3,
      1};
  const DenseTensor x = random.activations(4, 30);
  const Values w = random.values(plain.weightSize());
  DenseLayer layer = makeConvolution(x, plain.window, 3, 1, w, random.values(3));
  setRelevance(layer, relevance(3, layer.y.positions));
  const Values &R = layer.relevances[0].data;
  for (const auto &[text, ratio] : {std::pair{"2", 2.0}, {"1", 1.0}, {"3.5", 3.5}}) {
    const DenseTensor result = relevanceOf(ae, settingsOf(ae, {{"ratio", text}}), layer);
    expectNear(result, rule(plain, x.data, w, R, ratio, true));
    EXPECT_NEAR(result.sum(), ratio - 2, 1e-12); // -1 at ratio 1, 0 at the default
  }
  for (double sign : {1.0, -1.0}) { // relevance of one sign: the other part is nothing
    setRelevance(layer,
                 {3, layer.y.positions, each(R, [&](double v) { return sign * std::abs(v); })});
    expectNear(relevanceOf(ae, settings, layer),
               rule(plain, x.data, w, layer.relevances[0].data, 2, true));
  }
}

TEST_F(Equilibrium, OneByOneIsNotLevelled) {
  const PlainConvolution plain{{.height = 4, .width = 4}, 4, 5, 1};
  const DenseTensor x = random.activations(4, 16);
  const Values w = random.values(20);
  DenseLayer layer = makeConvolution(x, plain.window, 5, 1, w, random.values(5));
  setRelevance(layer, relevance(5, 16));
  expectNear(relevanceOf(ae, settingsOf(ae, {{"ratio", "3"}}), layer),
             rule(plain, x.data, w, layer.relevances[0].data, 1, false));
  // Where every output reads inputs of both signs, nothing is left over.
  DenseLayer both = makeConvolution({2, 3, {1, 2, 0.5, -1, -3, 0}}, {.height = 1, .width = 3}, 2, 1,
                                    {1, -2, 0.5, 1}, {});
  setRelevance(both, {2, 3, {1, -2, 3, -1, 0, 1}});
  EXPECT_NEAR(relevanceOf(ae, settings, both).sum(), 0, 1e-12);
}

TEST_F(Equilibrium, DenseAsOneByOne) {
  const PlainConvolution plain{{}, 9, 4, 1};
  const DenseTensor x = random.activations(9, 1);
  const Values w = random.values(36);
  DenseLayer layer = makeDense(x, 4, w, random.values(4));
  setRelevance(layer, random.tensor(4, 1));
  expectNear(relevanceOf(ae, settings, layer),
             rule(plain, x.data, w, layer.relevances[0].data, 1, false));
}

TEST_F(Equilibrium, BoxRuleAtTheFirstLayer) {
  const FirstLayer first(random);
  expectNear(relevanceOf(ae, settings, first.layer), first.boxRule(sdivA));
}

// A alpha over the size of its sum, alpha = mean over space.
TEST_F(Equilibrium, Seed) {
  DenseHead head;
  head.layer = random.activations(3, 4);
  head.logits = DenseTensor(2, 1);
  head.target = 1;
  const DenseTensor g = random.tensor(3, 4);
  for (double sign : {1.0, -1.0}) {
    head.gradient = [&](const DenseTensor &score) {
      EXPECT_EQ(score.data, Values({0, 1}));
      return DenseTensor(3, 4, each(g.data, [&](double v) { return sign * v; }));
    };
    Values expected(12);
    for (unsigned i = 0; i < 12; ++i)
      for (unsigned p = 0; p < 4; ++p)
        expected[i] += sign * head.layer.data[i] * g.at(i / 4, p) / 4;
    const double size = std::abs(total(expected));
    expectNear(seedOf(ae, settings, head), each(expected, [&](double v) { return v / size; }));
  }
}

/// Ops without weights, the same in RSP and in its successor.
struct Sectional : testing::TestWithParam<const MethodTable *> {
  Random random{73};
  DenseTensor evaluate(const DenseLayer &layer, unsigned operand = 0) const {
    return relevanceOf(*GetParam(), defaultSettings(*GetParam()), layer, operand);
  }
};

// X' = X + 1e-9, X' (R / pool(X')) back through the pool
TEST_P(Sectional, Pools) {
  const Window window{.height = 4, .width = 4, .kernel = {2, 2}, .strides = {2, 2}};
  const PlainConvolution plain{window, 2, 2, 2};
  const Values quarters(8, 0.25);
  const DenseTensor x = random.activations(2, 16);
  DenseLayer average = makeAveragePool(x, window, true);
  setRelevance(average, random.tensor(2, 4));
  const Values shifted = each(x.data, [](double v) { return v + 1e-9; });
  expectNear(evaluate(average), times(shifted, plain.convT(sdivA(average.relevances[0].data,
                                                                 plain.conv(shifted, quarters)),
                                                           quarters)));

  DenseLayer largest = makeMaxPool({1, 8, {0, 0, 1, 2, -3, -1, 0, 0}},
                                   {.height = 2, .width = 4, .kernel = {2, 2}, .strides = {2, 2}});
  setRelevance(largest, {1, 2, {5, -7}});
  expectNear(evaluate(largest), {5, 0, 0, -7, 0, 0, 0, 0}); // the first maximum, also of zeros
}

TEST_P(Sectional, Merges) {
  DenseLayer add = makeAdd(
      {{1, 4, {1, -2, 0, 3}}, {1, 4, {3, 4, 0, -1}}, {1, 4, {0, 0, 0, 3}}}); // by positive parts
  setRelevance(add, {1, 4, {8, 2, 6, -4}});
  expectNear(evaluate(add, 0), {2, 0, 2, -2}, 1e-8);
  expectNear(evaluate(add, 1), {6, 2, 2, 0}, 1e-8);
  expectNear(evaluate(add, 2), {0, 0, 2, -2}, 1e-8);
  DenseLayer concat = makeConcat({{1, 2, {1, 0}}, {1, 2, {0, -1}}});
  setRelevance(concat, {2, 2, {1, 2, 3, 4}});
  expectNear(evaluate(concat, 0), {1, 0});
  expectNear(evaluate(concat, 1), {0, 4});
  DenseLayer fork = makeFork({1, 2, {1, -2}});
  fork.relevances = {{1, 2, {1, 2}}, {1, 2, {10, 20}}};
  expectNear(evaluate(fork), {11, 22});
}

TEST_P(Sectional, OthersPass) {
  expectOthersPass([&](const DenseLayer &layer) { return evaluate(layer); }, random,
                   [](const DenseTensor &x) {
                     return makeActivation(
                         Capability::Activation, x, [](double v) { return std::tanh(v); },
                         [](double v) { return 1 - std::tanh(v) * std::tanh(v); });
                   });
}

INSTANTIATE_TEST_SUITE_P(Methods, Sectional,
                         testing::Values(&tableOf<methods::Rsp>(),
                                         &tableOf<methods::AttributionEquilibrium>()),
                         [](const auto &info) {
                           return info.index == 0 ? "Rsp" : "AttributionEquilibrium";
                         });

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RAP against the released code's steps (Nam et al. 2020), written with nested loops.
#include "SharedCode.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct RapRule : testing::Test {
  Random random{31};
  const MethodTable &rap = tableOf<methods::Rap>();
  const Settings settings = defaultSettings(rap);

  DenseTensor evaluate(const DenseLayer &layer) const { return relevanceOf(rap, settings, layer); }

  /// One half: x of one sign, za and zn its contributions through a and -n. `convolution`: where R-
  /// first goes.
  static Values half(const PlainConvolution &op, const Values &x, const Values &a, const Values &n,
                     const Values &R, bool convolution) {
    const Values mask = each(R, [](double v) { return double(v != 0); });
    const Values minusN = each(n, [](double v) { return -v; });
    const Values za = times(op.conv(x, a), mask), zn = times(op.conv(x, minusN), mask),
                 z = sum(za, zn);
    const Values u = sdivA(z, z), v = sdivA(zn, z);
    const auto first = [&](const Values &r) {
      return times(x, op.convT(times(sdivA(r, za), mask), a));
    };
    const auto second = [&](const Values &r) {
      return times(x, op.convT(times(sdivA(r, zn), mask), minusN));
    };
    const Values rp = positive(R), rn = negative(R);
    Values c =
        sum(sum(first(times(rp, u)), second(times(rp, v))),
            sum(second(times(rn, v)), convolution ? second(times(rn, u)) : first(times(rn, u))));
    const double entries =
        double(std::count_if(c.begin(), c.end(), [](double e) { return e != 0; }));
    const double shift = entries == 0 ? 0 : (total(c) - total(R)) / entries;
    return each(c, [&](double e) { return e != 0 ? e - shift : 0; });
  }
  static Values influence(const PlainConvolution &op, const Values &x, const Values &w,
                          const Values &R, bool convolution) {
    const auto minus = [](const Values &values) {
      return each(values, [](double v) { return -v; });
    };
    return sum(half(op, positive(x), positive(w), negative(w), R, convolution),
               half(op, negative(x), minus(positive(w)), minus(negative(w)), R, convolution));
  }
};

TEST_F(RapRule, Convolution) {
  const PlainConvolution plain{
      {.height = 5, .width = 6, .kernel = {3, 3}, .strides = {2, 1}, .pads = {1, 1, 1, 1}},
      4,
      3,
      1};
  const Values w = random.values(plain.weightSize());
  const DenseTensor x = random.activations(4, 30);
  DenseLayer layer = makeConvolution(x, plain.window, 3, 1, w, random.values(3));
  DenseTensor R = random.tensor(layer.y.channels, layer.y.positions);
  R.data[2] = 0;
  setRelevance(layer, R);
  expectNear(evaluate(layer), influence(plain, x.data, w, R.data, true));
}

TEST_F(RapRule, DenseLayer) {
  const PlainConvolution plain{{}, 12, 5, 1};
  const Values w = random.values(plain.weightSize());
  const DenseTensor x = random.activations(12, 1);
  DenseLayer layer = makeDense(x, 5, w, random.values(5));
  const DenseTensor R = random.tensor(5, 1);
  setRelevance(layer, R);
  expectNear(evaluate(layer), influence(plain, x.data, w, R.data, false));
}

/// With activations that are not negative the sum of the relevance stays.
TEST_F(RapRule, KeepsTheSum) {
  DenseLayer layer = makeDense({8, 1, random.values(8, 0, 1)}, 4, random.values(32), {});
  const DenseTensor R = random.tensor(4, 1);
  setRelevance(layer, R);
  EXPECT_NEAR(evaluate(layer).sum(), R.sum(), 1e-12);
}

/// The first step: contributions to the target, the bias split like them, in absolute shares of the
/// target's logit.
TEST_F(RapRule, ClassifierSharesTheLogitByMagnitude) {
  const Values x{1, 2, 0.5}, w{2, -1, 3, 1, 1, 1};
  DenseLayer layer = makeDense({3, 1, x}, 2, w, {0.7, 0.1});
  layer.lastLinear = true;
  setRelevance(layer, {2, 1, {1, 0}});
  // Contributions 2, -2, 1.5: positive mass 3.5, negative -2, bias 0.7 split 3.5 : -2.
  const double up = 0.7 * 3.5 / 1.5, down = 0.7 * -2 / 1.5;
  // As the released code divides the bias by each layer's own sums, entry i gets c_i / sum of its
  // sign's mass.
  const Values c{2 + up * 2 / 3.5, -2 + down, 1.5 + up * 1.5 / 3.5};
  const double logit = 2 - 2 + 1.5 + 0.7, mass = std::abs(c[0]) + std::abs(c[1]) + std::abs(c[2]);
  expectNear(evaluate(layer), each(c, [&](double v) { return std::abs(v) / mass * logit; }));
}

// The paper's variant takes the dense layer's rule for convolutions, too.
TEST_F(RapRule, OneRuleForBothInThePaper) {
  const PlainConvolution plain{
      {.height = 4, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 3, 2, 1};
  const DenseTensor x = random.activations(3, 16), R = random.tensor(2, 16);
  const Values w = random.values(plain.weightSize());
  DenseLayer layer = makeConvolution(x, plain.window, 2, 1, w, random.values(2));
  setRelevance(layer, R);
  expectNear(relevanceOf(rap, settingsOf(rap, {{"variant", "paper"}}), layer),
             influence(plain, x.data, w, R.data, false));
}

TEST_F(RapRule, BoxRuleAtTheFirstLayer) {
  const FirstLayer first(random);
  expectNear(evaluate(first.layer), first.boxRule(sdivA));
}

// X (R / pool(X)) back through the pool: nothing is added, windows of zeros lose their relevance.
TEST_F(RapRule, Pools) {
  const Window window{.height = 4, .width = 4, .kernel = {2, 2}, .strides = {2, 2}};
  const PlainConvolution plain{window, 2, 2, 2};
  const DenseTensor x = random.activations(2, 16);
  DenseLayer average = makeAveragePool(x, window, true);
  setRelevance(average, random.tensor(2, 4));
  const Values quarters(8, 0.25);
  expectNear(evaluate(average), times(x.data, plain.convT(sdivA(average.relevances[0].data,
                                                                plain.conv(x.data, quarters)),
                                                          quarters)));
  DenseLayer largest = makeMaxPool({1, 8, {0, 0, 1, 2, -3, 0, 0, 2}},
                                   {.height = 2, .width = 4, .kernel = {2, 2}, .strides = {2, 2}});
  setRelevance(largest, {1, 2, {5, -7}});
  expectNear(evaluate(largest), {0, 0, 0, -7, 0, 0, 0, 0});
}

TEST_F(RapRule, Merges) {
  DenseLayer add =
      makeAdd({{1, 4, {1, -2, 0, 3}},
               {1, 4, {3, 4, 0, -3}}}); // by signed contributions, nothing where they cancel
  setRelevance(add, {1, 4, {8, 2, 6, -4}});
  expectNear(evaluate(add), {2, -2, 0, 0});
  expectNear(relevanceOf(rap, settings, add, 1), {6, 4, 0, 0});
  DenseLayer concat = makeConcat({{1, 2, {1, 0}}, {1, 2, {0, -1}}});
  setRelevance(concat, {2, 2, {1, 2, 3, 4}});
  expectNear(evaluate(concat), {1, 0});
  expectNear(relevanceOf(rap, settings, concat, 1), {0, 4});
  DenseLayer fork = makeFork({1, 2, {1, 0}});
  fork.relevances = {{1, 2, {1, 2}}, {1, 2, {10, 20}}};
  expectNear(evaluate(fork), {11, 22});
}

TEST_F(RapRule, OthersPass) {
  expectOthersPass([&](const DenseLayer &layer) { return evaluate(layer); }, random,
                   [](const DenseTensor &x) {
                     return makeActivation(
                         Capability::Rectifier, x, [](double v) { return std::max(v, 0.0); },
                         [](double v) { return double(v > 0); });
                   });
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every row that the LRP methods share, in each of them: linear layers as sums over connections,
// the other ops by their formulas.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

const std::vector<const MethodTable *> family = {
    &tableOf<methods::LrpEpsilon>(),   &tableOf<methods::LrpZPlus>(),
    &tableOf<methods::LrpZBox>(),      &tableOf<methods::Lrp0>(),
    &tableOf<methods::LrpGamma>(),     &tableOf<methods::LrpAlphaBeta>(),
    &tableOf<methods::LrpWSquare>(),   &tableOf<methods::LrpFlat>(),
    &tableOf<methods::LrpComposite>(), &tableOf<methods::DeepTaylor>(),
    &tableOf<methods::Clrp>(),         &tableOf<methods::Sglrp>(),
    &tableOf<methods::Crp>()};
const std::vector<const MethodTable *> composites = {&tableOf<methods::LrpComposite>(),
                                                     &tableOf<methods::Crp>()};

double plusPart(double v) { return std::max(v, 0.0); }
double minusPart(double v) { return std::min(v, 0.0); }
double stabilisedBy(double z, double epsilon) { return z + (z < 0 ? -epsilon : epsilon); }

//===-- Linear layers ----------------------------------------------------===//

/// A convolution in groups or a dense layer, as the list of its connections.
struct Linear {
  PlainConvolution plain;
  DenseLayer layer;
  Values x, w, b, R, z;

  /// Of the output's channel.
  double bias(unsigned out) const { return b[out / (plain.outSize() / plain.outChannels)]; }
  unsigned channelOf(unsigned in) const { return in / (plain.window.height * plain.window.width); }

  /// R_i = sum_o share R_o / (sum_i share + rest), stabilised; a share is that of input, weight and
  /// output.
  Values shared(const std::function<double(unsigned in, double w, unsigned out)> &share,
                const std::function<double(unsigned out)> &rest, double epsilon = 1e-6) const {
    Values sums(plain.outSize()), result(plain.inSize());
    for (unsigned out = 0; out < sums.size(); ++out)
      sums[out] = rest(out);
    plain.forEach(
        [&](unsigned out, unsigned in, unsigned k) { sums[out] += share(in, w[k], out); });
    plain.forEach([&](unsigned out, unsigned in, unsigned k) {
      result[in] += share(in, w[k], out) * R[out] / stabilisedBy(sums[out], epsilon);
    });
    return result;
  }
  Values sharedWithoutBias(const std::function<double(unsigned in, double w, unsigned out)> &share,
                           double epsilon = 1e-6) const {
    return shared(share, [](unsigned) { return 0.0; }, epsilon);
  }
};

struct LrpLinear : testing::TestWithParam<bool> {
  Random random{GetParam() ? 51u : 52u};
  Linear linear;
  LrpLinear() {
    linear.plain = GetParam() ? PlainConvolution{{}, 3, 5, 1}
                              : PlainConvolution{{.height = 5,
                                                  .width = 4,
                                                  .kernel = {3, 2},
                                                  .strides = {2, 1},
                                                  .pads = {1, 0, 1, 1}},
                                                 3,
                                                 6,
                                                 3};
    const PlainConvolution &plain = linear.plain;
    linear.x = random.values(plain.inSize()), linear.w = random.values(plain.weightSize()),
    linear.b = random.values(plain.outChannels);
    const DenseTensor x(3, plain.window.height * plain.window.width, linear.x);
    linear.layer = GetParam() ? makeDense(x, 5, linear.w, linear.b)
                              : makeConvolution(x, plain.window, 6, 3, linear.w, linear.b);
    linear.R = random.values(plain.outSize());
    setRelevance(linear.layer, {linear.layer.y.channels, linear.layer.y.positions, linear.R});
    linear.z = Values(plain.outSize());
    for (unsigned out = 0; out < linear.z.size(); ++out)
      linear.z[out] = linear.bias(out);
    plain.forEach([&](unsigned out, unsigned in, unsigned k) {
      linear.z[out] += linear.x[in] * linear.w[k];
    });
  }

  double contribution(unsigned in, double w) const { return linear.x[in] * w; }
  DenseTensor evaluate(const MethodTable &table, const Settings &settings) const {
    return relevanceOf(table, settings, linear.layer);
  }
  void expectByRule(std::string_view rule,
                    const std::vector<std::pair<std::string, std::string>> &given,
                    const Values &expected) const {
    for (const MethodTable *composite : composites)
      expectNear(relevanceByRule(*composite, settingsOf(*composite, given), rule, linear.layer),
                 expected);
  }

  Values epsilon(double epsilon) const {
    return linear.shared([&](unsigned in, double w, unsigned) { return contribution(in, w); },
                         [&](unsigned out) { return linear.bias(out); }, epsilon);
  }
  Values signedShares(double (*part)(double), bool withBias = true) const {
    return linear.shared([&](unsigned in, double w, unsigned) { return part(contribution(in, w)); },
                         [&](unsigned out) { return withBias ? part(linear.bias(out)) : 0; });
  }
  Values gamma(double gamma) const {
    auto favoured = [&](double v, unsigned out) {
      return v + gamma * (linear.z[out] > 0 ? plusPart(v) : minusPart(v));
    };
    return linear.shared(
        [&](unsigned in, double w, unsigned out) { return favoured(contribution(in, w), out); },
        [&](unsigned out) { return favoured(linear.bias(out), out); });
  }
  Values squares(bool withBias) const {
    return linear.shared(
        [](unsigned, double w, unsigned) { return w * w; },
        [&](unsigned out) { return withBias ? linear.bias(out) * linear.bias(out) : 0; });
  }
  Values flat() const {
    return linear.sharedWithoutBias([](unsigned, double, unsigned) { return 1.0; });
  }
  /// Inputs between low and high of their channel.
  Values box(const Values &low, const Values &high) const {
    return linear.sharedWithoutBias([&](unsigned in, double w, unsigned) {
      const unsigned c = linear.channelOf(in);
      return contribution(in, w) - low[c] * plusPart(w) - high[c] * minusPart(w);
    });
  }
};

const std::initializer_list<std::pair<std::string, std::string>> range = {{"low", "-2,-1.5,-1"},
                                                                          {"high", "1,2,3"}};
const Values low{-2, -1.5, -1}, high{1, 2, 3};

TEST_P(LrpLinear, Epsilon) {
  const MethodTable &plain = tableOf<methods::LrpEpsilon>(), &box = tableOf<methods::LrpZBox>();
  expectNear(evaluate(plain, settingsOf(plain, {{"epsilon", "0.25"}})), epsilon(0.25));
  expectNear(evaluate(box, settingsOf(box, {{"other-layers", "epsilon"}, {"stabiliser", "0.5"}})),
             epsilon(0.5));
  for (const MethodTable *composite : composites)
    expectNear(evaluate(*composite, settingsOf(*composite, {{"epsilon", "0.25"}})), epsilon(0.25));
  expectByRule("epsilon", {{"epsilon", "0.25"}}, epsilon(0.25));
  const Values withoutBias = linear.sharedWithoutBias(
      [&](unsigned in, double w, unsigned) { return contribution(in, w); }, 0.25);
  expectNear(evaluate(plain, settingsOf(plain, {{"epsilon", "0.25"}, {"bias", "dropped"}})),
             withoutBias);
}

TEST_P(LrpLinear, Zero) {
  const MethodTable &table = tableOf<methods::Lrp0>();
  expectNear(evaluate(table, settingsOf(table)), epsilon(0));
  const Values withoutBias = linear.sharedWithoutBias(
      [&](unsigned in, double w, unsigned) { return contribution(in, w); }, 0);
  expectNear(evaluate(table, settingsOf(table, {{"bias", "dropped"}})), withoutBias);
}

TEST_P(LrpLinear, ZPlus) {
  const MethodTable &plain = tableOf<methods::LrpZPlus>(), &box = tableOf<methods::LrpZBox>(),
                    &taylor = tableOf<methods::DeepTaylor>();
  expectNear(evaluate(plain, settingsOf(plain)), signedShares(plusPart));
  expectNear(evaluate(box, settingsOf(box)), signedShares(plusPart));
  expectByRule("zplus", {}, signedShares(plusPart));
  expectNear(evaluate(taylor, settingsOf(taylor)), signedShares(plusPart, false));
}

TEST_P(LrpLinear, Gamma) {
  const MethodTable &table = tableOf<methods::LrpGamma>();
  expectNear(evaluate(table, settingsOf(table, {{"gamma", "0.7"}})), gamma(0.7));
  expectByRule("gamma", {{"gamma", "0.7"}}, gamma(0.7));
}

TEST_P(LrpLinear, AlphaBeta) {
  const Values plus = signedShares(plusPart), minus = signedShares(minusPart);
  const Values expected = each(plus, minus, [](double p, double n) { return 3 * p - 2 * n; });
  const MethodTable &table = tableOf<methods::LrpAlphaBeta>(), &clrp = tableOf<methods::Clrp>(),
                    &sglrp = tableOf<methods::Sglrp>();
  expectNear(evaluate(table, settingsOf(table, {{"alpha", "3"}, {"beta", "2"}})), expected);
  expectByRule("alpha-beta", {{"alpha", "3"}, {"beta", "2"}}, expected);
  expectNear(evaluate(clrp, settingsOf(clrp, {{"alpha", "3"}})), expected);
  expectNear(evaluate(sglrp, settingsOf(sglrp, {{"alpha", "3"}})), expected);
}

// The AGF authors' baselines: each sign of the input over its own sum, without bias, nothing where
// that sum is 0.
TEST_P(LrpLinear, AlphaBetaPerSignOfTheInput) {
  Values expected(linear.x.size());
  for (bool positiveInput : {true, false})
    for (bool positiveShare : {true, false}) {
      auto share = [&](unsigned in, unsigned k) {
        const double c = contribution(in, linear.w[k]);
        return (linear.x[in] > 0) == positiveInput && (c > 0) == positiveShare ? c : 0;
      };
      Values sums(linear.R.size());
      linear.plain.forEach(
          [&](unsigned out, unsigned in, unsigned k) { sums[out] += share(in, k); });
      linear.plain.forEach([&](unsigned out, unsigned in, unsigned k) {
        if (sums[out] != 0)
          expected[in] +=
              (positiveShare ? 2 : -1) * share(in, k) * linear.R[out] / (sums[out] + 1e-9);
      });
    }
  const MethodTable &table = tableOf<methods::LrpAlphaBeta>(), &clrp = tableOf<methods::Clrp>(),
                    &sglrp = tableOf<methods::Sglrp>();
  expectNear(evaluate(table, settingsOf(table, {}, "agf")), expected);
  expectNear(evaluate(clrp, settingsOf(clrp, {{"alpha", "2"}}, "agf")), expected);
  expectNear(evaluate(sglrp, settingsOf(sglrp, {{"alpha", "2"}}, "agf")), expected);
}

TEST_P(LrpLinear, SquaredWeightsAndFlat) {
  const MethodTable &square = tableOf<methods::LrpWSquare>(), &plain = tableOf<methods::LrpFlat>();
  expectNear(evaluate(square, settingsOf(square)), squares(false));
  expectNear(evaluate(square, settingsOf(square, {}, "zennit")), squares(true));
  expectByRule("w-square", {}, squares(true));
  expectNear(evaluate(plain, settingsOf(plain)), flat());
  expectByRule("flat", {}, flat());
}

TEST_P(LrpLinear, Gradient) {
  Values expected(linear.x.size());
  linear.plain.forEach(
      [&](unsigned out, unsigned in, unsigned k) { expected[in] += linear.w[k] * linear.R[out]; });
  expectByRule("gradient", {}, expected);
}

TEST_P(LrpLinear, FirstLayer) {
  linear.layer.firstLayer = true;
  const MethodTable &zBox = tableOf<methods::LrpZBox>(), &taylor = tableOf<methods::DeepTaylor>();
  expectNear(evaluate(zBox, settingsOf(zBox, range)), box(low, high));
  expectByRule("zbox", range, box(low, high));
  expectNear(evaluate(taylor, settingsOf(taylor, range)), box(low, high));
  expectNear(evaluate(taylor, settingsOf(taylor, {{"domain", "real"}})), squares(false));
  // Within the image's own extremes, in the AGF authors' code; R / (Z + 1e-9).
  const Values least(3, *std::min_element(linear.x.begin(), linear.x.end())),
      most(3, *std::max_element(linear.x.begin(), linear.x.end()));
  for (const MethodTable *table :
       {&tableOf<methods::LrpAlphaBeta>(), &tableOf<methods::Clrp>(), &tableOf<methods::Sglrp>()}) {
    const DenseTensor result = evaluate(*table, settingsOf(*table, {}, "agf"));
    expectNear(result, box(least, most),
               1e-5); // the sums are positive: the signs of the stabilisers agree
    EXPECT_NEAR(result.sum(), total(linear.R), 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, LrpLinear, testing::Bool(),
                         [](const auto &info) { return info.param ? "Dense" : "Convolution"; });

//===-- Other ops --------------------------------------------------------===//

struct LrpElsewhere : testing::TestWithParam<const MethodTable *> {
  Random random{53};
  const MethodTable &table = *GetParam();

  template <class... Given>
  DenseTensor evaluate(const DenseLayer &layer, unsigned operand, const Given &...given) const {
    return relevanceOf(table, settingsOf(table, {given...}), layer, operand);
  }
  using Given = std::pair<std::string, std::string>;
  DenseLayer related(DenseLayer layer) {
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
    return layer;
  }
};

TEST_P(LrpElsewhere, AveragePool) { // x R / y through the pool, its padding counted
  const Window window{
      .height = 4, .width = 4, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 0, 0}};
  const PlainConvolution pool{window, 2, 2, 2};
  const Values ninths(18, 1.0 / 9);
  const DenseTensor x = random.tensor(2, 16);
  const DenseLayer layer = related(makeAveragePool(x, window, true));
  expectNear(evaluate(layer, 0, Given("stabiliser", "0.01")),
             times(x.data,
                   pool.convT(stabilised(layer.relevances[0].data, pool.conv(x.data, ninths), 0.01),
                              ninths)));
}

TEST_P(LrpElsewhere, MaxPool) {
  DenseLayer layer =
      makeMaxPool({1, 6, {1, 5, -3, 5, 2, -1}}, {.height = 2, .width = 3, .kernel = {2, 2}});
  setRelevance(layer, {1, 2, {3, -4}});
  expectNear(evaluate(layer, 0), {0, -1, 0, 0, 0, 0}); // 5 wins twice, the first of two
  expectNear(evaluate(layer, 0, Given("max-pool", "proportional"), Given("stabiliser", "1")),
             {0, 5 * -1.0 / 6, 0, 0, 0, 0});
}

TEST_P(LrpElsewhere, Add) {
  const DenseTensor a = random.tensor(2, 3), b = random.tensor(2, 3);
  const DenseLayer layer = related(makeAdd({a, b}));
  const Values s = stabilised(layer.relevances[0].data, sum(a.data, b.data), 0.01);
  expectNear(evaluate(layer, 0, Given("stabiliser", "0.01")), times(a.data, s));
  expectNear(evaluate(layer, 1, Given("stabiliser", "0.01")), times(b.data, s));
  for (unsigned operand : {0u, 1u})
    expectNear(evaluate(layer, operand, Given("residual-add", "gradient")),
               layer.relevances[0].data);
}

TEST_P(LrpElsewhere, Activations) {
  const DenseTensor x = random.tensor(2, 3);
  for (Capability capability : {Capability::Activation, Capability::Rectifier}) {
    const DenseLayer layer = related(makeActivation(
        capability, x, [](double v) { return std::tanh(v); },
        [](double v) { return 1 - std::tanh(v) * std::tanh(v); }));
    expectNear(evaluate(layer, 0), layer.relevances[0].data);
    expectNear(evaluate(layer, 0, Given("activation", "gradient")),
               each(layer.relevances[0].data, x.data,
                    [](double r, double v) { return r / (std::cosh(v) * std::cosh(v)); }));
  }
}

TEST_P(LrpElsewhere, BatchNorm) {
  const Values x = random.values(6), gamma{2, -3}, beta{1, 0.5}, mean{0.2, -0.1}, variance{4, 0.25};
  const DenseLayer layer = related(makeBatchNorm({2, 3, x}, gamma, beta, mean, variance, 1e-5));
  const Values &r = layer.relevances[0].data;
  Values gradient(6), proportional(6), squared(6), centred(6);
  for (unsigned i = 0; i < 6; ++i) {
    const unsigned c = i / 3;
    const double scale = gamma[c] / std::sqrt(variance[c] + 1e-5),
                 y = beta[c] + scale * (x[i] - mean[c]);
    const double share = x[i] * gamma[c] / std::sqrt(variance[c] * variance[c] + 1e-5);
    gradient[i] = scale * r[i];
    proportional[i] = x[i] * scale * r[i] / stabilisedBy(y, 0.01);
    squared[i] = share * r[i] / (share + 0.01);
    centred[i] = x[i] * (y - beta[c]) * r[i] / stabilisedBy((x[i] - mean[c]) * y, 0.01);
  }
  auto as = [&](const char *option) {
    return evaluate(layer, 0, Given("batch-norm", option), Given("stabiliser", "0.01"));
  };
  expectNear(as("gradient"), gradient);
  expectNear(as("proportional"), proportional);
  expectNear(as("squared-variance"), squared);
  expectNear(as("centred"), centred);
  expectNear(as("pass"), r);
  expectNear(as("fold"), r); // where there is nothing to fold it into
}

TEST_P(LrpElsewhere, OthersPassOrRearrange) {
  DenseLayer shifted = related(makeAdd({random.tensor(2, 3)})),
             scaled = related(makeProduct({random.tensor(2, 3)}, -3));
  shifted.byConstant = true;
  for (const DenseLayer *layer : {&shifted, &scaled})
    expectNear(evaluate(*layer, 0), layer->relevances[0].data);
  DenseLayer flatten = makeStructural({1, 4, {1, 2, 3, 4}}, 3, 1, {2, 0, -1});
  setRelevance(flatten, {3, 1, {10, 20, 30}});
  expectNear(evaluate(flatten, 0), {20, 0, 10, 0});
  DenseLayer concat = makeConcat({{1, 2, {3, 0.5}}, {1, 2, {1, 1}}});
  setRelevance(concat, {2, 2, {1, 2, 3, 4}});
  concat.usedElsewhere = true;
  expectNear(evaluate(concat, 0), {1, 2});
  expectNear(evaluate(concat, 1), {3, 4});
  expectNear(evaluate(concat, 0, Given("shared-concat", "multiply")), {3, 1});
  concat.usedElsewhere = false;
  expectNear(evaluate(concat, 0, Given("shared-concat", "multiply")), {1, 2});
  DenseLayer fork = makeFork({1, 2, {1, 2}});
  fork.relevances = {{1, 2, {1, 2}}, {1, 2, {10, 20}}, {1, 2, {-3, 0}}};
  expectNear(evaluate(fork, 0), {8, 22});
}

// The target's logit, or 1; SGLRP starts with a probability's derivative.
TEST_P(LrpElsewhere, Seeds) {
  DenseHead head;
  head.logits = {3, 1, {0.5, 4, -2}};
  head.target = 1;
  if (table.name == "sglrp")
    return;
  expectNear(seedOf(table, settingsOf(table), head), {0, 4, 0});
  expectNear(seedOf(table, settingsOf(table, {{"seed", "one"}}), head), {0, 1, 0});
  if (table.streams.empty()) {
    const DenseTensor maps[] = {random.tensor(3, 4)};
    expectNear(mapOf(table, settingsOf(table), maps, maps[0]), maps[0].data);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, LrpElsewhere, testing::ValuesIn(family), [](const auto &info) {
  std::string name(info.param->name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

} // namespace

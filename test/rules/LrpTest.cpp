// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The LRP rows against the formulas of their papers, written with nested loops.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct Lrp : testing::Test {
  Random random{7};
  const MethodTable &epsilon = tableOf<methods::LrpEpsilon>(),
                    &zPlus = tableOf<methods::LrpZPlus>(), &zBox = tableOf<methods::LrpZBox>();
  PlainConvolution plain{{.height = 6,
                          .width = 5,
                          .kernel = {3, 2},
                          .strides = {2, 1},
                          .dilations = {1, 2},
                          .pads = {1, 0, 2, 1}},
                         4,
                         6,
                         2};
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
  static DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer,
                              unsigned operand = 0) {
    const Settings settings = defaultSettings(table);
    return relevanceOf(table, settings, layer, operand);
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
  expectNear(relevanceOf(epsilon, settings, conv),
             times(x.data, plain.convT(stabilised(R(), z, 0.1), w)));
}

// P = W+ x+ + W- x- + b+; R' = x+ W+'(R / P) + x- W-'(R / P)
TEST_F(Lrp, ZPlus) {
  const Values xp = positive(x.data), xn = negative(x.data), wp = positive(w), wn = negative(w);
  const Values s =
      stabilised(R(), sum(sum(plain.conv(xp, wp), plain.conv(xn, wn)), bias(plusPart)), 1e-6);
  expectNear(evaluate(zPlus, conv),
             sum(times(xp, plain.convT(s, wp)), times(xn, plain.convT(s, wn))));
  expectNear(evaluate(zBox, conv),
             sum(times(xp, plain.convT(s, wp)), times(xn, plain.convT(s, wn))));
}

// Z = W x - W+ L - W- H, no bias
TEST_F(Lrp, ZBoxAtTheFirstLayer) {
  const PlainConvolution first{
      {.height = 5, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 3, 2, 1};
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
  const Values z = difference(difference(first.conv(image.data, kernel), first.conv(low, kp)),
                              first.conv(high, kn));
  const Values s = stabilised(layer.relevances[0].data, z, 1e-6);
  expectNear(evaluate(zBox, layer), difference(difference(times(image.data, first.convT(s, kernel)),
                                                          times(low, first.convT(s, kp))),
                                               times(high, first.convT(s, kn))));
}

TEST_F(Lrp, ZBoxOverEpsilon) {
  Settings settings;
  std::string error;
  const std::pair<std::string, std::string> given[] = {{"other-layers", "epsilon"}};
  ASSERT_TRUE(resolveSettings(zBox, "", given, settings, error)) << error;
  expectNear(relevanceOf(zBox, settings, conv), evaluate(epsilon, conv).data);
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

/// Settings of a method from text.
Settings with(const MethodTable &table, std::string_view convention,
              std::initializer_list<std::pair<std::string, std::string>> given) {
  Settings settings;
  std::string error;
  const std::vector<std::pair<std::string, std::string>> list(given);
  EXPECT_TRUE(resolveSettings(table, convention, list, settings, error)) << error;
  return settings;
}

double minusPart(double v) { return v < 0 ? v : 0; }

/// What an input gives an output, x_i w_ij, for every connection of a small dense layer: the rules
/// of papers are sums over these.
struct LrpOfDense : testing::Test {
  static constexpr unsigned inputs = 7, outputs = 5;
  Random random{23};
  Values w = random.values(inputs * outputs), b = random.values(outputs),
         r = random.values(outputs);
  DenseTensor x = random.tensor(inputs, 1);
  DenseLayer layer = makeDense(x, outputs, w, b);
  LrpOfDense() { setRelevance(layer, {outputs, 1, r}); }

  double contribution(unsigned i, unsigned j) const { return x.data[i] * w[j * inputs + i]; }
  /// R_i = sum_j share(i, j) R_j / (sum_i share(i, j) + rest(j)), stabilised.
  Values shared(const std::function<double(unsigned, unsigned)> &share,
                const std::function<double(unsigned)> &rest) const {
    Values result(inputs);
    for (unsigned j = 0; j < outputs; ++j) {
      double z = rest(j);
      for (unsigned i = 0; i < inputs; ++i)
        z += share(i, j);
      for (unsigned i = 0; i < inputs; ++i)
        result[i] += share(i, j) * r[j] / (z + (z < 0 ? -1e-6 : 1e-6));
    }
    return result;
  }
  DenseTensor evaluate(const MethodTable &table, const Settings &settings) const {
    return relevanceOf(table, settings, layer);
  }
};

// Contributions of the output's sign count 1 + gamma times.
TEST_F(LrpOfDense, Gamma) {
  const MethodTable &table = tableOf<methods::LrpGamma>();
  const double gamma = 0.7;
  Values z(b);
  for (unsigned j = 0; j < outputs; ++j)
    for (unsigned i = 0; i < inputs; ++i)
      z[j] += contribution(i, j);
  auto favoured = [&](double v, unsigned j) {
    return v + gamma * (z[j] > 0 ? plusPart(v) : minusPart(v));
  };
  expectNear(evaluate(table, with(table, "", {{"gamma", "0.7"}})),
             shared([&](unsigned i, unsigned j) { return favoured(contribution(i, j), j); },
                    [&](unsigned j) { return favoured(b[j], j); }));
}

// alpha R c+ / sum c+ - beta R c- / sum c-
TEST_F(LrpOfDense, AlphaBeta) {
  const MethodTable &table = tableOf<methods::LrpAlphaBeta>();
  const Values positive =
      shared([&](unsigned i, unsigned j) { return plusPart(contribution(i, j)); },
             [&](unsigned j) { return plusPart(b[j]); });
  const Values negative =
      shared([&](unsigned i, unsigned j) { return minusPart(contribution(i, j)); },
             [&](unsigned j) { return minusPart(b[j]); });
  expectNear(evaluate(table, with(table, "", {{"alpha", "3"}, {"beta", "2"}})),
             each(positive, negative, [](double p, double n) { return 3 * p - 2 * n; }));
  expectNear(evaluate(table, with(table, "zennit", {{"alpha", "1"}, {"beta", "0"}})), positive);
}

TEST_F(LrpOfDense, AlphaMinusBetaIsOne) {
  Settings settings;
  std::string error;
  const std::pair<std::string, std::string> given[] = {{"alpha", "3"}};
  EXPECT_FALSE(resolveSettings(tableOf<methods::LrpAlphaBeta>(), "", given, settings, error));
  EXPECT_EQ(error, "method 'lrp-alpha-beta' needs: alpha - beta is 1; found beta=1 alpha=3");
}

// The AGF authors' baseline: each sign of the input over its own sum, no bias, nothing where that
// sum is 0.
TEST_F(LrpOfDense, AlphaBetaPerSignOfTheInput) {
  const MethodTable &table = tableOf<methods::LrpAlphaBeta>();
  Values expected(inputs);
  for (unsigned j = 0; j < outputs; ++j)
    for (bool positiveInput : {true, false})
      for (bool positiveShare : {true, false}) {
        auto share = [&](unsigned i) {
          const double c = contribution(i, j);
          return (x.data[i] > 0) == positiveInput && (c > 0) == positiveShare ? c : 0;
        };
        double z = 0;
        for (unsigned i = 0; i < inputs; ++i)
          z += share(i);
        for (unsigned i = 0; i < inputs && z != 0; ++i)
          expected[i] += (positiveShare ? 2 : -1) * share(i) * r[j] / (z + 1e-9);
      }
  expectNear(evaluate(table, with(table, "agf", {})), expected, 1e-8);
}

TEST_F(LrpOfDense, SquaredWeights) {
  const MethodTable &table = tableOf<methods::LrpWSquare>();
  auto square = [&](unsigned i, unsigned j) { return w[j * inputs + i] * w[j * inputs + i]; };
  expectNear(evaluate(table, with(table, "", {})), shared(square, [](unsigned) { return 0.0; }));
  expectNear(evaluate(table, with(table, "zennit", {})),
             shared(square, [&](unsigned j) { return b[j] * b[j]; }));
}

TEST_F(LrpOfDense, ZeroHasNoStabiliser) {
  const MethodTable &table = tableOf<methods::Lrp0>();
  Values expected(inputs);
  for (unsigned j = 0; j < outputs; ++j) {
    double z = b[j];
    for (unsigned i = 0; i < inputs; ++i)
      z += contribution(i, j);
    for (unsigned i = 0; i < inputs; ++i)
      expected[i] += contribution(i, j) * r[j] / z;
  }
  expectNear(evaluate(table, with(table, "", {})), expected);
}

// x W+'(R / W+ x): the input is not split by sign.
TEST_F(LrpOfDense, ExcitationBackprop) {
  const MethodTable &table = tableOf<methods::ExcitationBackprop>();
  Values expected(inputs);
  for (unsigned j = 0; j < outputs; ++j) {
    double z = 0;
    for (unsigned i = 0; i < inputs; ++i)
      z += x.data[i] * plusPart(w[j * inputs + i]);
    for (unsigned i = 0; i < inputs; ++i)
      expected[i] += x.data[i] * plusPart(w[j * inputs + i]) * r[j] / z;
  }
  expectNear(evaluate(table, with(table, "", {})), expected);
  expectNear(evaluate(table, with(table, "torchray", {})), expected);
}

// zennit after merging batch norm: each of a rule's sums carries the whole bias.
TEST_F(LrpOfDense, FoldedBiasIsWholeInEverySum) {
  const MethodTable &zPlus = tableOf<methods::LrpZPlus>(), &flat = tableOf<methods::LrpFlat>();
  auto positive = [&](unsigned i, unsigned j) { return plusPart(contribution(i, j)); };
  expectNear(evaluate(zPlus, with(zPlus, "zennit-canon", {})),
             shared(positive, [&](unsigned j) { return plusPart(b[j]); }));
  layer.biasIsFolded = true;
  expectNear(evaluate(zPlus, with(zPlus, "zennit-canon", {})),
             shared(positive, [&](unsigned j) { return 2 * b[j]; }));
  expectNear(evaluate(zPlus, with(zPlus, "zennit", {})),
             shared(positive, [&](unsigned j) { return plusPart(b[j]); }));
  expectNear(evaluate(flat, with(flat, "zennit-canon", {})),
             shared([](unsigned, unsigned) { return 1.0; }, [&](unsigned j) { return b[j]; }));
}

// A composite's rules are the methods' rules.
TEST_F(LrpOfDense, NamedRules) {
  const MethodTable &composite = tableOf<methods::LrpComposite>();
  const std::pair<const char *, const MethodTable *> rules[] = {
      {"epsilon", &tableOf<methods::LrpEpsilon>()},
      {"gamma", &tableOf<methods::LrpGamma>()},
      {"zplus", &tableOf<methods::LrpZPlus>()},
      {"flat", &tableOf<methods::LrpFlat>()},
      {"alpha-beta", &tableOf<methods::LrpAlphaBeta>()}};
  const Settings settings = defaultSettings(composite);
  for (const auto &[name, method] : rules) {
    expectNear(relevanceByRule(composite, settings, name, layer),
               evaluate(*method, defaultSettings(*method)).data);
  }
  EXPECT_EQ(findRule(composite, Capability::Add, "epsilon"), nullptr);
  EXPECT_EQ(findRule(composite, Capability::Dense, ""), nullptr);
  expectNear(
      evaluate(composite, settings),
      evaluate(tableOf<methods::LrpEpsilon>(), defaultSettings(tableOf<methods::LrpEpsilon>()))
          .data);
}

// Equal shares for the inputs inside the image: 4 at a corner, 6 at an edge, 9 within.
TEST_F(Lrp, FlatCountsInputsInsideTheImage) {
  const MethodTable &flat = tableOf<methods::LrpFlat>();
  DenseLayer layer = makeConvolution(
      random.tensor(1, 9), {.height = 3, .width = 3, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 1, 1,
      random.values(9), {5});
  setRelevance(layer, {1, 9, {4, 0, 0, 0, 9, 0, 0, 0, 0}});
  expectNear(evaluate(flat, layer), {2, 2, 1, 2, 2, 1, 1, 1, 1}, 1e-6);
}

TEST_F(Lrp, BatchNormAsLibrariesHaveIt) {
  const DenseTensor input = random.tensor(2, 2);
  const Values gamma{2, -3}, beta{1, 0.5}, mean{0.2, -0.1}, variance{4, 0.25};
  DenseLayer norm = makeBatchNorm(input, gamma, beta, mean, variance, 1e-5);
  const Values r = random.values(4);
  setRelevance(norm, {2, 2, r});
  Values gradient(4), captum(4), agf(4), centred(4);
  for (unsigned i = 0; i < 4; ++i) {
    const unsigned c = i / 2;
    const double v = input.data[i], scale = gamma[c] / std::sqrt(variance[c] + 1e-5),
                 y = beta[c] + scale * (v - mean[c]);
    gradient[i] = scale * r[i];
    captum[i] = v * scale * r[i] / (y + (y < 0 ? -1e-9 : 1e-9));
    const double share = v * gamma[c] / std::sqrt(variance[c] * variance[c] + 1e-5);
    agf[i] = share * r[i] / (share + 1e-9);
    const double product = (v - mean[c]) * y;
    centred[i] = v * (y - beta[c]) * r[i] / (product + (product < 0 ? -1e-6 : 1e-6));
  }
  const MethodTable &table = tableOf<methods::LrpAlphaBeta>();
  auto evaluateWith = [&](const MethodTable &table, const Settings &settings) {
    return relevanceOf(table, settings, norm);
  };
  expectNear(evaluateWith(table, with(table, "", {{"batch-norm", "gradient"}})), gradient);
  expectNear(evaluateWith(epsilon, with(epsilon, "captum", {})), captum);
  expectNear(evaluateWith(table, with(table, "agf", {})), agf);
  expectNear(evaluateWith(table, with(table, "", {{"batch-norm", "centred"}})), centred);
}

TEST_F(Lrp, PoolsAndSumsAsLibrariesHaveThem) {
  DenseLayer pool = makeMaxPool({1, 4, {1, 5, -5, 2}}, {.height = 2, .width = 2, .kernel = {2, 2}});
  setRelevance(pool, {1, 1, 3.0});
  const Settings captum = with(epsilon, "captum", {}),
                 plain = with(epsilon, "zennit", {{"residual-add", "gradient"}});
  expectNear(relevanceOf(epsilon, captum, pool), {0, 5 * 3 / (5 + 1e-9), 0, 0}, 1e-12);
  DenseLayer add = makeAdd({{1, 2, {1, 2}}, {1, 2, {3, -2}}});
  setRelevance(add, {1, 2, {8, 7}});
  for (unsigned operand : {0u, 1u})
    expectNear(relevanceOf(epsilon, plain, add, operand), {8, 7});
  const Settings agf = with(tableOf<methods::Clrp>(), "agf", {});
  const MethodTable &clrp = tableOf<methods::Clrp>();
  expectNear(relevanceOf(clrp, agf, add, 1), {6, 0}, 1e-8); // nothing where the sum is 0
}

TEST_F(Lrp, SharedPartsOfAConcatenationAsCaptumHasThem) {
  const Settings captum = with(epsilon, "captum", {}), zennit = with(epsilon, "zennit", {});
  DenseLayer concat = makeConcat({{1, 2, {3, 0.5}}, {1, 2, {1, 1}}});
  setRelevance(concat, {2, 2, {1, 2, 3, 4}});
  expectNear(relevanceOf(epsilon, captum, concat, 0), {1, 2});
  concat.usedElsewhere = true;
  expectNear(relevanceOf(epsilon, captum, concat, 0), {3, 1});
  expectNear(relevanceOf(epsilon, zennit, concat, 0), {1, 2});
}

TEST_F(Lrp, DeepTaylorByDomain) {
  const MethodTable &table = tableOf<methods::DeepTaylor>();
  DenseLayer first = conv;
  first.firstLayer = true;
  first.operands[0] = x;
  const Settings real = with(table, "", {{"domain", "real"}});
  const Values squares = times(w, w), ones(x.size(), 1.0);
  expectNear(relevanceOf(table, real, first),
             plain.convT(stabilised(R(), plain.conv(ones, squares), 1e-6), squares));
  const Values xp = positive(x.data), xn = negative(x.data), wp = positive(w), wn = negative(w);
  const Values s =
      stabilised(R(), sum(plain.conv(xp, wp), plain.conv(xn, wn)), 1e-6); // without bias
  expectNear(evaluate(table, conv),
             sum(times(xp, plain.convT(s, wp)), times(xn, plain.convT(s, wn))));
}

struct Contrast : testing::Test {
  DenseHead head;
  const DenseTensor maps[2] = {{1, 3, {4, -1, 2}}, {1, 3, {1, 3, -6}}};
  Contrast() {
    head.layer = DenseTensor(1, 1);
    head.logits = {3, 1, {0.5, 4, -2}};
    head.target = 1;
  }
  DenseTensor seed(const MethodTable &table, const Settings &settings, unsigned stream) const {
    return seedOf(table, settings, head, stream);
  }
};

// Others start with the target's logit in equal parts.
TEST_F(Contrast, Clrp) {
  const MethodTable &table = tableOf<methods::Clrp>();
  const Settings paper = with(table, "", {}), agf = with(table, "agf", {}),
                 one = with(table, "", {{"seed", "one"}});
  expectNear(seed(table, agf, 0), {0, 4, 0});
  expectNear(seed(table, agf, 1), {2, 0, 2});
  expectNear(seed(table, one, 1), {0.5, 0, 0.5});
  expectNear(mapOf(table, paper, maps, maps[0]), {3, 0, 8});
  expectNear(mapOf(table, agf, maps, maps[0]), {4 + 2.5, -1 + 7.5, 2 - 15}); // sums 5 and -2
}

// The derivative of the target's probability.
TEST_F(Contrast, Sglrp) {
  const MethodTable &table = tableOf<methods::Sglrp>();
  const Settings paper = with(table, "", {}), agf = with(table, "agf", {});
  const double sum = std::exp(0.5) + std::exp(4) + std::exp(-2);
  const double p[] = {std::exp(0.5) / sum, std::exp(4) / sum, std::exp(-2) / sum};
  expectNear(seed(table, paper, 0), {-p[0] * p[1], p[1] * (1 - p[1]), -p[2] * p[1]});
  expectNear(seed(table, agf, 0), {0, p[1] * (1 - p[1]) + 1e-8, 0});
  expectNear(seed(table, agf, 1), {p[0] * p[1], 0, p[2] * p[1]});
  expectNear(mapOf(table, paper, maps, maps[0]), {4, -1, 2});
  EXPECT_NEAR(mapOf(table, agf, maps, maps[0]).sum(), 0, 1e-12);
}

} // namespace

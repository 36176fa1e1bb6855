// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AGF against the released code's steps (Gur, Ali, Wolf 2021), written with nested loops; the seed
// against finite differences.
#include "SharedCode.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

Values magnitude(const Values &a) {
  return each(a, [](double v) { return std::abs(v); });
}
Values open(const Values &a) {
  return each(a, [](double v) { return double(v != 0); });
}
/// sdivB of the authors: 1e-9 is always added.
Values sdivB(const Values &a, const Values &b) {
  return each(a, b, [](double u, double v) {
    double den = std::max(v, 1e-9) + std::min(v, 1e-9);
    den += den == 0 ? 1e-9 : 0;
    return v == 0 ? 0 : u / den;
  });
}
Values overMaximum(const Values &a) {
  return sdivB(a, Values(a.size(), *std::max_element(a.begin(), a.end())));
}
/// The mean over channels at each position, for every channel; a is [channels][positions].
Values channelMean(const Values &a, unsigned channels) {
  const size_t positions = a.size() / channels;
  Values result(a.size());
  for (size_t i = 0; i < a.size(); ++i)
    for (unsigned c = 0; c < channels; ++c)
      result[i] += a[c * positions + i % positions] / channels;
  return result;
}
Values shift(const Values &c, const Values &r) {
  const double count = total(open(c));
  return each(sum(c, r), c,
              [&](double v, double entry) { return v - (entry != 0 ? total(r) / count : 0); });
}

/// Two representatives, the means of H = sigmoid(10 v) where phi is negative and where it is
/// positive; H regressed on both with a ridge of 1; the positive image less the negative one.
Values factorised(const Values &v, const Values &phi, unsigned channels) {
  const size_t positions = v.size() / channels;
  const Values h = each(overMaximum(v), [](double u) { return 1 / (1 + std::exp(-10 * u)); });
  Values rep[2] = {Values(channels), Values(channels)};
  for (unsigned s : {0u, 1u})
    for (unsigned c = 0; c < channels; ++c) {
      double mass = 0, count = 0;
      for (size_t p = 0; p < positions; ++p)
        if (s == 0 ? phi[p] < 0 : phi[p] > 0)
          mass += h[c * positions + p], count += 1;
      rep[s][c] = sdivB({mass}, {count})[0];
    }
  double gram[2][2];
  for (unsigned s : {0u, 1u})
    for (unsigned t : {0u, 1u})
      gram[s][t] = total(times(rep[s], rep[t])) + (s == t);
  const double determinant = gram[0][0] * gram[1][1] - gram[0][1] * gram[1][0];
  const double inverse[2][2] = {{gram[1][1] / determinant, -gram[0][1] / determinant},
                                {-gram[1][0] / determinant, gram[0][0] / determinant}};
  Values result(v.size());
  for (size_t p = 0; p < positions; ++p) {
    double product[2] = {0, 0}, image[2];
    for (unsigned s : {0u, 1u})
      for (unsigned c = 0; c < channels; ++c)
        product[s] += rep[s][c] * h[c * positions + p];
    for (unsigned s : {0u, 1u})
      image[s] = std::max(inverse[s][0] * product[0] + inverse[s][1] * product[1], 0.0);
    for (unsigned c = 0; c < channels; ++c)
      result[c * positions + p] = std::max(image[1] - image[0], 0.0);
  }
  return result;
}

/// Relevance in proportion to x |w|.
Values byMagnitude(const PlainConvolution &op, const Values &x, const Values &w,
                   const Values &cam) {
  const Values mask = open(cam);
  return times(
      x, op.convT(times(sdivB(cam, times(op.conv(x, magnitude(w)), mask)), mask), magnitude(w)));
}

struct AgfRule : testing::Test {
  Random random{43};
  const MethodTable &agf = tableOf<methods::Agf>();
  const Settings settings = defaultSettings(agf);

  DenseTensor evaluate(const DenseLayer &layer, unsigned operand = 0) const {
    return relevanceOf(agf, settings, layer, operand);
  }
  /// Gives the layer relevance with some zeros, and a gradient.
  void relate(DenseLayer &layer) {
    DenseTensor cam = random.tensor(layer.y.channels, layer.y.positions);
    for (size_t i = 1; i < cam.size(); i += 6)
      cam.data[i] = 0;
    setRelevance(layer, cam);
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions), 1);
  }
};

struct Terms {
  bool fx = true, m = true, fdx = true, a = true, regularised = true, gradCam = false;
};
/// The convolution's rule, the terms named as in the authors' comments.
Values convolutionRule(const PlainConvolution &op, const Values &x, const Values &w,
                       const Values &cam, const Values &g, Terms terms) {
  const unsigned channels = op.channels;
  const Values gIn = op.convT(g, w), gMasked = op.convT(times(g, open(cam)), w);
  const Values c = byMagnitude(op, magnitude(x), w, cam), phi = channelMean(c, channels);
  const Values m = overMaximum(positive(channelMean(times(x, gIn), channels)));
  const Values fx = factorised(x, phi, channels), fdx = factorised(gMasked, phi, channels);
  const Values a = byMagnitude(op, Values(x.size(), 1.0), w, cam);
  const Values none(x.size());
  Values image = sum(terms.fx ? fx : none, terms.m ? m : none);
  if (terms.gradCam) {
    const size_t positions = x.size() / channels;
    Values weighted(x.size());
    for (size_t i = 0; i < x.size(); ++i) {
      double mean = 0;
      for (size_t p = 0; p < positions; ++p)
        mean += gMasked[i / positions * positions + p] / double(positions);
      weighted[i] = x[i] * mean;
    }
    image = positive(channelMean(weighted, channels));
  }
  if (terms.regularised)
    image = sdivB(image, each(c, [](double v) { return 1 + std::exp(-v); }));
  Values r = sum(sum(image, terms.fdx ? fdx : none), terms.a ? a : none);
  return shift(c, times(r, open(c)));
}

struct AgfConvolution : AgfRule {
  PlainConvolution plain{
      {.height = 5, .width = 4, .kernel = {3, 3}, .strides = {2, 1}, .pads = {1, 1, 1, 1}},
      4,
      3,
      1};
  DenseTensor x = random.activations(4, 20);
  Values w = random.values(plain.weightSize());
  DenseLayer layer = makeConvolution(x, plain.window, 3, 1, w, random.values(3));
  AgfConvolution() { relate(layer); }
  const Values &cam() const { return layer.relevances[0].data; }
  const Values &gradient() const { return layer.streams[0][0].data; }
};

TEST_F(AgfConvolution, AllTerms) {
  expectNear(evaluate(layer), convolutionRule(plain, x.data, w, cam(), gradient(), {}));
}

TEST_F(AgfConvolution, EachTermMatters) {
  const std::pair<const char *, Terms> ablations[] = {
      {"no-fx", {.fx = false}},           {"no-m", {.m = false}},
      {"no-fdx", {.fdx = false}},         {"no-a", {.a = false}},
      {"no-reg", {.regularised = false}}, {"grad-cam", {.gradCam = true}}};
  const Values whole = convolutionRule(plain, x.data, w, cam(), gradient(), {});
  for (const auto &[name, terms] : ablations) {
    const DenseTensor result = relevanceOf(agf, settingsOf(agf, {{"ablation", name}}), layer);
    expectNear(result, convolutionRule(plain, x.data, w, cam(), gradient(), terms));
    EXPECT_GT(total(magnitude(difference(result.data, whole))), 1e-3) << name;
  }
}

// The mean of C is negative at some positions and positive at others: both representatives exist.
// Without negative ones the second is 0.
TEST_F(AgfConvolution, RepresentativesOfOneSign) {
  for (double &v : layer.relevances[0].data)
    v = std::abs(v);
  expectNear(evaluate(layer), convolutionRule(plain, x.data, w, cam(), gradient(), {}));
}

TEST_F(AgfConvolution, Groups) {
  const PlainConvolution grouped{
      {.height = 4, .width = 4, .kernel = {3, 3}, .dilations = {2, 2}, .pads = {2, 2, 2, 2}},
      4,
      6,
      2};
  const DenseTensor input = random.activations(4, 16);
  const Values kernel = random.values(grouped.weightSize());
  DenseLayer dilated = makeConvolution(input, grouped.window, 6, 2, kernel, random.values(6));
  relate(dilated);
  expectNear(evaluate(dilated),
             convolutionRule(grouped, input.data, kernel, dilated.relevances[0].data,
                             dilated.streams[0][0].data, {}));
}

TEST_F(AgfConvolution, KeepsTheSumOfMagnitudeShares) {
  EXPECT_NEAR(evaluate(layer).sum(), total(byMagnitude(plain, magnitude(x.data), w, cam())), 1e-12);
}

TEST_F(AgfConvolution, IgnoresTheScaleOfTheGradient) {
  DenseLayer scaled = layer;
  for (double &v : scaled.streams[0][0].data)
    v *= 8;
  expectNear(evaluate(scaled), evaluate(layer).data, 1e-7);
}

TEST_F(AgfRule, FlatConvolutions) {
  for (const std::array<unsigned, 2> strides : {std::array{1u, 1u}, std::array{2u, 2u}}) {
    const PlainConvolution plain{{.height = 4, .width = 4, .strides = strides}, 3, 5, 1};
    const DenseTensor x = random.activations(3, 16);
    const Values w = random.values(15);
    DenseLayer layer = makeConvolution(x, plain.window, 5, 1, w, random.values(5));
    relate(layer);
    expectNear(evaluate(layer), byMagnitude(plain, magnitude(x.data), w, layer.relevances[0].data));
  }
}

TEST_F(AgfRule, BoxRuleAtTheFirstLayer) {
  FirstLayer first(random);
  relate(first.layer);
  expectNear(evaluate(first.layer), first.boxRule(sdivB));
}

TEST_F(AgfRule, DenseLayers) {
  const PlainConvolution plain{{}, 12, 5, 1};
  const DenseTensor x = random.activations(12, 1);
  const Values w = random.values(60);
  DenseLayer layer = makeDense(x, 5, w, random.values(5));
  relate(layer);
  const Values &cam = layer.relevances[0].data, c = byMagnitude(plain, magnitude(x.data), w, cam);
  expectNear(evaluate(layer), c);

  layer.flattenedChannels = 3; // of a map with 4 positions
  const Values products = times(x.data, plain.convT(layer.streams[0][0].data, w));
  const Values m = times(positive(channelMean(products, 3)), open(c));
  expectNear(evaluate(layer), shift(c, overMaximum(m)));

  layer.lastLinear = true; // the seed is the derivative at the logits
  expectNear(evaluate(layer), times(x.data, plain.convT(cam, w)));
}

TEST_F(AgfRule, ThroughTheOpItself) {
  const Window window{.height = 4, .width = 4, .kernel = {2, 2}, .strides = {2, 2}};
  const PlainConvolution plain{window, 2, 2, 2};
  const DenseTensor x = random.activations(2, 16);
  DenseLayer average = makeAveragePool(x, window, false);
  relate(average);
  const Values quarters(8, 0.25), &cam = average.relevances[0].data;
  expectNear(
      evaluate(average),
      times(x.data, plain.convT(times(sdivB(cam, times(plain.conv(x.data, quarters), open(cam))),
                                      open(cam)),
                                quarters)));

  // A maximum of 0 gets nothing.
  DenseLayer pool = makeMaxPool({1, 8, {1, 4, -2, 0, 3, 4, 0, -1}},
                                {.height = 2, .width = 4, .kernel = {2, 2}, .strides = {2, 2}});
  setRelevance(pool, {1, 2, {5, 7}});
  expectNear(evaluate(pool), {0, 4 * 5 / (4 + 1e-9), 0, 0, 0, 0, 0, 0}, 1e-13);

  for (Capability capability : {Capability::Rectifier, Capability::Activation}) {
    DenseLayer relu = makeActivation(
        capability, {1, 4, {2, -1, 0.5, 1e-9}}, [](double v) { return std::max(v, 0.0); },
        [](double v) { return double(v > 0); });
    setRelevance(relu, {1, 4, {3, 4, 0, 8}});
    expectNear(evaluate(relu), {3 * 2 / (2 + 1e-9), 0, 0, 4}, 1e-13);
  }
}

TEST_F(AgfRule, SumsAndForks) {
  const DenseTensor a{1, 4, {1, -2, 3, 1}}, b{1, 4, {3, 4, -3, 1}};
  DenseLayer add = makeAdd({a, b});
  setRelevance(add, {1, 4, {8, 2, 6, 0}});
  const Values s = sdivB({8, 2, 6, 0}, {4, 2, 0, 2});
  expectNear(evaluate(add, 0), times(a.data, s), 1e-13);
  expectNear(evaluate(add, 1), times(b.data, s), 1e-13);

  DenseLayer fork =
      makeFork({1, 3, {2, 0, -2}}); // X (R1 / (X + 1e-9) + R2 / (X + 1e-9)), 0 where X is
  fork.relevances = {{1, 3, {1, 2, 3}}, {1, 3, {10, 20, 30}}};
  expectNear(evaluate(fork), {2 * 11 / (2 + 1e-9), 0, -2 * 33 / (-2 + 1e-9)}, 1e-13);
}

TEST_F(AgfRule, OthersPass) {
  const DenseTensor x = random.tensor(2, 3), R = random.tensor(2, 3);
  DenseLayer norm = makeBatchNorm(x, {2, 0}, {1, 1}, {0, 0}, {1, 1}, 1e-5), shifted = makeAdd({x}),
             scaled = makeProduct({x}, 3);
  shifted.byConstant = true;
  for (DenseLayer layer : {norm, shifted, scaled}) {
    setRelevance(layer, R);
    expectNear(evaluate(layer), R.data);
  }
  DenseLayer flatten = makeStructural({1, 3, {1, 2, 3}}, 3, 1, {2, 0, -1});
  setRelevance(flatten, {3, 1, {10, 20, 30}});
  expectNear(evaluate(flatten), {20, 0, 10});
  DenseLayer concat = makeConcat({{1, 2, {1, 0}}, {2, 2, {1, 1, 1, 1}}});
  setRelevance(concat, {3, 2, {1, 2, 3, 4, 5, 6}});
  expectNear(evaluate(concat, 0), {1, 2});
  expectNear(evaluate(concat, 1), {3, 4, 5, 6});
}

// The gradient beside it is the ordinary one: its rows are nobody's.
TEST_F(AgfRule, GradientHasNoRows) {
  ASSERT_EQ(agf.streams.size(), 1u);
  for (const Row &row : agf.rows)
    EXPECT_EQ(row.stream, 0);
}

/// p_t with p = softmax(y_t exp(-((y - y_t) / sigma)^2 / 2)), sigma the largest |y - y_t|.
double probability(const Values &y, unsigned target) {
  double sigma = 0, mass = 0;
  for (double v : y)
    sigma = std::max(sigma, std::abs(v - y[target]));
  const auto grown = [&](double v) {
    return std::exp(y[target] * std::exp(-0.5 * std::pow((v - y[target]) / sigma, 2)));
  };
  for (double v : y)
    mass += grown(v);
  return grown(y[target]) / mass;
}

TEST_F(AgfRule, SeedIsTheDerivativeOfTheProbability) {
  for (unsigned target :
       {0u, 1u,
        3u}) { // the highest, the lowest, in between; logits farthest from them below and above
    DenseHead head;
    head.logits = {5, 1, {3.5, -1.25, 0.5, 1, 2}};
    head.target = target;
    Values expected(5);
    for (unsigned j = 0; j < 5; ++j) {
      Values up = head.logits.data, down = up;
      up[j] += 1e-5, down[j] -= 1e-5;
      expected[j] = (probability(up, target) - probability(down, target)) / 2e-5;
    }
    for (unsigned stream : {0u, 1u})
      expectNear(seedOf(agf, settings, head, stream), expected, 1e-8);
  }
}

TEST_F(AgfRule, PictureIsOverItsLargestEntry) {
  const DenseTensor maps[] = {{3, 2, {1, -2, 4, 0.5, 3, -6}}, {3, 2}}, image(3, 2);
  expectNear(mapOf(agf, settings, maps, image), maps[0].data);
  expectNear(map2dOf(agf, settings, maps, image), {2, -7.5 / 4});
}

} // namespace

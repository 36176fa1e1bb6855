// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DeepLIFT's Rescale rule and excitation backprop on single layers, against their papers'
// equations.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
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
constexpr const MethodTable *rescaling[] = {&tableOf<methods::DeepLift>(),
                                            &tableOf<methods::DeepLiftShap>()};

/// Contributions m dx add up to the multiplied change of the output.
void expectComplete(const DenseLayer &layer, const DenseTensor &multipliers) {
  const Values dx = difference(layer.operands[0].data, layer.references[0].data);
  const Values dy = difference(layer.y.data, layer.y0.data);
  EXPECT_NEAR(total(times(multipliers.data, dx)), total(times(layer.relevances[0].data, dy)),
              1e-12);
}

TEST(DeepLift, ActivationTakesTheSlopeOfTheChange) {
  const auto rectify = [](double v) { return std::max(v, 0.0); };
  DenseLayer layer = makeActivation(Capability::Rectifier, {1, 4, {-1, 2, 3, 1}}, rectify,
                                    [](double v) { return double(v > 0); });
  setRelevance(layer, {1, 4, {1, 10, 100, 1000}});
  compareWith(layer, {1, 4, {1, -2, 1, 1}});
  for (const MethodTable *table : rescaling) {
    const DenseTensor m = evaluate(*table, layer);
    expectNear(m, {0.5, 5, 100, 1000}); // the last does not change: its derivative
    expectComplete(layer, m);
  }
}

TEST(DeepLift, MaxPoolSharesAtTheCrossMaximum) {
  Random random{5};
  for (unsigned stride : {1u, 2u}) {
    DenseLayer layer =
        makeMaxPool(random.tensor(2, 20),
                    {.height = 5, .width = 4, .kernel = {2, 2}, .strides = {stride, stride}});
    setRelevance(layer, random.tensor(2, layer.y.positions));
    compareWith(layer, random.tensor(2, 20));
    expectComplete(layer, evaluate(tableOf<methods::DeepLift>(), layer));
  }
}

//===-- RevealCancel -----------------------------------------------------===//

/// Shrikumar et al. 2017 on a network of dense layers with activations between them, straight from
/// the paper's sections 3.4.1 and 3.5.2: multipliers of a logit by every input.
struct Perceptron {
  std::vector<unsigned> widths;
  std::vector<Values> weights, biases; // by layer, [outputs][inputs]
  double (*f)(double);

  Values dense(unsigned layer, const Values &x) const {
    Values z = biases[layer];
    for (unsigned o = 0; o < widths[layer + 1]; ++o)
      for (unsigned i = 0; i < widths[layer]; ++i)
        z[o] += weights[layer][o * widths[layer] + i] * x[i];
    return z;
  }
  double weight(unsigned layer, unsigned o, unsigned i) const {
    return weights[layer][o * widths[layer] + i];
  }

  /// x, x0: data of `layer`; m: what comes back to it for the logit `target`.
  Values multipliers(unsigned layer, const Values &x, const Values &x0, unsigned target) const {
    const bool last = layer + 1 == weights.size();
    const Values z = dense(layer, x), z0 = dense(layer, x0), dx = difference(x, x0);
    Values ofRise(z.size()), ofFall(z.size());
    if (last)
      ofRise[target] = ofFall[target] = 1;
    else {
      const Values a = each(z, f), a0 = each(z0, f), m = multipliers(layer + 1, a, a0, target);
      for (unsigned o = 0; o < z.size(); ++o) {
        double rise = 0, fall = 0;
        for (unsigned i = 0; i < x.size(); ++i) {
          const double contribution = weight(layer, o, i) * dx[i];
          (contribution > 0 ? rise : fall) += contribution;
        }
        const double up =
            ((f(z0[o] + rise) - f(z0[o])) + (f(z0[o] + fall + rise) - f(z0[o] + fall))) / 2;
        const double down =
            ((f(z0[o] + fall) - f(z0[o])) + (f(z0[o] + rise + fall) - f(z0[o] + rise))) / 2;
        ofRise[o] = rise == 0 ? 0 : m[o] * up / rise;
        ofFall[o] = fall == 0 ? 0 : m[o] * down / fall;
      }
    }
    Values result(x.size());
    for (unsigned i = 0; i < x.size(); ++i)
      for (unsigned o = 0; o < z.size(); ++o) {
        const double w = weight(layer, o, i);
        result[i] += w * (dx[i] == 0      ? (ofRise[o] + ofFall[o]) / 2
                          : w * dx[i] > 0 ? ofRise[o]
                                          : ofFall[o]);
      }
    return result;
  }
};

DenseTensor evaluate(const std::string &mode, const DenseLayer &layer, unsigned stream = 0,
                     unsigned operand = 0) {
  const MethodTable &table = tableOf<methods::DeepLiftRevealCancel>();
  return relevanceOf(table, settingsOf(table, {{"mode", mode}, {"epsilon", "0"}}), layer, operand,
                     stream);
}
/// Contributions of both parts.
double contributions(const Values &ofRise, const Values &rise, const Values &ofFall,
                     const Values &fall) {
  return total(times(ofRise, rise)) + total(times(ofFall, fall));
}

TEST(RevealCancel, IsThePapersOnAPerceptron) {
  Random random{17};
  for (double (*f)(double) :
       {+[](double v) { return std::max(v, 0.0); }, +[](double v) { return std::tanh(v); }}) {
    Perceptron net{.widths = {6, 5, 4, 3}, .weights = {}, .biases = {}, .f = f};
    for (unsigned layer = 0; layer < 3; ++layer) {
      net.weights.push_back(random.values(net.widths[layer] * net.widths[layer + 1]));
      net.biases.push_back(random.values(net.widths[layer + 1]));
    }
    const Values x = random.values(6), x0 = random.values(6);
    // The same by the rows of the method, from the logits down.
    std::vector<Values> data = {x}, data0 = {x0};
    for (unsigned layer = 0; layer < 2; ++layer) {
      data.push_back(each(net.dense(layer, data[layer]), f));
      data0.push_back(each(net.dense(layer, data0[layer]), f));
    }
    DenseTensor ofRise(3, 1, Values{0, 1, 0}), ofFall = ofRise;
    for (unsigned layer = 3; layer-- > 0;) {
      DenseLayer dense = makeDense({net.widths[layer], 1, data[layer]}, net.widths[layer + 1],
                                   net.weights[layer], net.biases[layer]);
      compareWith(dense, {net.widths[layer], 1, data0[layer]});
      setRelevance(dense, ofRise), setRelevance(dense, ofFall, 1);
      ofRise = evaluate("genomics-default", dense), ofFall = evaluate("genomics-default", dense, 1);
      expectNear(ofFall, ofRise.data);
      if (layer == 0)
        break;
      DenseLayer act = makeActivation(Capability::Activation,
                                      {net.widths[layer], 1, net.dense(layer - 1, data[layer - 1])},
                                      f, [](double) { return 0.0; });
      act.follows = Capability::Dense;
      compareWith(act, {net.widths[layer], 1, net.dense(layer - 1, data0[layer - 1])});
      act.rise = act.fall = DenseTensor(net.widths[layer], 1);
      for (unsigned o = 0; o < net.widths[layer]; ++o)
        for (unsigned i = 0; i < net.widths[layer - 1]; ++i) {
          const double part =
              net.weight(layer - 1, o, i) * (data[layer - 1][i] - data0[layer - 1][i]);
          (part > 0 ? act.rise : act.fall).data[o] += part;
        }
      setRelevance(act, ofRise), setRelevance(act, ofFall, 1);
      ofRise = evaluate("genomics-default", act), ofFall = evaluate("genomics-default", act, 1);
    }
    expectNear(ofRise, net.multipliers(0, x, x0, 1));
    const auto logit = [&](const Values &input) {
      return net.dense(2, each(net.dense(1, each(net.dense(0, input), f)), f))[1];
    };
    EXPECT_NEAR(total(times(ofRise.data, difference(x, x0))), logit(x) - logit(x0), 1e-12);
  }
}

// Behind a convolution the default mode takes the slope of the whole change.
TEST(RevealCancel, FollowsItsMode) {
  const auto rectify = [](double v) { return std::max(v, 0.0); };
  DenseLayer layer = makeActivation(Capability::Rectifier, {1, 1, Values{1}}, rectify,
                                    [](double v) { return double(v > 0); });
  compareWith(layer, {1, 1, Values{-2}});
  layer.rise = {1, 1, Values{5}}, layer.fall = {1, 1, Values{-2}};
  setRelevance(layer, {1, 1, Values{12}}), setRelevance(layer, {1, 1, Values{12}}, 1);
  layer.follows = Capability::Convolution;
  expectNear(evaluate("genomics-default", layer), {12 * 1.0 / 3});
  // Of f(-2 + 5) - f(-2) = 3 and f(1) - f(-4) = 1 the mean is the rise's; of f(-4) - f(-2) = 0 and
  // f(1) - f(3) = -2 the fall's.
  expectNear(evaluate("reveal-cancel", layer), {12 * 2.0 / 5});
  expectNear(evaluate("reveal-cancel", layer, 1), {12 * -1.0 / -2});
  expectNear(evaluate("rescale", layer), {12 * 1.0 / 3});
  layer.follows = Capability::Dense;
  expectNear(evaluate("genomics-default", layer), {12 * 2.0 / 5});
}

// What comes to a layer's output for both parts of its change leaves by its input's.
TEST(RevealCancel, IsCompleteOnEveryLayer) {
  Random random{29};
  const auto parts = [&](DenseLayer &layer, const Values &dx) { // any parts of the right sum
    const Values more = random.values(dx.size(), 0, 1);
    layer.rise = {layer.operands[0].channels, layer.operands[0].positions, sum(positive(dx), more)};
    layer.fall = {layer.operands[0].channels, layer.operands[0].positions,
                  difference(negative(dx), more)};
  };
  const Window window{.height = 5, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}};
  const auto tanh = [](double v) { return std::tanh(v); };
  for (const char *mode : {"genomics-default", "reveal-cancel", "rescale"}) {
    const DenseTensor x = random.tensor(3, 20), x0 = random.tensor(3, 20);
    const Values dx = difference(x.data, x0.data);
    std::vector<DenseLayer> layers = {
        makeConvolution(x, window, 4, 1, random.values(108), random.values(4)),
        makeMaxPool(x, window),
        makeActivation(Capability::Activation, x, tanh, [](double) { return 1.0; }),
        makeBatchNorm(x, {1, -2, 0.5}, random.values(3), random.values(3), {1, 2, 3}, 1e-5)};
    for (DenseLayer &layer : layers) {
      compareWith(layer, x0);
      parts(layer, dx);
      const Values dy = difference(layer.y.data, layer.y0.data);
      Values rise = positive(dy), fall = negative(dy);
      const bool linear = layer.capability == Capability::Convolution ||
                          layer.capability == Capability::Normalisation;
      if (layer.capability == Capability::Convolution) {
        const DenseTensor up(108, 1, positive(layer.kernel.data)),
            down(108, 1, negative(layer.kernel.data));
        const DenseTensor pos(3, 20, positive(dx)), neg(3, 20, negative(dx));
        rise = sum(denseForward(layer, up, pos).data, denseForward(layer, down, neg).data);
        fall = sum(denseForward(layer, up, neg).data, denseForward(layer, down, pos).data);
      } else if (linear) {
        for (size_t i = 0; i < dx.size(); ++i) {
          const double scale =
              layer.gamma.data[i / 20] / std::sqrt(layer.variance.data[i / 20] + 1e-5);
          rise[i] = scale * (scale > 0 ? layer.rise : layer.fall).data[i];
          fall[i] = scale * (scale > 0 ? layer.fall : layer.rise).data[i];
        }
      }
      setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
      setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions), 1);
      EXPECT_NEAR(contributions(evaluate(mode, layer).data, layer.rise.data,
                                evaluate(mode, layer, 1).data, layer.fall.data),
                  contributions(layer.relevances[0].data, rise, layer.streams[0][0].data, fall),
                  1e-9)
          << mode << " " << nameOf(layer.capability);
    }
  }
}

/// m' dy / dx by central differences.
Values pulledBack(const DenseLayer &layer, const Values &m) {
  Values result;
  const DenseTensor &x = layer.operands[0];
  for (size_t i = 0; i < x.size(); ++i) {
    DenseTensor above = x, below = x;
    above.data[i] += 1e-5, below.data[i] -= 1e-5;
    result.push_back(
        total(times(m, difference(layer.function(above).data, layer.function(below).data))) / 2e-5);
  }
  return result;
}

// Where parts cannot be told apart both streams take the derivative, of the multiplier that the
// whole change has.
TEST(RevealCancel, OtherOpsTakeTheDerivative) {
  Random random{43};
  std::vector<DenseLayer> layers = {
      makeSoftmax(random.tensor(4, 3)),
      makeLayerNorm(random.tensor(5, 3), random.values(5), random.values(5), 1e-5),
      makeBilinear(random.tensor(3, 4), random.tensor(4, 2)),
      makeProduct({random.tensor(3, 4), random.tensor(3, 4)})};
  DenseLayer &product = layers.back(); // as a function of its first operand
  product.function = [other = product.operands[1].data](const DenseTensor &x) {
    return DenseTensor(3, 4, times(x.data, other));
  };
  product.derivative = [other = product.operands[1].data](const DenseTensor &r,
                                                          const DenseTensor &) {
    return DenseTensor(3, 4, times(r.data, other));
  };
  for (DenseLayer &layer : layers) {
    compareWith(layer, random.tensor(layer.operands[0].channels, layer.operands[0].positions));
    layer.y0.data[0] = layer.y.data[0]; // no change: half of both
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions), 1);
    Values whole(layer.y.size());
    for (size_t i = 0; i < whole.size(); ++i) {
      const double change = layer.y.data[i] - layer.y0.data[i], rise = layer.relevances[0].data[i],
                   fall = layer.streams[0][0].data[i];
      whole[i] = change > 0 ? rise : change < 0 ? fall : (rise + fall) / 2;
    }
    for (unsigned stream : {0u, 1u})
      expectNear(evaluate("genomics-default", layer, stream), pulledBack(layer, whole), 1e-7);
  }
}

TEST(RevealCancel, SumsAndConcatenationsKeepPartsApart) {
  DenseLayer add = makeAdd({{1, 3, {1, 2, 0}}, {1, 3, {3, 0, 0}}});
  setRelevance(add, {1, 3, {8, 5, 6}}), setRelevance(add, {1, 3, {-1, 2, 7}}, 1);
  DenseLayer concat = makeConcat({{1, 2, {3, 0.5}}, {1, 2, {1, 1}}});
  setRelevance(concat, {2, 2, {1, 2, 3, 4}}), setRelevance(concat, {2, 2, {5, 6, 7, 8}}, 1);
  for (unsigned operand : {0u, 1u}) {
    expectNear(evaluate("genomics-default", add, 0, operand), {8, 5, 6});
    expectNear(evaluate("genomics-default", add, 1, operand), {-1, 2, 7});
    const double first = operand == 0 ? 1 : 3;
    expectNear(evaluate("genomics-default", concat, 0, operand), {first, first + 1});
    expectNear(evaluate("genomics-default", concat, 1, operand), {first + 4, first + 5});
  }
}

TEST(RevealCancel, FromTheLogitToTheMap) {
  const MethodTable &table = tableOf<methods::DeepLiftRevealCancel>();
  DenseHead head;
  head.logits = {3, 1, {0.5, 4, -2}};
  head.target = 1;
  for (unsigned stream : {0u, 1u})
    expectNear(seedOf(table, defaultSettings(table), head, stream), {0, 1, 0});
  const DenseTensor maps[] = {{1, 3, {1, 2, 3}}, {1, 3, {10, 20, 30}}}, image{1, 3, {2, 0.5, -1}};
  expectNear(mapOf(table, settingsOf(table, {{"baseline", "0.5"}}), maps, image),
             {1 * 1.5, 0, 30 * -1.5});
}

TEST(ExcitationBackprop, ProbabilitiesFollowPositiveWeights) {
  DenseLayer layer = makeDense({3, 1, {1, 2, 0}}, 2, {1, 1, 5, -1, 2, 3}, {10, 10});
  setRelevance(layer, {2, 1, {0.75, 0.25}});
  expectNear(evaluate(tableOf<methods::ExcitationBackprop>(), layer), {0.25, 0.5 + 0.25, 0});
}

// The change up to the larger maximum goes to the winner at x, the change down from it to the
// winner at x0.
TEST(DeepLift, MaxPoolByHand) {
  DenseLayer layer = makeMaxPool({1, 6, {1, 5, 1, 2, 3, 7}},
                                 {.height = 1, .width = 6, .kernel = {1, 2}, .strides = {1, 2}});
  setRelevance(layer, {1, 3, {6, 3, -12}});
  compareWith(layer, {1, 6, {4, 2, 4, 3, 3, 1}});
  for (const MethodTable *table : rescaling)
    expectNear(evaluate(*table, layer), {0, 6 / 3.0, 3 * 2 / 3.0, 0, 0, -12 * 4 / 6.0});
}

TEST(DeepLift, StartsWithTheLogit) {
  DenseHead head;
  head.logits = {3, 1, {0.5, 4, -2}};
  head.target = 1;
  for (const MethodTable *table : rescaling)
    expectNear(seedOf(*table, defaultSettings(*table), head), {0, 1, 0});
}

TEST(DeepLift, ContributionsAreDifferences) {
  const MethodTable &table = tableOf<methods::DeepLift>();
  const DenseTensor map[] = {{1, 3, {1, 2, 3}}}, image{1, 3, {2, 0.5, -1}};
  expectNear(mapOf(table, settingsOf(table, {{"baseline", "0.5"}}), map, image), {1.5, 0, -4.5});
}

/// Rows that both walks share.
struct Excitation : testing::Test {
  Random random{19};
  const MethodTable *methods[2] = {&tableOf<methods::ExcitationBackprop>(),
                                   &tableOf<methods::ContrastiveExcitationBackprop>()};
};

// x W+'(R / W+ x): the input is not split by sign, the bias does not count.
TEST_F(Excitation, LinearLayersByPositiveWeights) {
  const PlainConvolution conv{
      {.height = 4, .width = 5, .kernel = {3, 2}, .strides = {1, 2}, .pads = {1, 0, 1, 1}},
      4,
      6,
      2},
      dense{{}, 5, 3, 1};
  for (const MethodTable *table : methods)
    for (const PlainConvolution &plain : {conv, dense}) {
      const DenseTensor x = {plain.channels, plain.window.height * plain.window.width,
                             random.values(plain.inSize(), 0.1, 1)};
      const Values w = random.values(plain.weightSize()), wp = positive(w),
                   b = random.values(plain.outChannels);
      DenseLayer layer = plain.groups == 2 ? makeConvolution(x, plain.window, plain.outChannels,
                                                             plain.groups, w, b)
                                           : makeDense(x, plain.outChannels, w, b);
      setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
      expectNear(
          relevanceOf(*table, defaultSettings(*table), layer),
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
    expectNear(
        relevanceOf(*table, settings, pool),
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
  DenseLayer layer = makeConvolution({3, 2, {1, 2, 2, 1, 0, 1}}, {.height = 1, .width = 2}, 2, 1,
                                     {1, -1, 5, -1, 2, 3}, {10, 10});
  layer.lastLinear = true;
  const MethodTable &table = tableOf<methods::ContrastiveExcitationBackprop>();
  setRelevance(layer, {2, 2, {1, 2, 0, 0}});
  expectNear(relevanceOf(table, defaultSettings(table), layer, 0, 0),
             {1, 2 * 2 / 7.0, 0, 0, 0, 2 * 5 / 7.0});
  expectNear(relevanceOf(table, defaultSettings(table), layer, 0, 1), {0, 0, 1, 2, 0, 0});
}

} // namespace

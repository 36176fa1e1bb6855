// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The LRP rules of convolutions against the formulas of their papers, written with nested loops.
#include "LrpLayers.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

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

// Equal shares for the inputs inside the image: 4 at a corner, 6 at an edge, 9 within.
TEST_F(Lrp, FlatCountsInputsInsideTheImage) {
  const MethodTable &flat = tableOf<methods::LrpFlat>();
  DenseLayer layer = makeConvolution(
      random.tensor(1, 9), {.height = 3, .width = 3, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 1, 1,
      random.values(9), {5});
  setRelevance(layer, {1, 9, {4, 0, 0, 0, 9, 0, 0, 0, 0}});
  expectNear(evaluate(flat, layer), {2, 2, 1, 2, 2, 1, 1, 1, 1}, 1e-6);
}

TEST_F(Lrp, DeepTaylorByDomain) {
  const MethodTable &table = tableOf<methods::DeepTaylor>();
  DenseLayer first = conv;
  first.firstLayer = true;
  first.operands[0] = x;
  const Settings real = settingsOf(table, {{"domain", "real"}});
  const Values squares = times(w, w), ones(x.size(), 1.0);
  expectNear(relevanceOf(table, real, first),
             plain.convT(stabilised(R(), plain.conv(ones, squares), 1e-6), squares));
  const Values xp = positive(x.data), xn = negative(x.data), wp = positive(w), wn = negative(w);
  const Values s =
      stabilised(R(), sum(plain.conv(xp, wp), plain.conv(xn, wn)), 1e-6); // without bias
  expectNear(evaluate(table, conv),
             sum(times(xp, plain.convT(s, wp)), times(xn, plain.convT(s, wn))));
}

} // namespace

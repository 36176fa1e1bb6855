// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the released code of RSP, RAP, AGF and attribution equilibrium has in common, written with
// nested loops.
#ifndef SALIENCY_TEST_RULES_SHAREDCODE_H
#define SALIENCY_TEST_RULES_SHAREDCODE_H

#include "Oracle.h"

#include <algorithm>
#include <functional>

namespace saliency::rules::test {

/// A convolution that reads the input, with relevance at its result.
struct FirstLayer {
  PlainConvolution plain{
      {.height = 6, .width = 5, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
      3,
      4,
      1};
  DenseTensor x;
  Values w;
  DenseLayer layer;

  explicit FirstLayer(Random &random)
      : x(random.tensor(3, 30)), w(random.values(plain.weightSize())) {
    layer = makeConvolution(x, plain.window, 4, 1, w, random.values(4));
    layer.firstLayer = true;
    setRelevance(layer, random.tensor(4, layer.y.positions));
  }

  /// z^B between the smallest and the largest entry of x, the code's division as given.
  Values boxRule(Values (*divide)(const Values &, const Values &)) const {
    const auto [smallest, largest] = std::ranges::minmax(x.data);
    const Values l(x.size(), smallest), h(x.size(), largest), wp = positive(w), wn = negative(w);
    const Values z =
        difference(difference(plain.conv(x.data, w), plain.conv(l, wp)), plain.conv(h, wn));
    const Values s = divide(layer.relevances[0].data, z);
    return difference(difference(times(x.data, plain.convT(s, w)), times(l, plain.convT(s, wp))),
                      times(h, plain.convT(s, wn)));
  }
};

/// Constants, scalings and `activation` leave relevance as it is, a batch norm takes it where it
/// has no share, a reshape moves it.
inline void expectOthersPass(const std::function<DenseTensor(const DenseLayer &)> &evaluate,
                             Random &random,
                             const std::function<DenseLayer(const DenseTensor &)> &activation) {
  const DenseTensor x{2, 3, {1, -2, 0, 3, 4, 5}}, R = random.tensor(2, 3);
  DenseLayer shifted = makeAdd({x});
  shifted.byConstant = true;
  for (DenseLayer layer : {shifted, makeProduct({x}, 3), activation(x)}) {
    setRelevance(layer, R);
    expectNear(evaluate(layer), R.data);
  }
  DenseLayer norm = makeBatchNorm(x, {2, 0}, {1, 1}, {0.5, 0}, {4, 1},
                                  1e-5); // what is 0, or scaled by 0, gets none
  setRelevance(norm, R);
  expectNear(evaluate(norm), {R.data[0], R.data[1], 0, 0, 0, 0});
  DenseLayer flatten = makeStructural(x, 4, 1, {2, 0, -1, 5});
  setRelevance(flatten, {4, 1, {10, 20, 30, 40}});
  expectNear(evaluate(flatten), {20, 0, 10, 0, 0, 40});
}

} // namespace saliency::rules::test

#endif // SALIENCY_TEST_RULES_SHAREDCODE_H

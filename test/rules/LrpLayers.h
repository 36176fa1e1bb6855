// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layers with random numbers that the tests of LRP rules share.
#ifndef SALIENCY_TEST_RULES_LRPLAYERS_H
#define SALIENCY_TEST_RULES_LRPLAYERS_H

#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

namespace saliency::rules::test {

inline double same(double v) { return v; }
inline double plusPart(double v) { return v > 0 ? v : 0; }
inline double minusPart(double v) { return v < 0 ? v : 0; }

/// A convolution whose axes all differ, and the relevance of its results.
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
  DenseTensor evaluate(const MethodTable &table) const {
    return evaluate(table, defaultSettings(table));
  }
};

} // namespace saliency::rules::test

#endif // SALIENCY_TEST_RULES_LRPLAYERS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The LRP rules of dense layers as their papers write them: sums over contributions x_i w_ij.
#include "LrpLayers.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

// Epsilon: x_i w_ij R_j / (sum_i x_i w_ij + b_j); z+: the same of the positive parts.
TEST_F(LrpOfDense, EpsilonAndZPlus) {
  expectNear(evaluate(tableOf<methods::LrpEpsilon>()),
             shared([&](unsigned i, unsigned j) { return contribution(i, j); },
                    [&](unsigned j) { return b[j]; }));
  expectNear(evaluate(tableOf<methods::LrpZPlus>()),
             shared([&](unsigned i, unsigned j) { return plusPart(contribution(i, j)); },
                    [&](unsigned j) { return plusPart(b[j]); }));
}

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
  expectNear(evaluate(table, settingsOf(table, {{"gamma", "0.7"}})),
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
  expectNear(evaluate(table, settingsOf(table, {{"alpha", "3"}, {"beta", "2"}})),
             each(positive, negative, [](double p, double n) { return 3 * p - 2 * n; }));
  expectNear(evaluate(table, settingsOf(table, {{"alpha", "1"}, {"beta", "0"}}, "zennit")),
             positive);
}

TEST_F(LrpOfDense, AlphaMinusBetaIsOne) {
  Settings settings;
  std::string error;
  const std::pair<std::string, std::string> given[] = {{"alpha", "3"}};
  EXPECT_FALSE(resolveSettings(tableOf<methods::LrpAlphaBeta>(), "", given, settings, error));
  EXPECT_EQ(error, "method 'lrp-alpha-beta' needs: alpha - beta is 1; found beta=1 alpha=3");
}

TEST_F(LrpOfDense, SquaredWeights) {
  const MethodTable &table = tableOf<methods::LrpWSquare>();
  auto square = [&](unsigned i, unsigned j) { return w[j * inputs + i] * w[j * inputs + i]; };
  expectNear(evaluate(table), shared(square, [](unsigned) { return 0.0; }));
  expectNear(evaluate(table, settingsOf(table, {}, "zennit")),
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
  expectNear(evaluate(table), expected);
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
  expectNear(evaluate(table), expected);
  expectNear(evaluate(table, settingsOf(table, {}, "torchray")), expected);
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
    expectNear(relevanceByRule(composite, settings, name, layer), evaluate(*method).data);
  }
  EXPECT_EQ(findRule(composite, Capability::Add, "epsilon"), nullptr);
  EXPECT_EQ(findRule(composite, Capability::Dense, ""), nullptr);
  expectNear(evaluate(composite), evaluate(tableOf<methods::LrpEpsilon>()).data);
}

} // namespace

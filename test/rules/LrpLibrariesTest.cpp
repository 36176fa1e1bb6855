// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where zennit, Captum and the AGF authors' code depart from the papers' LRP, and from each other:
// a method's conventions.
#include "LrpLayers.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

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
  expectNear(evaluate(table, settingsOf(table, {}, "agf")), expected, 1e-8);
}

// zennit after merging batch norm: each of a rule's sums carries the whole bias.
TEST_F(LrpOfDense, FoldedBiasIsWholeInEverySum) {
  const MethodTable &zPlus = tableOf<methods::LrpZPlus>(), &flat = tableOf<methods::LrpFlat>();
  auto positive = [&](unsigned i, unsigned j) { return plusPart(contribution(i, j)); };
  expectNear(evaluate(zPlus, settingsOf(zPlus, {}, "zennit-canon")),
             shared(positive, [&](unsigned j) { return plusPart(b[j]); }));
  layer.biasIsFolded = true;
  expectNear(evaluate(zPlus, settingsOf(zPlus, {}, "zennit-canon")),
             shared(positive, [&](unsigned j) { return 2 * b[j]; }));
  expectNear(evaluate(zPlus, settingsOf(zPlus, {}, "zennit")),
             shared(positive, [&](unsigned j) { return plusPart(b[j]); }));
  expectNear(evaluate(flat, settingsOf(flat, {}, "zennit-canon")),
             shared([](unsigned, unsigned) { return 1.0; }, [&](unsigned j) { return b[j]; }));
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
  expectNear(evaluateWith(table, settingsOf(table, {{"batch-norm", "gradient"}})), gradient);
  expectNear(evaluateWith(epsilon, settingsOf(epsilon, {}, "captum")), captum);
  expectNear(evaluateWith(table, settingsOf(table, {}, "agf")), agf);
  expectNear(evaluateWith(table, settingsOf(table, {{"batch-norm", "centred"}})), centred);
}

TEST_F(Lrp, PoolsAndSumsAsLibrariesHaveThem) {
  DenseLayer pool = makeMaxPool({1, 4, {1, 5, -5, 2}}, {.height = 2, .width = 2, .kernel = {2, 2}});
  setRelevance(pool, {1, 1, 3.0});
  const Settings captum = settingsOf(epsilon, {}, "captum"),
                 plain = settingsOf(epsilon, {{"residual-add", "gradient"}}, "zennit");
  expectNear(relevanceOf(epsilon, captum, pool), {0, 5 * 3 / (5 + 1e-9), 0, 0}, 1e-12);
  DenseLayer add = makeAdd({{1, 2, {1, 2}}, {1, 2, {3, -2}}});
  setRelevance(add, {1, 2, {8, 7}});
  for (unsigned operand : {0u, 1u})
    expectNear(relevanceOf(epsilon, plain, add, operand), {8, 7});
  const Settings agf = settingsOf(tableOf<methods::Clrp>(), {}, "agf");
  const MethodTable &clrp = tableOf<methods::Clrp>();
  expectNear(relevanceOf(clrp, agf, add, 1), {6, 0}, 1e-8); // nothing where the sum is 0
}

TEST_F(Lrp, SharedPartsOfAConcatenationAsCaptumHasThem) {
  const Settings captum = settingsOf(epsilon, {}, "captum"),
                 zennit = settingsOf(epsilon, {}, "zennit");
  DenseLayer concat = makeConcat({{1, 2, {3, 0.5}}, {1, 2, {1, 1}}});
  setRelevance(concat, {2, 2, {1, 2, 3, 4}});
  expectNear(relevanceOf(epsilon, captum, concat, 0), {1, 2});
  concat.usedElsewhere = true;
  expectNear(relevanceOf(epsilon, captum, concat, 0), {3, 1});
  expectNear(relevanceOf(epsilon, zennit, concat, 0), {1, 2});
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DeepLIFT's Rescale rule and excitation backprop on single layers, against their papers' equations.
#include "Reference.h"
#include "passes/rules/Compile.h"
#include "passes/rules/Evaluate.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer) {
  const Settings settings = defaultSettings(table);
  return evaluateRow(table, settings, *rowFor(table, settings, layer), layer);
}
void compareWith(DenseLayer &layer, const DenseTensor &x0) {
  layer.references = {x0};
  layer.y0 = layer.function(x0);
}
/// Contributions m dx add up to the multiplied change of the output.
void expectComplete(const DenseLayer &layer, const DenseTensor &multipliers) {
  const Values dx = difference(layer.operands[0].data, layer.references[0].data);
  const Values dy = difference(layer.y.data, layer.y0.data);
  EXPECT_NEAR(total(times(multipliers.data, dx)), total(times(layer.relevances[0].data, dy)), 1e-12);
}

TEST(DeepLift, ActivationTakesTheSlopeOfTheChange) {
  const auto rectify = [](double v) { return std::max(v, 0.0); };
  DenseLayer layer = makeActivation(Capability::Rectifier, {1, 4, {-1, 2, 3, 1}}, rectify, [](double v) { return double(v > 0); });
  setRelevance(layer, {1, 4, {1, 10, 100, 1000}});
  compareWith(layer, {1, 4, {1, -2, 1, 1}});
  const DenseTensor m = evaluate(tableOf<methods::DeepLift>(), layer);
  expectNear(m, {0.5, 5, 100, 1000}); // the last does not change: its derivative
  expectComplete(layer, m);
}

TEST(DeepLift, MaxPoolSharesAtTheCrossMaximum) {
  Random random{5};
  for (unsigned stride : {1u, 2u}) {
    DenseLayer layer = makeMaxPool(random.tensor(2, 20), {.height = 5, .width = 4, .kernel = {2, 2}, .strides = {stride, stride}});
    setRelevance(layer, random.tensor(2, layer.y.positions));
    compareWith(layer, random.tensor(2, 20));
    expectComplete(layer, evaluate(tableOf<methods::DeepLift>(), layer));
  }
}

TEST(ExcitationBackprop, ProbabilitiesFollowPositiveWeights) {
  DenseLayer layer = makeDense({3, 1, {1, 2, 0}}, 2, {1, 1, 5, -1, 2, 3}, {10, 10});
  setRelevance(layer, {2, 1, {0.75, 0.25}});
  expectNear(evaluate(tableOf<methods::ExcitationBackprop>(), layer), {0.25, 0.5 + 0.25, 0});
}

TEST(ContrastiveExcitationBackprop, TheOppositeFollowsNegatedWeights) {
  DenseLayer layer = makeDense({3, 1, {1, 2, 0}}, 2, {1, -1, 5, -1, 2, 3}, {10, 10});
  layer.lastLinear = true;
  const MethodTable &table = tableOf<methods::ContrastiveExcitationBackprop>();
  const Settings settings = defaultSettings(table);
  setRelevance(layer, {2, 1, {1, 0}});
  expectNear(evaluateRow(table, settings, *rowFor(table, settings, layer, 0), layer), {1, 0, 0});
  expectNear(evaluateRow(table, settings, *rowFor(table, settings, layer, 1), layer), {0, 1, 0});
}

} // namespace

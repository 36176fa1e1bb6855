// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One neuron of a layer: its gradient, and what flows through it.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct Neuron : testing::Test {
  Random random{111};
  const DenseTensor input = random.tensor(2, 4), arrived = random.tensor(2, 4),
                    slope = random.tensor(3, 2);
  DenseHead head;
  Neuron() {
    head.layer = random.tensor(3, 2);
    head.logits = {4, 1, {1, 2, 3, 4}};
    head.target = 2;
    head.gradient = [this](const DenseTensor &score) {
      EXPECT_EQ(score.data, Values({0, 0, 1, 0}));
      return slope;
    };
  }
};

/// Entry 2 * channel + position; both positions of a channel where none is given.
const std::tuple<Settings (*)(const MethodTable &), Values> choices[] = {
    {[](const MethodTable &table) { return settingsOf(table, {{"channel", "0"}}); },
     {1, 1, 0, 0, 0, 0}},
    {[](const MethodTable &table) { return settingsOf(table, {{"channel", "2"}}); },
     {0, 0, 0, 0, 1, 1}},
    {[](const MethodTable &table) {
       return settingsOf(table, {{"channel", "1"}, {"position", "1"}});
     },
     {0, 0, 0, 1, 0, 0}}};

/// Sums over positions: 2, 3, -1; the largest entry at position 0 is channel 0's, at position 1
/// channel 1's.
TEST_F(Neuron, MostActive) {
  head.layer = {3, 2, {4, -2, -2, 5, 1, -2}};
  const MethodTable &table = tableOf<methods::NeuronGradient>();
  expectNear(seedOf(table, defaultSettings(table), head), {0, 0, 1, 1, 0, 0});
  expectNear(seedOf(table, settingsOf(table, {{"position", "0"}}), head), {1, 0, 0, 0, 0, 0});
  expectNear(seedOf(table, settingsOf(table, {{"position", "1"}}), head), {0, 0, 0, 1, 0, 0});
}

TEST_F(Neuron, Gradient) {
  const MethodTable &table = tableOf<methods::NeuronGradient>();
  for (const auto &[settings, mask] : choices)
    expectNear(seedOf(table, settings(table), head), mask);
  const DenseTensor maps[] = {arrived};
  expectNear(mapOf(table, defaultSettings(table), maps, input), arrived.data);
  expectNear(mapOf(table, settingsOf(table, {{"times", "input"}}), maps, input),
             times(arrived.data, input.data));
}

/// (x - x') times the mean of what arrives on the path.
TEST_F(Neuron, Conductance) {
  const MethodTable &table = tableOf<methods::NeuronConductance>();
  for (const auto &[settings, mask] : choices)
    expectNear(seedOf(table, settings(table), head), times(mask, slope.data));
  const Settings settings =
      settingsOf(table, {{"steps", "2"}, {"quadrature", "midpoint"}, {"baseline", "0.5"}});
  const auto square = [](double v) { return v * v; };
  const auto run = [&](const DenseTensor &x) {
    return DenseRun{
        .logits = head.logits, .layer = head.layer, .maps = {{2, 4, each(x.data, square)}}};
  };
  const auto at = [&](double part) {
    return each(input.data, [&](double v) { return square(0.5 + part * (v - 0.5)); });
  };
  const Values difference = each(input.data, [](double v) { return v - 0.5; });
  expectNear(mapOverRuns(table, settings, input, head, run),
             times(difference, each(sum(at(0.25), at(0.75)), [](double v) { return v / 2; })));
}

} // namespace

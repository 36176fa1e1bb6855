// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PatternNet and PatternAttribution against nested loops (Kindermans et al. 2018, section 4).
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"
#include "passes/rules/printing/Print.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

const PlainConvolution conv{
    {.height = 5, .width = 4, .kernel = {3, 3}, .strides = {2, 1}, .pads = {1, 1, 1, 1}}, 4, 6, 2};

struct Patterns : testing::Test {
  Random random{31};
  const MethodTable *const both[2] = {&tableOf<methods::PatternNet>(),
                                      &tableOf<methods::PatternAttribution>()};
  DenseLayer layer, dense;
  Values pattern;

  void SetUp() override {
    layer = makeConvolution(random.activations(4, 20), conv.window, conv.outChannels, conv.groups,
                            random.values(conv.weightSize()), random.values(conv.outChannels));
    pattern = random.values(conv.weightSize());
    layer.layerData = {unsigned(pattern.size()), 1, pattern};
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
    dense = makeDense(random.activations(7, 1), 3, random.values(21), random.values(3));
    dense.layerData = {21, 1, random.values(21)};
    setRelevance(dense, random.tensor(3, 1));
  }
  static DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer,
                              const std::string &rescale) {
    return relevanceOf(table, settings(table, rescale), layer);
  }
  static Settings settings(const MethodTable &table, const std::string &rescale,
                           const std::string &seed = "logit") {
    return settingsOf(table, {{"rescale", rescale}, {"patterns", "p.npz"}, {"seed", seed}});
  }
};

TEST_F(Patterns, StandInPlaceOfTheWeights) {
  const Values &R = layer.relevances.front().data;
  expectNear(evaluate(tableOf<methods::PatternNet>(), layer, "none"), conv.convT(R, pattern));
  expectNear(evaluate(tableOf<methods::PatternAttribution>(), layer, "none"),
             conv.convT(R, times(pattern, layer.kernel.data)));
  Values net(7), attribution(7);
  for (unsigned o = 0; o < 3; ++o)
    for (unsigned i = 0; i < 7; ++i) {
      const double a = dense.layerData.data[o * 7 + i], r = dense.relevances.front().data[o];
      net[i] += a * r, attribution[i] += a * dense.kernel.data[o * 7 + i] * r;
    }
  expectNear(evaluate(tableOf<methods::PatternNet>(), dense, "none"), net);
  expectNear(evaluate(tableOf<methods::PatternAttribution>(), dense, "none"), attribution);
}

TEST_F(Patterns, AreRescaledWhereAllRelevancePasses) {
  for (const MethodTable *table : both)
    for (DenseLayer passed : {layer, dense}) {
      const DenseTensor beside = evaluate(*table, passed, "none");
      expectNear(evaluate(*table, passed, "bottlenecks"), beside.data);
      passed.isBottleneck = true;
      double largest = 0;
      for (double r : passed.relevances.front().data)
        largest = std::max(largest, std::abs(r));
      expectNear(evaluate(*table, passed, "bottlenecks"),
                 each(beside.data, [&](double r) { return r / largest; }));
      expectNear(evaluate(*table, passed, "none"), beside.data);
    }
}

TEST_F(Patterns, FromTheLogitToTheMap) {
  DenseHead head;
  head.logits = {3, 1, {0.5, 4, -2}};
  head.target = 1;
  const DenseTensor maps[] = {{2, 2, {1, -8, 2, 4}}}, zeros[] = {{2, 2}};
  for (const MethodTable *table : both) {
    expectNear(seedOf(*table, settings(*table, "none"), head), {0, 4, 0});
    expectNear(seedOf(*table, settings(*table, "none", "one"), head), {0, 1, 0});
    expectNear(mapOf(*table, settings(*table, "none"), maps, maps[0]), maps[0].data);
    expectNear(mapOf(*table, settings(*table, "bottlenecks"), maps, maps[0]),
               {0.125, -1, 0.25, 0.5});
    expectNear(mapOf(*table, settings(*table, "bottlenecks"), zeros, maps[0]), {0, 0, 0, 0});
  }
}

// A batch norm that nothing folded is a unit with one weight s: a = 1 / s.
TEST_F(Patterns, OfABatchNorm) {
  DenseLayer norm =
      makeBatchNorm(random.activations(3, 4), {2, 0, -0.5}, {1, 2, 3}, {0, 1, 2}, {1, 4, 0.25}, 0);
  setRelevance(norm, random.tensor(3, 4));
  const Values &R = norm.relevances.front().data;
  Values expected = R;
  for (size_t i = 0; i < R.size(); ++i)
    expected[i] *= i / 4 == 0 ? 0.5 : i / 4 == 1 ? 0 : -1;
  expectNear(evaluate(tableOf<methods::PatternNet>(), norm, "none"), expected);
  expectNear(evaluate(tableOf<methods::PatternAttribution>(), norm, "none"), R);
}

TEST(PatternText, NamesTheFile) {
  EXPECT_NE(printPage(tableOf<methods::PatternAttribution>()).find("`adjoint(patterns * w, R)`"),
            std::string::npos)
      << printPage(tableOf<methods::PatternAttribution>());
  EXPECT_NE(
      printHelp(tableOf<methods::PatternNet>()).find("--param patterns=file.npz  (must be given)"),
      std::string::npos);
}

} // namespace

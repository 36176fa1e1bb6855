// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PatternNet and PatternAttribution against nested loops (Kindermans et al. 2018, section 4).
#include "Reference.h"
#include "passes/rules/Compile.h"
#include "passes/rules/Evaluate.h"
#include "passes/rules/Print.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

const PlainConvolution conv{{.height = 5, .width = 4, .kernel = {3, 3}, .strides = {2, 1}, .pads = {1, 1, 1, 1}}, 4, 6, 2};

struct Patterns : testing::Test {
  Random random{31};
  DenseLayer layer;
  Values pattern;

  void SetUp() override {
    layer = makeConvolution(random.activations(4, 20), conv.window, conv.outChannels, conv.groups,
                            random.values(conv.weightSize()), random.values(conv.outChannels));
    pattern = random.values(conv.weightSize());
    layer.layerData = {unsigned(pattern.size()), 1, pattern};
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
  }
  static DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer, const std::string &rescale) {
    Settings settings;
    std::string error;
    const std::vector<std::pair<std::string, std::string>> given = {{"rescale", rescale}, {"patterns", "p.npz"}};
    EXPECT_TRUE(resolveSettings(table, "", given, settings, error)) << error;
    const Row *row = rowFor(table, settings, layer);
    EXPECT_NE(row, nullptr);
    return evaluateRow(table, settings, *row, layer);
  }
};

TEST_F(Patterns, StandInPlaceOfTheWeights) {
  const Values &R = layer.relevances.front().data;
  expectNear(evaluate(tableOf<methods::PatternNet>(), layer, "none"), conv.convT(R, pattern));
  expectNear(evaluate(tableOf<methods::PatternAttribution>(), layer, "none"), conv.convT(R, times(pattern, layer.kernel.data)));
}

TEST_F(Patterns, AreRescaledWhereAllRelevancePasses) {
  const MethodTable &table = tableOf<methods::PatternNet>();
  const DenseTensor beside = evaluate(table, layer, "none");
  expectNear(evaluate(table, layer, "bottlenecks"), beside.data);
  layer.isBottleneck = true;
  double largest = 0;
  for (double r : layer.relevances.front().data)
    largest = std::max(largest, std::abs(r));
  expectNear(evaluate(table, layer, "bottlenecks"), each(beside.data, [&](double r) { return r / largest; }));
  expectNear(evaluate(table, layer, "none"), beside.data);
}

// A batch norm that nothing folded is a unit with one weight s: a = 1 / s.
TEST_F(Patterns, OfABatchNorm) {
  DenseLayer norm = makeBatchNorm(random.activations(3, 4), {2, 0, -0.5}, {1, 2, 3}, {0, 1, 2}, {1, 4, 0.25}, 0);
  setRelevance(norm, random.tensor(3, 4));
  const Values &R = norm.relevances.front().data;
  Values expected = R;
  for (size_t i = 0; i < R.size(); ++i)
    expected[i] *= i / 4 == 0 ? 0.5 : i / 4 == 1 ? 0 : -1;
  expectNear(evaluate(tableOf<methods::PatternNet>(), norm, "none"), expected);
  expectNear(evaluate(tableOf<methods::PatternAttribution>(), norm, "none"), R);
}

TEST(PatternText, NamesTheFile) {
  EXPECT_NE(printPage(tableOf<methods::PatternAttribution>()).find("`adjoint(patterns * w, R)`"), std::string::npos)
      << printPage(tableOf<methods::PatternAttribution>());
  EXPECT_NE(printHelp(tableOf<methods::PatternNet>()).find("--param patterns=file.npz  (must be given)"), std::string::npos);
}

} // namespace

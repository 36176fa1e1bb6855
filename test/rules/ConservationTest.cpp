// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conservation classes that rows declare (formulas e.7), each checked in numbers: that the sum
// is kept where the class says so, and that it is not where the class says that.
#include "passes/rules/settings/Conservation.h"
#include "RandomLayers.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

/// Layers that meet every condition: no bias, positive inputs, contributions of both signs, no
/// window and no sum empty.
std::vector<DenseLayer> cleanLayers(Random &random) {
  const auto positive = [&](unsigned channels, unsigned positions) {
    return DenseTensor(channels, positions, random.values(size_t(channels) * positions, 0.1, 1));
  };
  /// Every other weight is negative.
  const auto mixed = [&](size_t count) {
    Values weights = random.values(count, 0.1, 1);
    for (size_t i = 1; i < count; i += 2)
      weights[i] = -weights[i];
    return weights;
  };
  std::vector<DenseLayer> layers;
  const Window padded{.height = 4, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}},
      plain{.height = 4, .width = 4};
  layers.push_back(makeConvolution(positive(3, 16), padded, 4, 1, mixed(4 * 27), {}));
  layers.push_back(makeConvolution(positive(3, 16), plain, 5, 1, mixed(5 * 3), {}));
  layers.push_back(makeDense(positive(3, 5), 4, mixed(4 * 15), {}));
  for (unsigned i = 0; i < 3; ++i) {
    layers.push_back(layers[i]);
    layers.back().firstLayer = true;
    layers.push_back(layers[i]);
    layers.back().lastLinear = true;
  }
  layers.push_back(makeDense(positive(3, 1), 4, mixed(4 * 3), {}));
  layers.back().flattenedChannels = 3;
  layers.push_back(makeAveragePool(
      positive(3, 16), {.height = 4, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, true));
  layers.push_back(makeAveragePool(
      positive(3, 16), {.height = 4, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, false));
  layers.push_back(
      makeMaxPool(positive(3, 16), {.height = 4, .width = 4, .kernel = {2, 2}, .strides = {2, 2}}));
  layers.push_back(makeActivation(
      Capability::Rectifier, positive(3, 4), [](double v) { return std::max(v, 0.0); },
      [](double v) { return double(v > 0); }));
  layers.push_back(makeBatchNorm(positive(3, 4), random.values(3, 0.5, 1), {0, 0, 0}, {0, 0, 0},
                                 {1, 2, 3}, 1e-5));
  layers.push_back(makeStructural(random.tensor(3, 4), 2, 4, {11, 10, 9, 8, 0, 3, 1, 2}));
  layers.push_back(makeAdd({positive(3, 4), positive(3, 4)}));
  layers.push_back(makeAdd({positive(3, 4)}));
  layers.back().byConstant = true;
  layers.push_back(makeConcat({positive(1, 4), positive(3, 4)}));
  layers.push_back(layers.back());
  layers.back().usedElsewhere = true;
  layers.push_back(makeFork(positive(3, 4)));
  layers.push_back(makeLayerNorm(random.tensor(5, 3), random.values(5, 0.5, 1), Values(5), 1e-5));
  layers.push_back(makeSoftmax(random.tensor(4, 3)));
  layers.push_back(makeBilinear(positive(3, 4), positive(4, 2)));
  layers.push_back(makeProduct({positive(3, 4)}, 0.25));
  layers.push_back(makeProduct({positive(3, 4), positive(3, 4)}));
  for (DenseLayer &layer : layers) {
    addLayerData(layer, random);
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
    if (layer.capability == Capability::Fork)
      layer.relevances.push_back(random.tensor(3, 4));
  }
  return layers;
}

DenseTensor transposed(const DenseTensor &matrix) {
  DenseTensor result(matrix.positions, matrix.channels);
  for (unsigned row = 0; row < matrix.channels; ++row)
    for (unsigned column = 0; column < matrix.positions; ++column)
      result.data[size_t(column) * matrix.channels + row] = matrix.at(row, column);
  return result;
}

LayerFacts factsOf(const DenseLayer &layer) {
  const auto any = [](const DenseTensor &tensor) {
    return std::any_of(tensor.data.begin(), tensor.data.end(), [](double v) { return v != 0; });
  };
  LayerFacts facts;
  facts.hasBias = any(layer.bias) || any(layer.beta) || any(layer.mean);
  facts.biasIsFolded = layer.biasIsFolded;
  if (layer.capability ==
      Capability::Structural) { // each input goes somewhere once, in these tests
    const DenseTensor moved =
        layer.function(DenseTensor(layer.operands[0].channels, layer.operands[0].positions, 1));
    facts.addsEntries = std::count(moved.data.begin(), moved.data.end(), 0) != 0;
  }
  return facts;
}

struct DeclaredClass : testing::TestWithParam<Case> {
  const MethodTable &table = *GetParam().table;
  const Row &row = table.rows[GetParam().row];
  const Settings settings = settingsFor(table, row);
  const Conservation declared = conservationOf(table, row);

  /// What all operands get. A matrix product's second one is the first of the transposed product.
  std::vector<DenseTensor> shares(const DenseLayer &layer) const {
    std::vector<DenseTensor> result;
    for (unsigned operand = 0; operand < layer.operands.size(); ++operand)
      result.push_back(evaluateRow(table, settings, row, layer, operand));
    if (layer.capability != Capability::Bilinear)
      return result;
    DenseLayer other = makeBilinear(transposed(layer.other), transposed(layer.operands[0]));
    setRelevance(other, transposed(layer.relevances[0]));
    result.push_back(evaluateRow(table, settings, row, other));
    return result;
  }
  /// Relevance lost, as a part of all that moves.
  double lostAt(DenseLayer layer, Random &random) const {
    for (unsigned stream = 1; stream <= table.streams.size(); ++stream)
      setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions), stream);
    double lost = 0, mass = 0;
    for (const DenseTensor &relevance : layer.relevances)
      for (double v : relevance.data)
        lost += v, mass += std::abs(v);
    for (const DenseTensor &share : shares(layer))
      for (double v : share.data)
        lost -= v, mass += std::abs(v);
    return std::abs(lost) / mass;
  }
  std::vector<DenseLayer> taking(std::vector<DenseLayer> layers) const {
    std::erase_if(layers,
                  [&](const DenseLayer &layer) { return !takes(table, settings, row, layer); });
    return layers;
  }
};

constexpr double kNothing = 1e-4; // the guards' share

TEST_P(DeclaredClass, Holds) {
  if (row.stream != 0) {
    EXPECT_EQ(row.conservation, Conservation::None) << "a stream's rows have no law of relevance";
    GTEST_SKIP() << testName({GetParam(), 0}) << ": the row is for stream '"
                 << table.streams[row.stream - 1u].name << "', which is not relevance";
  }
  if (table.reference != kNone)
    GTEST_SKIP()
        << testName({GetParam(), 0})
        << ": the row carries multipliers of a change: only their products with the change "
           "add up (DifferenceTest.cpp)";
  double largest = 0;
  unsigned clean = 0;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    Random random(seed);
    for (const DenseLayer &layer : taking(randomLayers(random))) {
      const double lost = lostAt(layer, random);
      const RowConservation here = conservationAt(table, settings, row, factsOf(layer));
      if (here.conservation == Conservation::Exact || here.conservation == Conservation::ByFiat) {
        EXPECT_LT(lost, kNothing) << "on a random layer, seed " << seed;
      }
      largest = std::max(largest, lost);
    }
    for (const DenseLayer &layer : taking(cleanLayers(random))) {
      const double lost = lostAt(layer, random);
      if (declared != Conservation::None) {
        EXPECT_LT(lost, kNothing) << "where its condition is met, seed " << seed;
      }
      largest = std::max(largest, lost);
      ++clean;
    }
  }
  EXPECT_TRUE(clean != 0 || declared == Conservation::None) << "no layer meets the row's condition";
  if (declared == Conservation::None || declared == Conservation::Leaks) {
    EXPECT_GT(largest, kNothing) << "the row keeps the sum everywhere and says it does not";
  }
}
INSTANTIATE_TEST_SUITE_P(Rows, DeclaredClass, testing::ValuesIn(allRows()), testName);

/// The class of the dense layer's row under `given`.
template <class M>
RowConservation classOf(const std::vector<std::pair<std::string, std::string>> &given,
                        const LayerFacts &facts) {
  const MethodTable &table = tableOf<M>();
  Settings settings;
  std::string error;
  EXPECT_TRUE(resolveSettings(table, "", given, settings, error)) << error;
  for (const Row &row : table.rows)
    if (row.capability == Capability::Dense && row.conditionCount == 0)
      return conservationAt(table, settings, row, facts);
  return {};
}

TEST(ConservationAt, FollowsParametersAndLayer) {
  using namespace methods;
  const LayerFacts without, with{.hasBias = true}, folded{.hasBias = true, .biasIsFolded = true};
  EXPECT_EQ(classOf<LrpEpsilon>({}, without).text(), "exact where no sum of contributions is 0");
  EXPECT_EQ(classOf<LrpEpsilon>({}, with).text(), "loses the share of the bias");
  EXPECT_EQ(classOf<LrpEpsilon>({{"bias", "dropped"}}, with).text(),
            "exact where no sum of contributions is 0");
  EXPECT_EQ(classOf<LrpEpsilon>({{"epsilon", "0.25"}}, without).text(),
            "loses the share of the stabiliser 0.25");
  EXPECT_EQ(classOf<LrpEpsilon>({{"epsilon", "0.25"}}, with).text(),
            "loses the shares of the bias and of the stabiliser 0.25");
  EXPECT_EQ(classOf<LrpEpsilon>({{"epsilon", "0.25"}, {"division", "zeroSafe"}}, without).text(),
            "exact where no sum of contributions is 0");
  EXPECT_EQ(classOf<LrpZPlus>({{"stabiliser", "0.5"}}, without).text(),
            "loses the share of the stabiliser 0.5");
  EXPECT_EQ(classOf<LrpAlphaBeta>({}, without).text(),
            "exact where contributions of both signs exist");
  EXPECT_EQ(classOf<LrpAlphaBeta>({}, with).text(), "loses the share of the bias");
  EXPECT_EQ(classOf<LrpGamma>({{"bias", "dropped"}}, with).text(),
            "exact where no sum of contributions is 0")
      << "z itself decides only which part counts more";
  EXPECT_EQ(classOf<LrpFlat>({}, folded).text(), "exact where no sum of contributions is 0");
  EXPECT_EQ(classOf<LrpFlat>({{"folded-bias", "whole"}}, with).text(),
            "exact where no sum of contributions is 0");
  EXPECT_EQ(classOf<LrpFlat>({{"folded-bias", "whole"}}, folded).text(),
            "loses the share of the bias");
}

// Formulas e.7: an empty part multiplies the sum, by alpha where no contribution is negative, by
// -beta where none is positive.
TEST(ConservationAt, AlphaBetaMultipliesWhereAPartIsEmpty) {
  const MethodTable &table = tableOf<methods::LrpAlphaBeta>();
  for (const auto &[sign, factor] : {std::pair(1.0, 2.0), {-1.0, -1.0}}) {
    DenseLayer layer = makeDense({2, 1, {0.5, 0.25}}, 1, {sign * 0.5, sign * 2}, {});
    setRelevance(layer, DenseTensor(1, 1, 3));
    const Row *row = rowFor(table, defaultSettings(table), layer);
    ASSERT_TRUE(row);
    EXPECT_NEAR(evaluateRow(table, defaultSettings(table), *row, layer).sum(), factor * 3, 1e-4);
  }
}

TEST(ConservationAt, WeakestLinksAreOrdered) {
  EXPECT_LT(weakness(Conservation::Exact), weakness(Conservation::WithoutBias));
  EXPECT_LT(weakness(Conservation::WithoutBias), weakness(Conservation::Leaks));
  EXPECT_LT(weakness(Conservation::Leaks), weakness(Conservation::None));
  for (unsigned c = 0; c < unsigned(Conservation::Count); ++c)
    EXPECT_EQ(keepsSum(Conservation(c)), weakness(Conservation(c)) < weakness(Conservation::Leaks));
}

// The classes of formulas e.7, as --explain-method prints them.
TEST(ConservationAt, DeclaredClassesArePrinted) {
  const std::string help = printHelp(tableOf<methods::LrpEpsilon>());
  EXPECT_NE(help.find("  The sum of relevance:\n"), std::string::npos) << help;
  EXPECT_NE(help.find("    loses the shares of bias and stabiliser: Convolution, Dense, "
                      "Normalisation (batch-norm=proportional)\n"),
            std::string::npos)
      << help;
  EXPECT_NE(help.find("    passed on unchanged: Activation, Normalisation\n"), std::string::npos)
      << help;
  EXPECT_NE(help.find("    no law: Add (residual-add=gradient), "), std::string::npos) << help;
  EXPECT_EQ(printHelp(tableOf<methods::Gradient>()).find("The sum of relevance"),
            std::string::npos);
}

} // namespace

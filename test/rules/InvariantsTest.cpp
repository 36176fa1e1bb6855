// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Property tests from what the methods declare: every row of every method, on random layers that take it.
#include "Reference.h"
#include "passes/rules/Compile.h"
#include "passes/rules/Evaluate.h"
#include "passes/rules/Print.h"
#include "passes/rules/Registry.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct Case {
  const MethodTable *table;
  unsigned row;
};

std::vector<Case> allRows() {
  std::vector<Case> cases;
  for (const MethodTable *table : allMethods())
    for (unsigned row = 0; row < table->rows.size(); ++row)
      cases.push_back({table, row});
  return cases;
}

std::vector<DenseLayer> randomLayers(Random &random) {
  std::vector<DenseLayer> layers;
  for (const PlainConvolution &conv :
       {PlainConvolution{{.height = 5, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 3, 4, 1},
        PlainConvolution{{.height = 6, .width = 6, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}}, 3, 3, 3},
        PlainConvolution{{.height = 4, .width = 4}, 3, 5, 1}})
    layers.push_back(makeConvolution(random.activations(3, conv.window.height * conv.window.width), conv.window, conv.outChannels,
                                     conv.groups, random.values(conv.weightSize()), random.values(conv.outChannels)));
  layers.push_back(makeDense(random.activations(3, 1), 4, random.values(12), random.values(4)));
  for (unsigned i = 0; i < 4; ++i) { // the same at the first layer
    layers.push_back(layers[i]);
    layers.back().firstLayer = true;
    layers.push_back(layers[i]); // and at the last
    layers.back().lastLinear = true;
  }
  layers.push_back(makeDense(random.activations(3, 1), 4, random.values(12), random.values(4))); // behind a flattened map
  layers.back().flattenedChannels = 3;
  const Window pool{.height = 4, .width = 4, .kernel = {3, 3}, .strides = {1, 1}, .pads = {1, 1, 1, 1}};
  layers.push_back(makeAveragePool(random.activations(3, 16), pool, true));
  layers.push_back(makeMaxPool(random.activations(3, 16), pool));
  layers.push_back(makeActivation(
      Capability::Activation, random.tensor(3, 4), [](double v) { return std::tanh(v); },
      [](double v) { return 1 - std::tanh(v) * std::tanh(v); }));
  layers.push_back(makeActivation(
      Capability::Rectifier, random.tensor(3, 4), [](double v) { return std::max(v, 0.0); },
      [](double v) { return double(v > 0); }));
  layers.push_back(
      makeBatchNorm(random.activations(3, 4), random.values(3), random.values(3), random.values(3), {1, 2, 3}, 1e-5));
  layers.push_back(makeStructural(random.tensor(3, 4), 2, 4, {11, 10, 9, 8, 0, -1, 1, 2}));
  layers.push_back(makeAdd({random.tensor(3, 4), random.tensor(3, 4), random.tensor(3, 4)}));
  layers.push_back(makeConcat({random.activations(1, 4), random.activations(3, 4)}));
  layers.push_back(makeFork(random.tensor(3, 4)));
  layers.push_back(makeLayerNorm(random.tensor(5, 3), random.values(5), random.values(5), 1e-5));
  layers.push_back(makeSoftmax(random.tensor(4, 3)));
  layers.push_back(makeBilinear(random.tensor(3, 4), random.tensor(4, 2)));
  layers.push_back(makeProduct({random.tensor(3, 4)}, 0.25));
  layers.push_back(makeAdd({random.tensor(3, 4)})); // of a constant, which gets nothing
  layers.back().byConstant = true;
  DenseLayer product = makeProduct({random.tensor(3, 4), random.tensor(3, 4)});
  layers.push_back(product);
  for (DenseLayer &layer : layers) {
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
    if (layer.capability == Capability::Fork)
      layer.relevances.push_back(random.tensor(3, 4));
  }
  return layers;
}

/// Default settings with the options that the row asks for.
Settings settingsFor(const MethodTable &table, const Row &row) {
  Settings settings = defaultSettings(table);
  for (unsigned i = 0; i < row.conditionCount; ++i)
    if (row.conditions[i].kind == ConditionKind::OptionIs && !row.conditions[i].negated)
      settings.values[row.conditions[i].index].number = double(row.conditions[i].value);
  return settings;
}

struct DeclaredInvariant : testing::TestWithParam<Case> {
  const MethodTable &table = *GetParam().table;
  const Row &row = table.rows[GetParam().row];
  const Settings settings = settingsFor(table, row);

  bool declares(Invariant invariant) const { return (row.invariants | table.invariants) & maskOf(invariant); }

  /// The relevances of all operands.
  std::vector<DenseTensor> evaluate(const DenseLayer &layer) const {
    std::vector<DenseTensor> results;
    for (unsigned operand = 0; operand < layer.operands.size(); ++operand)
      results.push_back(evaluateRow(table, settings, row, layer, operand));
    return results;
  }
  static DenseLayer scaled(DenseLayer layer, double factor) {
    for (DenseTensor &relevance : layer.relevances)
      for (double &v : relevance.data)
        v *= factor;
    return layer;
  }
  void expectScaled(const DenseLayer &layer, double factor) const {
    const auto plain = evaluate(layer), other = evaluate(scaled(layer, factor));
    for (unsigned o = 0; o < plain.size(); ++o)
      for (size_t i = 0; i < plain[o].size(); ++i)
        EXPECT_EQ(other[o].data[i], factor * plain[o].data[i]) << "operand " << o << " entry " << i;
  }
  void expectConserved(const DenseLayer &layer) const {
    double in = 0, out = 0, mass = 0;
    for (const DenseTensor &relevance : layer.relevances)
      out += relevance.sum();
    for (const DenseTensor &relevance : evaluate(layer)) {
      in += relevance.sum();
      for (double v : relevance.data)
        mass += std::abs(v);
    }
    EXPECT_NEAR(in, out, 1e-4 * mass); // the stabilisers' share
  }
  void expectZeros(const DenseLayer &layer) const {
    const auto results = evaluate(layer);
    for (unsigned o = 0; o < results.size(); ++o)
      for (size_t i = 0; i < results[o].size(); ++i)
        if (layer.operands[o].data[i] <= 0) {
          EXPECT_EQ(results[o].data[i], 0) << "operand " << o << " entry " << i;
        }
  }
  void expectWeightsDoNotMatter(const DenseLayer &layer, Random &random) const {
    DenseLayer other = layer;
    other.kernel.data = random.values(other.kernel.size());
    EXPECT_EQ(evaluate(other)[0].data, evaluate(layer)[0].data);
  }
};

TEST_P(DeclaredInvariant, Holds) {
  unsigned tried = 0;
  for (unsigned seed = 1; seed <= 5; ++seed) {
    Random random(seed);
    for (const DenseLayer &layer : randomLayers(random)) {
      bool taken = !row.rule.empty() && findRule(table, layer.capability, row.rule) == &row;
      for (unsigned stream = 0; row.rule.empty() && stream <= table.streams.size(); ++stream)
        taken |= rowFor(table, settings, layer, stream) == &row;
      if (!taken)
        continue;
      ++tried;
      if (declares(Invariant::Odd))
        expectScaled(layer, -1);
      if (declares(Invariant::Homogeneous))
        expectScaled(layer, 4);
      if (declares(Invariant::Conserves))
        expectConserved(layer);
      if (declares(Invariant::ZeroWhereInputNotPositive))
        expectZeros(layer);
      if (declares(Invariant::WeightIndependent))
        expectWeightsDoNotMatter(layer, random);
    }
  }
  EXPECT_GT(tried, 0u) << "no random layer takes this row";
}

std::string testName(const testing::TestParamInfo<Case> &info) {
  const Row &row = info.param.table->rows[info.param.row];
  std::string name = std::string(info.param.table->name) + "_" + std::string(nameOf(row.capability)) + "_" +
                     std::string(row.rule) + describeConditions(*info.param.table, {row.conditions, row.conditionCount});
  for (char &c : name)
    c = isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}
INSTANTIATE_TEST_SUITE_P(Rows, DeclaredInvariant, testing::ValuesIn(allRows()), testName);

/// Rows that keep the sum where their condition is met: a layer without bias, all contributions of an output positive or, where both
/// signs must exist, of both signs.
TEST(Conservation, HoldsWhereItsConditionDoes) {
  unsigned tried = 0;
  for (const auto &[table, number] : allRows()) {
    const Row &row = table->rows[number];
    const bool both = row.conservation == Conservation::BothParts;
    if (!both && row.conservation != Conservation::WithoutBias && row.conservation != Conservation::Unbounded)
      continue;
    if (row.conservation == Conservation::Unbounded || !isLinearMap(row.capability))
      continue; // tested by the invariant, or a pool whose windows may be empty
    Random random(number + 1);
    const Settings settings = settingsFor(*table, row);
    DenseLayer layer = makeDense({6, 1, random.values(6, 0.1, 1)}, 4, random.values(24, both ? -1 : 0.1, 1), {});
    if (row.capability == Capability::Convolution)
      layer = makeConvolution({2, 16, random.values(32, 0.1, 1)}, {.height = 4, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 3,
                              1, random.values(54, both ? -1 : 0.1, 1), {});
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
    EXPECT_NEAR(evaluateRow(*table, settings, row, layer).sum(), layer.relevances[0].sum(), 1e-4) << table->name << " row " << number;
    ++tried;
  }
  EXPECT_GT(tried, 10u);
}

// The classes of formulas e.7, as --explain-method prints them.
TEST(Conservation, IsPrinted) {
  const std::string help = printHelp(tableOf<methods::LrpEpsilon>());
  EXPECT_NE(help.find("  The sum of relevance:\n"), std::string::npos) << help;
  EXPECT_NE(help.find("    loses the shares of bias and stabiliser: Convolution, Dense, Normalisation (batch-norm=proportional)\n"),
            std::string::npos)
      << help;
  EXPECT_NE(help.find("    passed on unchanged: Activation, Normalisation\n"), std::string::npos) << help;
  EXPECT_NE(help.find("    no law: Add (residual-add=gradient), "), std::string::npos) << help;
  EXPECT_EQ(printHelp(tableOf<methods::Gradient>()).find("The sum of relevance"), std::string::npos);
}

// Invariants of RSP that are declared and not lost by an edit.
TEST(RspInvariants, AreDeclared) {
  const MethodTable &rsp = tableOf<methods::Rsp>();
  EXPECT_EQ(rsp.invariants, maskOf(Invariant::Odd) | maskOf(Invariant::Homogeneous));
  const Row &sectional = rsp.rows[2];
  EXPECT_EQ(sectional.capability, Capability::Convolution);
  EXPECT_EQ(sectional.conditionCount, 0);
  EXPECT_EQ(sectional.invariants,
            maskOf(Invariant::Conserves) | maskOf(Invariant::ZeroWhereInputNotPositive) | maskOf(Invariant::WeightIndependent));
}

} // namespace

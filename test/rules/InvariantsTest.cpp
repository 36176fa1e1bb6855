// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Property tests from what the methods declare: every row of every method, on random layers that
// take it.
#include "RandomLayers.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct DeclaredInvariant : testing::TestWithParam<Case> {
  const MethodTable &table = *GetParam().table;
  const Row &row = table.rows[GetParam().row];
  const Settings settings = settingsFor(table, row);

  bool declares(Invariant invariant) const {
    return (row.invariants | table.invariants) & maskOf(invariant);
  }

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
      if (!takes(table, settings, row, layer))
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
  if (!HasFailure() && (row.invariants | table.invariants) == 0)
    GTEST_SKIP() << testName({GetParam(), 0}) << ": neither row nor method declares an invariant";
}

INSTANTIATE_TEST_SUITE_P(Rows, DeclaredInvariant, testing::ValuesIn(allRows()), testName);

// Invariants of RSP that are declared and not lost by an edit.
TEST(RspInvariants, AreDeclared) {
  const MethodTable &rsp = tableOf<methods::Rsp>();
  EXPECT_EQ(rsp.invariants, maskOf(Invariant::Odd) | maskOf(Invariant::Homogeneous));
  const Row &sectional = rsp.rows[2];
  EXPECT_EQ(sectional.capability, Capability::Convolution);
  EXPECT_EQ(sectional.conditionCount, 0);
  EXPECT_EQ(sectional.invariants, maskOf(Invariant::Conserves) |
                                      maskOf(Invariant::ZeroWhereInputNotPositive) |
                                      maskOf(Invariant::WeightIndependent));
}

} // namespace

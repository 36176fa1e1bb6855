// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of the transformer methods against the formulas of their papers, written with nested loops.
#include "Reference.h"
#include "passes/rules/Compile.h"
#include "passes/rules/Evaluate.h"
#include "passes/rules/Print.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

/// z+ of a product: shares of the contributions that are positive because both factors have one sign.
struct PositiveProducts {
  static constexpr std::string_view name = "positive-products";
  static consteval void write(Method &m) {
    m.title = "test", m.source = "test", m.help = "test";
    m.seed(m.target());
    const auto op = m.bilinear();
    const auto s = op.R / (op.forward(pos(op.x), pos(op.other)) + op.forward(negPart(op.x), negPart(op.other)));
    m.on(op, pos(op.x) * op.vjp(s, pos(op.x), pos(op.other)) + negPart(op.x) * op.vjp(s, negPart(op.x), negPart(op.other)))
        .holds(Invariant::Conserves);
    m.elsewhere(gradient);
  }
};

struct Transformer : testing::Test {
  Random random{11};
  const MethodTable &attn = tableOf<methods::AttnLrp>(), &cp = tableOf<methods::CpLrp>(), &chefer = tableOf<methods::TransformerLrp>();

  static DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer, unsigned operand = 0) {
    const Settings settings = defaultSettings(table);
    const Row *row = rowFor(table, settings, layer);
    EXPECT_NE(row, nullptr);
    return evaluateRow(table, settings, *row, layer, operand);
  }
  DenseLayer related(DenseLayer layer) {
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
    return layer;
  }
};

// x_i (R_i - s_i sum_j R_j)
TEST_F(Transformer, Softmax) {
  const DenseLayer layer = related(makeSoftmax(random.tensor(4, 3)));
  Values expected(12);
  for (unsigned p = 0; p < 3; ++p) {
    double sum = 0, powers = 0;
    for (unsigned c = 0; c < 4; ++c)
      sum += layer.relevances[0].at(c, p), powers += std::exp(layer.operands[0].at(c, p));
    for (unsigned c = 0; c < 4; ++c) {
      const double x = layer.operands[0].at(c, p);
      expected[c * 3 + p] = x * (layer.relevances[0].at(c, p) - std::exp(x) / powers * sum);
    }
  }
  expectNear(evaluate(attn, layer), expected);
  expectNear(evaluate(cp, layer), Values(12));
  expectNear(evaluate(chefer, layer), layer.relevances[0].data);
}

// a_ik sum_j b_kj R_ij / (2 y_ij); all of R for a method whose other operand gets none; half of R / y for Chefer's
TEST_F(Transformer, Bilinear) {
  const DenseTensor a = random.tensor(3, 4), b = random.tensor(4, 2);
  const DenseLayer layer = related(makeBilinear(a, b));
  Values whole(12);
  for (unsigned i = 0; i < 3; ++i)
    for (unsigned k = 0; k < 4; ++k)
      for (unsigned j = 0; j < 2; ++j)
        whole[i * 4 + k] += a.at(i, k) * b.at(k, j) * layer.relevances[0].at(i, j) / layer.y.at(i, j);
  const Values half = each(whole, [](double v) { return v / 2; });
  expectNear(evaluate(attn, layer), half, 1e-6);
  expectNear(evaluate(cp, layer), whole, 1e-6);
  expectNear(evaluate(chefer, layer), half, 1e-6);
}

TEST_F(Transformer, BilinearBesideOtherOperands) {
  const DenseTensor a = random.tensor(3, 4), b = random.tensor(4, 2);
  const DenseLayer layer = related(makeBilinear(a, b));
  Values expected(12);
  auto contribution = [&](unsigned i, unsigned k, unsigned j) { return std::max(a.at(i, k) * b.at(k, j), 0.0); };
  for (unsigned i = 0; i < 3; ++i)
    for (unsigned j = 0; j < 2; ++j) {
      double whole = 0;
      for (unsigned k = 0; k < 4; ++k)
        whole += contribution(i, k, j);
      for (unsigned k = 0; k < 4; ++k)
        expected[i * 4 + k] += contribution(i, k, j) / whole * layer.relevances[0].at(i, j);
    }
  expectNear(evaluate(tableOf<PositiveProducts>(), layer), expected);
}

// x_i sum_o J_oi R_o / y_o with J = gamma_o / sigma (delta_oi - 1/d)
TEST_F(Transformer, LayerNorm) {
  const Values gamma = random.values(5), beta = random.values(5);
  const DenseLayer layer = related(makeLayerNorm(random.tensor(5, 3), gamma, beta, 1e-2));
  Values expected(15);
  for (unsigned p = 0; p < 3; ++p) {
    double mean = 0, variance = 0;
    for (unsigned c = 0; c < 5; ++c)
      mean += layer.operands[0].at(c, p) / 5;
    for (unsigned c = 0; c < 5; ++c)
      variance += std::pow(layer.operands[0].at(c, p) - mean, 2) / 5;
    for (unsigned i = 0; i < 5; ++i)
      for (unsigned o = 0; o < 5; ++o)
        expected[i * 3 + p] += layer.operands[0].at(i, p) * gamma[o] / std::sqrt(variance + 1e-2) * ((i == o) - 0.2) *
                               layer.relevances[0].at(o, p) / (layer.y.at(o, p) + 1e-6);
  }
  expectNear(evaluate(attn, layer), expected);
  expectNear(evaluate(cp, layer), expected);
  expectNear(evaluate(chefer, layer), layer.relevances[0].data);
}

// Scaling by a constant passes R; a product of data halves it, or has no rule.
TEST_F(Transformer, Products) {
  const DenseLayer scaled = related(makeProduct({random.tensor(3, 4)}, 0.25));
  const DenseLayer gated = related(makeProduct({random.tensor(3, 4), random.tensor(3, 4)}));
  for (const MethodTable *table : {&attn, &cp, &chefer})
    expectNear(evaluate(*table, scaled), scaled.relevances[0].data);
  expectNear(evaluate(attn, gated, 1), each(gated.relevances[0].data, [](double v) { return v / 2; }));
  EXPECT_EQ(rowFor(cp, defaultSettings(cp), gated), nullptr);
  EXPECT_EQ(rowFor(chefer, defaultSettings(chefer), gated), nullptr);
}

// Shares a R / (a + b), then each operand's total is |total| / sum |totals| of sum R.
TEST_F(Transformer, CheferAdd) {
  const DenseTensor a = random.tensor(3, 4), b = random.tensor(3, 4);
  const DenseLayer layer = related(makeAdd({a, b}));
  Values shares[2] = {Values(12), Values(12)};
  for (size_t i = 0; i < 12; ++i) {
    shares[0][i] = a.data[i] * layer.relevances[0].data[i] / layer.y.data[i];
    shares[1][i] = b.data[i] * layer.relevances[0].data[i] / layer.y.data[i];
  }
  const double totals[] = {total(shares[0]), total(shares[1])}, mass = std::abs(totals[0]) + std::abs(totals[1]);
  for (unsigned operand : {0, 1}) {
    const double factor = std::abs(totals[operand]) / mass * layer.relevances[0].sum() / totals[operand];
    expectNear(evaluate(chefer, layer, operand), each(shares[operand], [&](double v) { return v * factor; }), 1e-5);
  }
}

TEST(TransformerFormulas, Rollout) {
  const MethodTable &table = tableOf<methods::AttentionRollout>();
  const Formula formula = formulaOf(table, table.finishes[0].result);
  std::string text = formula.text;
  for (const auto &[name, definition] : formula.definitions)
    text += "; " + name + " = " + definition;
  EXPECT_NE(text.find("classTokenMap(rollout("), std::string::npos) << text;
  EXPECT_NE(text.find("meanOverHeads(y)"), std::string::npos) << text;
  EXPECT_NE(text.find("sumOfRows("), std::string::npos) << text;
}

} // namespace

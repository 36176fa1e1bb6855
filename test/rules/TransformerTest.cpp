// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of the transformer methods against the formulas of their papers, written with nested
// loops.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"
#include "passes/rules/printing/Print.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

/// z+ of a product: shares of the contributions that are positive because both factors have one
/// sign.
struct PositiveProducts {
  static constexpr std::string_view name = "positive-products";
  static consteval void write(Method &m) {
    m.title = "test", m.source = "test", m.help = "test";
    m.seed(m.target());
    const auto op = m.bilinear();
    const auto s = op.R / (op.forward(pos(op.x), pos(op.other)) +
                           op.forward(negPart(op.x), negPart(op.other)));
    m.on(op, pos(op.x) * op.vjp(s, pos(op.x), pos(op.other)) +
                 negPart(op.x) * op.vjp(s, negPart(op.x), negPart(op.other)))
        .holds(Invariant::Conserves);
    m.elsewhere(gradient);
  }
};

struct Transformer : testing::Test {
  Random random{11};
  const MethodTable &attn = tableOf<methods::AttnLrp>(), &cp = tableOf<methods::CpLrp>(),
                    &chefer = tableOf<methods::TransformerLrp>(),
                    &rollout = tableOf<methods::TransformerAttribution>();

  static DenseTensor evaluate(const MethodTable &table, const DenseLayer &layer,
                              unsigned operand = 0) {
    const Settings settings = defaultSettings(table);
    return relevanceOf(table, settings, layer, operand);
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
  for (const MethodTable *table : {&chefer, &rollout})
    expectNear(evaluate(*table, layer), layer.relevances[0].data);
}

// a_ik sum_j b_kj R_ij / (2 y_ij); all of R for a method whose other operand gets none; half of R /
// y for Chefer's
TEST_F(Transformer, Bilinear) {
  const DenseTensor a = random.tensor(3, 4), b = random.tensor(4, 2);
  const DenseLayer layer = related(makeBilinear(a, b));
  Values whole(12);
  for (unsigned i = 0; i < 3; ++i)
    for (unsigned k = 0; k < 4; ++k)
      for (unsigned j = 0; j < 2; ++j)
        whole[i * 4 + k] +=
            a.at(i, k) * b.at(k, j) * layer.relevances[0].at(i, j) / layer.y.at(i, j);
  const Values half = each(whole, [](double v) { return v / 2; });
  expectNear(evaluate(attn, layer), half, 1e-6);
  expectNear(evaluate(cp, layer), whole, 1e-6);
  for (const MethodTable *table : {&chefer, &rollout})
    expectNear(evaluate(*table, layer), half, 1e-6);
}

TEST_F(Transformer, BilinearBesideOtherOperands) {
  const DenseTensor a = random.tensor(3, 4), b = random.tensor(4, 2);
  const DenseLayer layer = related(makeBilinear(a, b));
  Values expected(12);
  auto contribution = [&](unsigned i, unsigned k, unsigned j) {
    return std::max(a.at(i, k) * b.at(k, j), 0.0);
  };
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
        expected[i * 3 + p] += layer.operands[0].at(i, p) * gamma[o] / std::sqrt(variance + 1e-2) *
                               ((i == o) - 0.2) * layer.relevances[0].at(o, p) /
                               (layer.y.at(o, p) + 1e-6);
  }
  expectNear(evaluate(attn, layer), expected);
  expectNear(evaluate(cp, layer), expected);
  for (const MethodTable *table : {&chefer, &rollout})
    expectNear(evaluate(*table, layer), layer.relevances[0].data);
}

// Scaling by a constant passes R; a product of data halves it, or has no rule.
TEST_F(Transformer, Products) {
  const DenseLayer scaled = related(makeProduct({random.tensor(3, 4)}, 0.25));
  const DenseLayer gated = related(makeProduct({random.tensor(3, 4), random.tensor(3, 4)}));
  for (const MethodTable *table : {&attn, &cp, &chefer, &rollout})
    expectNear(evaluate(*table, scaled), scaled.relevances[0].data);
  expectNear(evaluate(attn, gated, 1),
             each(gated.relevances[0].data, [](double v) { return v / 2; }));
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
  const double totals[] = {total(shares[0]), total(shares[1])},
               mass = std::abs(totals[0]) + std::abs(totals[1]);
  for (unsigned operand : {0, 1}) {
    const double factor =
        std::abs(totals[operand]) / mass * layer.relevances[0].sum() / totals[operand];
    for (const MethodTable *table : {&chefer, &rollout})
      expectNear(evaluate(*table, layer, operand),
                 each(shares[operand], [&](double v) { return v * factor; }), 1e-5);
  }
}

//===-- Layers that other networks have, too -----------------------------===//

struct TransformerLayers : Transformer {
  const MethodTable *lxt[2] = {&attn, &cp}, *authors[2] = {&chefer, &rollout};
  PlainConvolution plain{
      {.height = 4, .width = 5, .kernel = {2, 3}, .strides = {2, 1}, .pads = {0, 1, 1, 0}},
      3,
      4,
      1};
  Values w = random.values(plain.weightSize()), b = random.values(4), matrix = random.values(18),
         offsets = random.values(6);
  DenseLayer convolution = related(makeConvolution(random.tensor(3, 20), plain.window, 4, 1, w, b));
  DenseLayer dense = related(makeDense(random.tensor(3, 1), 6, matrix, offsets));
  PlainConvolution plainDense{{}, 3, 6, 1};

  static Values added(const Values &a, const Values &b, double guard) {
    return each(a, b, [&](double u, double v) { return u / (v + guard); });
  }
  /// W x + b, b for each channel.
  static Values affine(const PlainConvolution &op, const Values &x, const Values &w,
                       const Values &b) {
    Values z = op.conv(x, w);
    for (size_t i = 0; i < z.size(); ++i)
      z[i] += b[i / (z.size() / b.size())];
    return z;
  }
};

// x W'(R / (z + 1e-6)), z with its bias
TEST_F(TransformerLayers, LinearByEpsilon) {
  for (const MethodTable *table : lxt)
    for (const auto &[op, layer, kernel, bias] :
         {std::tuple{&plain, &convolution, &w, &b}, {&plainDense, &dense, &matrix, &offsets}}) {
      const Values &x = layer->operands[0].data, &R = layer->relevances[0].data;
      const Values z = affine(*op, x, *kernel, *bias);
      expectNear(evaluate(*table, *layer), times(x, op->convT(added(R, z, 1e-6), *kernel)));
      expectNear(relevanceOf(*table, settingsOf(*table, {{"epsilon", "0.5"}}), *layer),
                 times(x, op->convT(added(R, z, 0.5), *kernel)));
    }
}

// s = R / (W+ x+ + W- x-), x+ W+' s + x- W-' s: no bias
TEST_F(TransformerLayers, LinearByPositiveContributions) {
  for (const MethodTable *table : authors)
    for (const auto &[op, layer, kernel] :
         {std::tuple{&plain, &convolution, &w}, {&plainDense, &dense, &matrix}}) {
      const Values &x = layer->operands[0].data, &R = layer->relevances[0].data;
      const Values xp = positive(x), xn = negative(x), wp = positive(*kernel),
                   wn = negative(*kernel);
      const Values z = sum(op->conv(xp, wp), op->conv(xn, wn));
      const Values s = each(R, z, [](double r, double v) { return v == 0 ? 0 : r / (v + 1e-9); });
      expectNear(evaluate(*table, *layer),
                 sum(times(xp, op->convT(s, wp)), times(xn, op->convT(s, wn))));
    }
}

TEST_F(TransformerLayers, PatchesByTheBoxRule) {
  DenseLayer first = convolution;
  first.firstLayer = true;
  const Values &x = first.operands[0].data, &R = first.relevances[0].data, wp = positive(w),
               wn = negative(w);
  const Values l(60, *std::min_element(x.begin(), x.end())),
      h(60, *std::max_element(x.begin(), x.end()));
  const Values s = added(
      R, difference(difference(plain.conv(x, w), plain.conv(l, wp)), plain.conv(h, wn)), 1e-9);
  const Values expected =
      difference(difference(times(x, plain.convT(s, w)), times(l, plain.convT(s, wp))),
                 times(h, plain.convT(s, wn)));
  for (const MethodTable *table : authors)
    expectNear(evaluate(*table, first), expected);
}

TEST_F(TransformerLayers, AveragePool) {
  const Window window{.height = 4, .width = 4, .kernel = {2, 2}, .strides = {2, 2}};
  const PlainConvolution pool{window, 2, 2, 2};
  const DenseLayer layer = related(makeAveragePool(random.tensor(2, 16), window, true));
  const Values quarters(8, 0.25), &x = layer.operands[0].data, &R = layer.relevances[0].data,
                                  y = pool.conv(x, quarters);
  for (const MethodTable *table : lxt)
    expectNear(evaluate(*table, layer), times(x, pool.convT(added(R, y, 1e-8), quarters)), 1e-12);
  for (const MethodTable *table : authors)
    expectNear(evaluate(*table, layer), times(x, pool.convT(added(R, y, 1e-9), quarters)), 1e-12);
}

// x_i R / (a + b + 1e-8)
TEST_F(TransformerLayers, AddByContributions) {
  const DenseTensor a{1, 3, {1, -2, 3}}, c{1, 3, {1e-8, 4, -3}};
  DenseLayer layer = makeAdd({a, c});
  setRelevance(layer, {1, 3, {2, 3, 4}});
  const Values s = added({2, 3, 4}, sum(a.data, c.data), 1e-8);
  for (const MethodTable *table : lxt) {
    expectNear(evaluate(*table, layer, 0), times(a.data, s));
    expectNear(evaluate(*table, layer, 1), times(c.data, s));
  }
}

// A linear map with its bias lost; or passed.
TEST_F(TransformerLayers, BatchNorm) {
  const DenseLayer layer =
      related(makeBatchNorm(random.tensor(2, 3), {2, -1}, {0.5, 1}, {0.1, -0.2}, {4, 0.25}, 1e-3));
  const double scale[] = {2 / std::sqrt(4 + 1e-3), -1 / std::sqrt(0.25 + 1e-3)},
               mean[] = {0.1, -0.2}, beta[] = {0.5, 1};
  Values expected(6);
  for (unsigned i = 0; i < 6; ++i) {
    const double x = layer.operands[0].data[i], y = scale[i / 3] * (x - mean[i / 3]) + beta[i / 3];
    expected[i] = x * scale[i / 3] * layer.relevances[0].data[i] / (y + 1e-6);
  }
  for (const MethodTable *table : lxt)
    expectNear(evaluate(*table, layer), expected);
  for (const MethodTable *table : authors)
    expectNear(evaluate(*table, layer), layer.relevances[0].data);
}

TEST_F(TransformerLayers, OthersPassOrRearrange) {
  const DenseLayer gelu = related(makeActivation(
      Capability::Activation, random.tensor(2, 3),
      [](double v) { return v / (1 + std::exp(-1.7 * v)); }, [](double) { return 7.0; }));
  DenseLayer pool = makeMaxPool({1, 4, {1, 5, 5, 2}}, {.height = 2, .width = 2, .kernel = {2, 2}});
  setRelevance(pool, {1, 1, 3.0});
  DenseLayer rows = makeStructural({1, 3, {1, 2, 3}}, 3, 1, {2, 0, -1});
  setRelevance(rows, {3, 1, {10, 20, 30}});
  DenseLayer concat = makeConcat({{1, 2, {1, 0}}, {2, 2, {1, 1, 1, 1}}});
  setRelevance(concat, {3, 2, {1, 2, 3, 4, 5, 6}});
  DenseLayer fork = makeFork({1, 2, {0, 2}});
  fork.relevances = {{1, 2, {1, 2}}, {1, 2, {10, 20}}};
  for (const MethodTable *table : {&attn, &cp, &chefer, &rollout}) {
    expectNear(evaluate(*table, gelu), gelu.relevances[0].data);
    expectNear(evaluate(*table, pool), {0, 3, 0, 0});
    expectNear(evaluate(*table, rows), {20, 0, 10});
    expectNear(evaluate(*table, concat, 0), {1, 2});
    expectNear(evaluate(*table, concat, 1), {3, 4, 5, 6});
    const bool authors =
        table == &chefer || table == &rollout; // they divide by the value: where it is 0, nothing
    expectNear(evaluate(*table, fork), {authors ? 0.0 : 11.0, 22});
  }
}

//===-- Rollouts ---------------------------------------------------------===//

struct Rollouts : testing::Test {
  static constexpr unsigned layers = 3, heads = 2, tokens = 5;
  Random random{29};
  DenseHead head;
  const DenseTensor image{1, 1, 1.0};
  Rollouts() {
    for (unsigned l = 0; l < layers; ++l) {
      DenseLayer attention;
      attention.capability = Capability::Softmax;
      attention.y = {heads * tokens, tokens, random.values(heads * tokens * tokens, 0, 1)};
      attention.operands = {attention.y};
      setRelevance(attention, random.tensor(heads * tokens, tokens));
      setRelevance(attention, random.tensor(heads * tokens, tokens), 1);
      head.attention.push_back(attention);
    }
  }
  /// The class token's row of M_L ... M_1, M_l = I + the mean over heads of entry(l, index).
  Values rolledOut(const std::function<double(const DenseLayer &layer, size_t entry)> &entry,
                   bool normalised) const {
    Values row(tokens);
    row[0] = 1;
    for (unsigned l = layers; l-- > 0;) {
      Values next(tokens);
      for (unsigned i = 0; i < tokens; ++i) {
        Values matrixRow(tokens);
        for (unsigned j = 0; j < tokens; ++j) {
          matrixRow[j] = i == j;
          for (unsigned h = 0; h < heads; ++h)
            matrixRow[j] += entry(head.attention[l], (h * tokens + i) * tokens + j) / heads;
        }
        const double mass = normalised ? total(matrixRow) : 1;
        for (unsigned j = 0; j < tokens; ++j)
          next[j] += row[i] * matrixRow[j] / mass;
      }
      row = next;
    }
    return {row.begin() + 1, row.end()};
  }
};

TEST_F(Rollouts, Attention) {
  const MethodTable &table = tableOf<methods::AttentionRollout>();
  expectNear(mapOf(table, defaultSettings(table), {}, image, &head),
             rolledOut([](const DenseLayer &layer, size_t i) { return layer.y.data[i]; }, true));
}

TEST_F(Rollouts, AttentionByRelevanceAndGradient) {
  const MethodTable &table = tableOf<methods::TransformerAttribution>();
  ASSERT_EQ(table.streams[0].name, "gradient");
  expectNear(mapOf(table, defaultSettings(table), {}, image, &head),
             rolledOut(
                 [](const DenseLayer &layer, size_t i) {
                   return std::max(layer.relevances[0].data[i] * layer.streams[0][0].data[i], 0.0);
                 },
                 false));
  expectNear(mapOf(table, settingsOf(table, {{"weight", "relevance"}}), {}, image, &head),
             rolledOut([](const DenseLayer &layer,
                          size_t i) { return std::max(layer.relevances[0].data[i], 0.0); },
                       false));
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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RSP's rows and seeds against the released code's steps (Nam, Choi, Lee 2021), written with nested
// loops.
#include "SharedCode.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct RspRule : testing::Test {
  Random random{11};
  const MethodTable &rsp = tableOf<methods::Rsp>();
  Settings settings = defaultSettings(rsp);

  void choose(std::initializer_list<std::pair<std::string, std::string>> given) {
    std::string error;
    const std::vector<std::pair<std::string, std::string>> pairs(given);
    ASSERT_TRUE(resolveSettings(rsp, "", pairs, settings, error)) << error;
  }
  DenseTensor evaluate(const DenseLayer &layer, unsigned operand = 0) const {
    return relevanceOf(rsp, settings, layer, operand);
  }

  /// The sectional rule as released, with its masks.
  static Values sectional(const PlainConvolution &conv, const Values &x, const Values &R) {
    const Values p = positive(x), rp = positive(R),
                 rn = each(negative(R), [](double v) { return -v; });
    const auto half = [&](const Values &r) {
      const Values mask = each(r, [](double v) { return double(v != 0); });
      const Values filters = conv.wgrad(p, r);
      const Values g = times(conv.conv(p, filters), mask);
      return times(p, conv.convT(times(sdivA(r, g), mask), filters));
    };
    Values c = difference(half(rp), half(rn));
    if (conv.window.kernel[0] == 1)
      return c;
    c = each(c, [](double v) { return 2 * v; });
    const double n = double(std::count_if(c.begin(), c.end(), [](double v) { return v != 0; }));
    const double shift = n == 0 ? 0 : total(difference(rp, rn)) / n;
    return each(c, [&](double v) { return v != 0 ? v - shift : 0; });
  }
  void expectSectional(const PlainConvolution &plain) {
    const DenseTensor x =
        random.activations(plain.channels, plain.window.height * plain.window.width);
    DenseLayer layer = makeConvolution(x, plain.window, plain.outChannels, plain.groups,
                                       random.values(plain.weightSize()), {});
    DenseTensor R = random.tensor(layer.y.channels, layer.y.positions);
    for (size_t i = 0; i < R.size(); i += 5)
      R.data[i] = 0;
    setRelevance(layer, R);
    expectNear(evaluate(layer), sectional(plain, x.data, R.data));
  }
};

TEST_F(RspRule, SectionalConvolution) {
  expectSectional({{.height = 5, .width = 6, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 4, 3, 1});
  expectSectional(
      {{.height = 7, .width = 6, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
       4,
       3,
       1});
}
TEST_F(RspRule, KernelHeightDecides) {
  expectSectional({{.height = 4, .width = 4, .kernel = {1, 1}}, 4, 5, 1});
  expectSectional({{.height = 4, .width = 4, .kernel = {1, 3}, .pads = {0, 1, 0, 1}}, 4, 5, 1});
  expectSectional({{.height = 4, .width = 4, .kernel = {3, 1}, .pads = {1, 0, 1, 0}}, 4, 5, 1});
}
TEST_F(RspRule, GroupsKeepApart) {
  expectSectional({{.height = 4, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 4, 4, 4});
  expectSectional(
      {{.height = 4, .width = 4, .kernel = {3, 3}, .dilations = {2, 2}, .pads = {2, 2, 2, 2}},
       4,
       6,
       2});
}

TEST_F(RspRule, PurgeOfThePaper) {
  const PlainConvolution plain{
      {.height = 4, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 2, 3, 1};
  const DenseTensor x = random.activations(2, 16);
  DenseLayer layer = makeConvolution(x, plain.window, 3, 1, random.values(plain.weightSize()), {});
  const DenseTensor R = random.tensor(3, 16);
  setRelevance(layer, R);
  Values purged = R.data;
  for (unsigned p = 0; p < 16; ++p) {
    const double c = R.data[p] + R.data[16 + p] + R.data[32 + p];
    for (unsigned k = 0; k < 3; ++k) {
      double &r = purged[k * 16 + p];
      r = c > 0 ? std::max(r, 0.0) : std::min(r, 0.0);
    }
  }
  choose({{"variant", "paper"}});
  expectNear(evaluate(layer), sectional(plain, x.data, purged));
  choose({{"variant", "paper"}, {"purge", "off"}});
  expectNear(evaluate(layer), sectional(plain, x.data, R.data));
}

TEST_F(RspRule, BoxRuleAtTheFirstLayer) {
  const FirstLayer first(random);
  const DenseTensor result = evaluate(first.layer);
  expectNear(result, first.boxRule(sdivA));
  EXPECT_NEAR(result.sum(), first.layer.relevances[0].sum(), 1e-9);
}

// X' = X + 1e-9; all of R to the first maximum, also in a window of zeros
TEST_F(RspRule, MaxPool) {
  const Window window{.height = 2, .width = 6, .kernel = {2, 2}, .strides = {2, 2}};
  DenseLayer pool = makeMaxPool({1, 12, {0, 0, 1, 2, -3, -1, 0, 0, 2, 0, -2, -4}}, window);
  setRelevance(pool, {1, 3, {5, -7, 9}});
  expectNear(evaluate(pool), {5, 0, 0, -7, 0, 9, 0, 0, 0, 0, 0, 0});
}

// f(R - B) + f(B), f(r) = X (r / (X w)) w, with the released variance term squared
TEST_F(RspRule, BatchNorm) {
  const DenseTensor x = random.activations(3, 5);
  const Values gamma{1.5, 0, -2}, beta{.3, -.2, .1}, variance{.5, 2, 3};
  DenseLayer norm = makeBatchNorm(x, gamma, beta, {0, 0, 0}, variance, 1e-5);
  DenseTensor R = random.tensor(3, 5);
  R.data[2] = R.data[12] = 0;
  setRelevance(norm, R);
  Values expected(15);
  for (unsigned c = 0; c < 3; ++c) {
    const double w = gamma[c] / std::sqrt(variance[c] * variance[c] + 1e-5);
    double count = 0;
    for (unsigned p = 0; p < 5; ++p)
      count += R.data[c * 5 + p] != 0;
    for (unsigned p = 0; p < 5; ++p) {
      const unsigned i = c * 5 + p;
      const double share = R.data[i] != 0 && count != 0 ? beta[c] / count : 0;
      const auto f = [&](double r) {
        return x.data[i] * w == 0 ? 0 : x.data[i] * (r / (x.data[i] * w)) * w;
      };
      expected[i] = f(R.data[i] - share) + f(share);
    }
  }
  expectNear(evaluate(norm), expected);
}

TEST_F(RspRule, DenseAsOneByOne) {
  const DenseTensor x = random.activations(6, 1);
  DenseLayer dense = makeDense(x, 4, random.values(24), random.values(4));
  setRelevance(dense, random.tensor(4, 1));
  const PlainConvolution plain{{.height = 1, .width = 1}, 6, 4, 1};
  expectNear(evaluate(dense), sectional(plain, x.data, dense.relevances[0].data));
  EXPECT_EQ(rowFor(rsp, settings, dense)->label, "our extension");
}

//===-- Seeds ------------------------------------------------------------===//

struct RspSeed : RspRule {
  static constexpr unsigned channels = 3, positions = 4, classCount = 5;
  DenseHead head;
  Values matrix = random.values(classCount * channels * positions);

  RspSeed() {
    head.layer = random.activations(channels, positions);
    head.logits = random.tensor(classCount, 1);
    head.target = 2;
    head.gradient = [this](const DenseTensor &score) {
      DenseTensor result(channels, positions);
      for (unsigned c = 0; c < classCount; ++c)
        for (unsigned i = 0; i < channels * positions; ++i)
          result.data[i] += score.data[c] * matrix[c * channels * positions + i];
      return result;
    };
  }
  /// A alpha, alpha = mean over space, over max + 1e-9.
  Values attribution(unsigned c) const {
    Values g(channels * positions);
    for (unsigned k = 0; k < channels; ++k) {
      double alpha = 0;
      for (unsigned p = 0; p < positions; ++p)
        alpha += matrix[(c * channels + k) * positions + p] / positions;
      for (unsigned p = 0; p < positions; ++p)
        g[k * positions + p] = head.layer.data[k * positions + p] * alpha;
    }
    const double largest = *std::max_element(g.begin(), g.end());
    return each(g, [&](double v) { return v / (largest + 1e-9); });
  }
  /// The released code's hostile seed, step by step.
  Values hostile(const std::vector<unsigned> &others) const {
    Values d = each(attribution(head.target), [&](double v) { return v * double(others.size()); });
    for (unsigned h : others)
      d = difference(d, attribution(h));
    Values pos = positive(d), neg = negative(d);
    const double posSum = total(pos), smallest = *std::min_element(neg.begin(), neg.end());
    pos = each(pos, [&](double v) { return v / (posSum + 1e-9); });
    neg = each(neg, [&](double v) { return smallest == 0 ? 0 : v / smallest; });
    const double negSum = total(neg), mass = total(pos);
    neg = each(neg, [&](double v) { return v / (negSum + 1e-9) * mass; });
    Values map(positions);
    for (unsigned i = 0; i < channels * positions; ++i)
      map[i % positions] += pos[i] - neg[i];
    const double plus = total(positive(map)), minus = total(negative(map));
    Values result(channels * positions);
    for (unsigned i = 0; i < result.size(); ++i) {
      const double c = map[i % positions];
      result[i] =
          ((c > 0 ? c / (plus + 1e-9) * 2 : 0) - (c <= 0 ? c / (minus + 1e-9) : 0)) / channels;
    }
    return result;
  }
  DenseTensor evaluateIt() const {
    EXPECT_TRUE(seedFor(rsp, settings)->atLayer);
    return seedOf(rsp, settings, head);
  }
};

TEST_F(RspSeed, Single) { expectNear(evaluateIt(), attribution(2)); }

TEST_F(RspSeed, HostileAgainstTwoClasses) {
  choose({{"seed", "hostile"}});
  head.classes = {4, 2, 0};
  const DenseTensor seed = evaluateIt();
  expectNear(seed, hostile({4, 0}));
  // Equal in all channels, masses +2 and -1.
  EXPECT_NEAR(total(positive(seed.data)), 2, 1e-6);
  EXPECT_NEAR(total(negative(seed.data)), -1, 1e-6);
  for (unsigned i = 0; i < positions; ++i)
    EXPECT_EQ(seed.data[i], seed.data[2 * positions + i]);
}
TEST_F(RspSeed, TargetNeedNotBeListed) {
  choose({{"seed", "hostile"}});
  head.classes = {4};
  expectNear(evaluateIt(), hostile({4}));
}
TEST_F(RspSeed, OneClassAloneIsSingle) {
  choose({{"seed", "hostile"}});
  head.classes = {2};
  expectNear(evaluateIt(), attribution(2));
}
TEST_F(RspSeed, NoNegativeEntryGivesNoNegativePart) {
  choose({{"seed", "hostile"}});
  // Non-negative activations and a hostile class without gradient: D = G_t >= 0.
  for (double &v : head.layer.data)
    v = std::abs(v);
  for (unsigned i = 0; i < channels * positions; ++i) {
    matrix[4 * channels * positions + i] = 0;
    matrix[2 * channels * positions + i] = std::abs(matrix[2 * channels * positions + i]);
  }
  head.classes = {2, 4};
  const DenseTensor seed = evaluateIt();
  expectNear(seed, hostile({4}));
  for (double v : seed.data)
    EXPECT_TRUE(std::isfinite(v) && v >= 0);
  EXPECT_NEAR(seed.sum(), 2, 1e-6);
}
TEST_F(RspSeed, PaperMeansHostileUnlessSaidOtherwise) {
  choose({{"variant", "paper"}});
  head.classes = {2, 0};
  expectNear(evaluateIt(), hostile({0}));
  choose({{"variant", "paper"}, {"seed", "single"}});
  expectNear(evaluateIt(), attribution(2));
}

} // namespace

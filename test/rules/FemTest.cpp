// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FEM and its kin against the k-sigma rule written with loops; fusion of what several places give.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"
#include "passes/rules/printing/Print.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct Sigma {
  double k = 2;
  bool atLeast = false, sample = false, scaled = true;
};

bool standsOut(const DenseTensor &a, unsigned channel, unsigned position, const Sigma &sigma) {
  double mean = 0, squares = 0;
  for (unsigned p = 0; p < a.positions; ++p)
    mean += a.at(channel, p) / a.positions;
  for (unsigned p = 0; p < a.positions; ++p)
    squares += std::pow(a.at(channel, p) - mean, 2);
  const double threshold = mean + sigma.k * std::sqrt(squares / (a.positions - sigma.sample));
  return sigma.atLeast ? a.at(channel, position) >= threshold : a.at(channel, position) > threshold;
}
double meanOf(const DenseTensor &a, unsigned channel) {
  double sum = 0;
  for (unsigned p = 0; p < a.positions; ++p)
    sum += a.at(channel, p);
  return sum / a.positions;
}
Values fem(const DenseTensor &a, const Sigma &sigma) {
  Values map(a.positions);
  for (unsigned c = 0; c < a.channels; ++c)
    for (unsigned p = 0; p < a.positions; ++p)
      map[p] += meanOf(a, c) * standsOut(a, c, p, sigma);
  const double largest = *std::max_element(map.begin(), map.end());
  for (double &v : map)
    v = !sigma.scaled ? v : largest == 0 ? 0 : v / largest;
  return map;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct FemTest : testing::Test {
  Random random{23};
  DenseHead head{.layer = random.activations(4, 30),
                 .logits = {3, 1, {5, 6, 7}},
                 .target = 1,
                 .classes = {},
                 .gradient = {}};
};

TEST_F(FemTest, FollowsTheKSigmaRule) {
  const MethodTable &table = tableOf<methods::Fem>();
  EXPECT_FALSE(table.walks);
  const auto evaluate = [&](const Parameters &parameters) {
    return mapOf(table, settingsOf(table, parameters), {}, {}, &head);
  };
  expectNear(evaluate({{"k", "1"}}), fem(head.layer, {.k = 1}));
  expectNear(evaluate({{"k", "1"}, {"deviation", "sample"}}),
             fem(head.layer, {.k = 1, .sample = true}));
  expectNear(evaluate({{"k", "1"}, {"scale", "none"}}), fem(head.layer, {.k = 1, .scaled = false}));
}

// A channel that is the same everywhere has deviation 0: all of it lies at its threshold.
TEST_F(FemTest, AtTheThreshold) {
  head.layer = {2, 4, {0, 0, 0, 6, 1, 1, 1, 1}};
  const MethodTable &table = tableOf<methods::Fem>();
  expectNear(mapOf(table, settingsOf(table, {{"k", "1"}}), {}, {}, &head), {0, 0, 0, 1});
  expectNear(mapOf(table, settingsOf(table, {{"k", "1"}}, "xplique"), {}, {}, &head),
             {1, 1, 1, 1 + 1.5});
  head.layer = {1, 1, Values{3}}; // one position: no sample deviation
  expectNear(mapOf(table, settingsOf(table, {{"deviation", "sample"}}), {}, {}, &head), {0});
}

TEST_F(FemTest, OfPytorchGradCamWeighsChannels) {
  const MethodTable &table = tableOf<methods::FemPg>();
  Values expected(30);
  for (unsigned c = 0; c < 4; ++c)
    for (unsigned p = 0; p < 30; ++p)
      for (unsigned q = 0; q < 30; ++q)
        expected[p] += standsOut(head.layer, c, q, {.k = 1}) / 30.0 * head.layer.at(c, p);
  expectNear(mapOf(table, settingsOf(table, {{"k", "1"}}), {}, {}, &head), expected);
}

TEST_F(FemTest, OfSeveralLayers) {
  const MethodTable &table = tableOf<methods::MlFem>();
  EXPECT_FALSE(table.walks);
  const DenseLayer place = makeFork(random.activations(5, 20));
  expectNear(collectedOverRuns(table, settingsOf(table, {{"k", "1"}}), 0, {{place}}),
             fem(place.operands[0], {.k = 1}));
}

TEST_F(FemTest, FusesWhatSeveralPlacesGive) {
  head.collected = {{1, 3, {1, 0, -2}}, {1, 3, {3, 5, 2}}};
  const DenseTensor input(1, 3);
  for (const MethodTable *table :
       {&tableOf<methods::MlFem>(), &tableOf<methods::Rfem>(), &tableOf<methods::RfemClass>()}) {
    const auto fused = [&](const char *fusion) {
      return mapOf(*table, settingsOf(*table, {{"fusion", fusion}}), {}, input, &head);
    };
    expectNear(fused("mean"), {2, 2.5, 0});
    expectNear(fused("sum"), {4, 5, 0});
    expectNear(fused("max"), {3, 5, 2});
    expectNear(fused("product"), {3, 0, -4});
  }
}

// Two positions brought to four. Keys' kernel with a = -1/2 is 111, 29, -9 / 128 at the distances
// 1/4, 3/4, 5/4.
TEST_F(FemTest, PictureMayBeCubic) {
  head.layer = {3, 2, {1, 3, 0.5, 0.25, 4, -1}};
  const MethodTable &table = tableOf<methods::Fem>();
  const DenseTensor input(1, 4);
  const Values map = fem(head.layer, {.k = 0.5});
  ASSERT_NE(map[0], map[1]);
  expectNear(map2dOf(table, settingsOf(table, {{"k", "0.5"}}), {}, input, &head), map);
  const auto between = [](double near, double far) { return (111 * near + 29 * far) / 140; };
  const auto beyond = [](double near, double far) { return (111 * near - 9 * far) / 102; };
  expectNear(
      map2dOf(table, settingsOf(table, {{"k", "0.5"}, {"picture", "cubic"}}), {}, input, &head),
      {beyond(map[0], map[1]), between(map[0], map[1]), between(map[1], map[0]),
       beyond(map[1], map[0])});
}

TEST_F(FemTest, OfAttention) {
  const unsigned heads = 3, tokens = 7;
  DenseLayer attention =
      makeSoftmax(random.tensor(heads * tokens, tokens)); // heads x queries, keys
  setRelevance(attention, random.tensor(heads * tokens, tokens));
  DenseTensor rows(heads, tokens - 1), weighted = rows;
  for (unsigned h = 0; h < heads; ++h)
    for (unsigned p = 0; p + 1 < tokens; ++p) {
      const double a = rows.data[h * (tokens - 1) + p] = attention.y.at(h * tokens, p + 1);
      weighted.data[h * (tokens - 1) + p] =
          a * std::max(attention.relevances[0].at(h * tokens, p + 1), 0.0);
    }
  const MethodTable &rfem = tableOf<methods::Rfem>(), &ofClass = tableOf<methods::RfemClass>();
  EXPECT_FALSE(rfem.walks);
  expectNear(seedOf(ofClass, defaultSettings(ofClass), head), {0, 1, 0});
  expectNear(collectedOverRuns(rfem, defaultSettings(rfem), 0, {{attention}}), fem(rows, {.k = 1}));
  expectNear(collectedOverRuns(ofClass, defaultSettings(ofClass), 0, {{attention}}),
             fem(weighted, {.k = 1}));
}

TEST(FemText, SaysWhereItCollects) {
  const std::string page = printPage(tableOf<methods::MlFem>()),
                    attention = printPage(tableOf<methods::RfemClass>());
  EXPECT_NE(page.find("Collected at each value x of `layers`: "), std::string::npos) << page;
  EXPECT_NE(page.find("| `layers` | name,... | by the network |"), std::string::npos) << page;
  EXPECT_NE(page.find("choose(fusion=product, collected(product), "), std::string::npos) << page;
  EXPECT_NE(attention.find("Collected at each Softmax (attention): "), std::string::npos)
      << attention;
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CLRP and SGLRP explain a class against the others: where their two relevances start, and how the
// map is made of both.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct Contrast : testing::Test {
  DenseHead head;
  const DenseTensor maps[2] = {{1, 3, {4, -1, 2}}, {1, 3, {1, 3, -6}}};
  Contrast() {
    head.layer = DenseTensor(1, 1);
    head.logits = {3, 1, {0.5, 4, -2}};
    head.target = 1;
  }
  DenseTensor seed(const MethodTable &table, const Settings &settings, unsigned stream) const {
    return seedOf(table, settings, head, stream);
  }
};

// Others start with the target's logit in equal parts.
TEST_F(Contrast, Clrp) {
  const MethodTable &table = tableOf<methods::Clrp>();
  const Settings paper = settingsOf(table), agf = settingsOf(table, {}, "agf"),
                 one = settingsOf(table, {{"seed", "one"}});
  expectNear(seed(table, agf, 0), {0, 4, 0});
  expectNear(seed(table, agf, 1), {2, 0, 2});
  expectNear(seed(table, one, 1), {0.5, 0, 0.5});
  expectNear(mapOf(table, paper, maps, maps[0]), {3, 0, 8});
  expectNear(mapOf(table, agf, maps, maps[0]), {4 + 2.5, -1 + 7.5, 2 - 15}); // sums 5 and -2
}

// The derivative of the target's probability.
TEST_F(Contrast, Sglrp) {
  const MethodTable &table = tableOf<methods::Sglrp>();
  const Settings paper = settingsOf(table), agf = settingsOf(table, {}, "agf");
  const double sum = std::exp(0.5) + std::exp(4) + std::exp(-2);
  const double p[] = {std::exp(0.5) / sum, std::exp(4) / sum, std::exp(-2) / sum};
  expectNear(seed(table, paper, 0), {-p[0] * p[1], p[1] * (1 - p[1]), -p[2] * p[1]});
  expectNear(seed(table, agf, 0), {0, p[1] * (1 - p[1]) + 1e-8, 0});
  expectNear(seed(table, agf, 1), {p[0] * p[1], 0, p[2] * p[1]});
  expectNear(mapOf(table, paper, maps, maps[0]), {4, -1, 2});
  EXPECT_NEAR(mapOf(table, agf, maps, maps[0]).sum(), 0, 1e-12);
}

} // namespace

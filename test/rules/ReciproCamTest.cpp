// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scores with one position or token left: Recipro-CAM, and its form for transformers against the
// steps of OpenVINO XAI.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

/// A layer of 2 x `positions`, class 1's score a square of a weighted sum less 3: of both signs.
struct ScoredLayer {
  Random random{101};
  DenseHead head;
  Values weights;
  const DenseTensor input = random.tensor(2, 6);
  std::vector<DenseTensor> seen;

  explicit ScoredLayer(unsigned positions) : weights(random.values(2 * positions)) {
    head.layer = random.tensor(2, positions);
    head.logits = {2, 1, {0, score(head.layer)}};
    head.target = 1;
  }
  double score(const DenseTensor &layer) const {
    const double sum = total(times(layer.data, weights));
    return 20 * sum * sum - 3;
  }
  DenseTensor map(const MethodTable &table, const Settings &settings, bool map2d = false) {
    seen.clear();
    return mapOverRuns(
        table, settings, input, head,
        [&](const DenseTensor &layer) {
          seen.push_back(layer);
          return DenseRun{.logits = {2, 1, {7, score(layer)}}, .layer = layer, .maps = {}};
        },
        {}, map2d);
  }
  /// What is left of the layer under a factor for each position.
  DenseTensor masked(const Values &factors) const {
    DenseTensor result = head.layer;
    for (size_t i = 0; i < result.size(); ++i)
      result.data[i] *= factors[i % factors.size()];
    return result;
  }
};

/// 1 at the position, or a half and a quarter at its neighbours.
Values leftAt(size_t position, size_t positions, bool gaussian) {
  Values factors(positions);
  factors[position] = gaussian ? 0.5 : 1;
  if (gaussian && position > 0)
    factors[position - 1] = 0.25;
  if (gaussian && position + 1 < positions)
    factors[position + 1] = 0.25;
  return factors;
}

/// Brought to [0, 1], from three positions to six, and there again.
Values picture(const Values &map) {
  const auto scaled = [](const Values &v) {
    const auto [low, high] = std::ranges::minmax(v);
    return each(v, [low = low, high = high](double u) { return (u - low) / (high - low + 1e-7); });
  };
  const Values s = scaled(map);
  return scaled({s[0], 0.75 * s[0] + 0.25 * s[1], 0.25 * s[0] + 0.75 * s[1],
                 0.75 * s[1] + 0.25 * s[2], 0.25 * s[1] + 0.75 * s[2], s[2]});
}

TEST(ReciproCam, ScoresEachPositionAlone) {
  ScoredLayer network(3);
  const MethodTable &table = tableOf<methods::ReciproCam>();
  for (bool gaussian : {false, true}) {
    const Settings settings = settingsOf(table, {{"mask", gaussian ? "gaussian" : "point"}});
    Values expected;
    for (size_t p = 0; p < 3; ++p)
      expected.push_back(network.score(network.masked(leftAt(p, 3, gaussian))));
    expectNear(network.map(table, settings), expected);
    expectNear(network.map(table, settings, true), picture(expected));
  }
}

TEST(VitReciproCam, ScoresEachPatchWithTheClassToken) {
  ScoredLayer network(4); // the class token and three patches
  const MethodTable &table = tableOf<methods::VitReciproCam>();
  for (bool gaussian : {false, true})
    for (bool kept : {false, true})
      for (bool masksNorm : {false, true}) {
        const Settings settings = settingsOf(table, {{"mask", gaussian ? "gaussian" : "point"},
                                                     {"class-token", kept ? "kept" : "dropped"},
                                                     {"norm", masksNorm ? "masked" : "computed"}});
        Values expected;
        std::vector<Values> factors;
        for (size_t p = 0; p < 3; ++p) {
          Values patches = leftAt(p, 3, gaussian);
          patches.insert(patches.begin(), kept ? 1 : 0);
          factors.push_back(patches);
          expected.push_back(network.score(network.masked(patches)));
        }
        expectNear(network.map(table, settings), expected);
        ASSERT_EQ(network.seen.size(), 3u);
        for (unsigned run = 0; run < 3; ++run) {
          expectNear(network.seen[run], network.masked(factors[run]).data);
          const std::optional<DenseTensor> norms = normMaskOf(table, settings, network.head, run);
          ASSERT_EQ(norms.has_value(), masksNorm);
          if (norms)
            expectNear(*norms, factors[run]);
        }
        expectNear(network.map(table, settings, true), picture(expected));
      }
}

} // namespace

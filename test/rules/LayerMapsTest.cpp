// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Maps at a layer that need more than a weighted sum: Eigen-CAM, Score-CAM, Guided Grad-CAM, layer
// gradient x activation, and the pictures made of them.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

/// Two positions brought to four.
Values nearest(const Values &v) { return {v[0], v[0], v[1], v[1]}; }
Values halfPixel(const Values &v) {
  return {v[0], 0.75 * v[0] + 0.25 * v[1], 0.25 * v[0] + 0.75 * v[1], v[1]};
}
/// Keys' kernel with a = -1/2 is 111, 29, -9 / 128 at the distances 1/4, 3/4, 5/4; what lies
/// outside has no weight.
Values cubic(const Values &v) {
  const auto between = [](double near, double far) { return (111 * near + 29 * far) / 140; };
  const auto beyond = [](double near, double far) { return (111 * near - 9 * far) / 102; };
  return {beyond(v[0], v[1]), between(v[0], v[1]), between(v[1], v[0]), beyond(v[1], v[0])};
}
Values alignedCorners(const Values &v) {
  return {v[0], (2 * v[0] + v[1]) / 3, (v[0] + 2 * v[1]) / 3, v[1]};
}
Values minMax(Values v, double guard) {
  const double low = *std::min_element(v.begin(), v.end()),
               high = *std::max_element(v.begin(), v.end());
  return each(v, [&](double u) { return (u - low) / (high - low + guard); });
}

struct LayerMaps : testing::Test {
  const DenseTensor A{3, 2, {1, 2, 0.5, -1, 3, 0.25}}, g{3, 2, {2, -1, 1, 0.5, -1, 0.5}},
      image{2, 4, {1, 2, 3, 4, -1, -2, 0, 5}};
  DenseHead head;
  LayerMaps() {
    head.layer = A;
    head.logits = {2, 1, {1, 2}};
    head.target = 1;
    head.gradient = [this](const DenseTensor &score) {
      EXPECT_EQ(score.data, Values({0, 1}));
      return g;
    };
  }
  /// sum_k mean(g_k) A_k
  Values gradCam() const {
    Values map(2);
    for (unsigned k = 0; k < 3; ++k)
      for (unsigned p = 0; p < 2; ++p)
        map[p] += (g.at(k, 0) + g.at(k, 1)) / 2 * A.at(k, p);
    return map;
  }
};

TEST_F(LayerMaps, GradientXActivation) {
  const MethodTable &table = tableOf<methods::LayerGradientXActivation>();
  expectNear(mapOf(table, defaultSettings(table), {}, image, &head), times(A.data, g.data));
}

/// Three maps of class scores at two positions; the target is class 1.
TEST_F(LayerMaps, ClassProbabilityMap) {
  const MethodTable &table = tableOf<methods::ClassProbabilityMap>();
  head.logits = {3, 1, {2, 3, 0.5}};
  for (const char *probability : {"softmax", "sigmoid", "none"}) {
    const Settings settings = settingsOf(table, {{"probability", probability}});
    Values expected;
    for (unsigned p = 0; p < 2; ++p) {
      const double sum = std::exp(A.at(0, p)) + std::exp(A.at(1, p)) + std::exp(A.at(2, p));
      expected.push_back(probability == std::string("softmax")   ? std::exp(A.at(1, p)) / sum
                         : probability == std::string("sigmoid") ? 1 / (1 + std::exp(-A.at(1, p)))
                                                                 : A.at(1, p));
    }
    expectNear(mapOf(table, settings, {}, image, &head), expected);
    expectNear(map2dOf(table, settings, {}, image, &head),
               minMax(halfPixel(minMax(expected, 1e-7)), 1e-7));
  }
}

TEST_F(LayerMaps, GuidedGradCam) {
  const MethodTable &table = tableOf<methods::GuidedGradCam>();
  const DenseTensor guided[] = {{2, 4, {1, -1, 2, 3, 0.5, 1, 1, -2}}};
  const Values cam = positive(gradCam());
  ASSERT_TRUE(cam[0] > 0 && cam[0] != cam[1]);
  auto product = [&](const Values &map) {
    Values result = guided[0].data;
    for (size_t i = 0; i < result.size(); ++i)
      result[i] *= map[i % 4];
    return result;
  };
  expectNear(mapOf(table, defaultSettings(table), guided, image, &head), product(halfPixel(cam)));
  expectNear(mapOf(table, settingsOf(table, {}, "captum"), guided, image, &head),
             product(nearest(cam)));
  expectNear(mapOf(table, settingsOf(table, {{"resize", "align-corners"}}), guided, image, &head),
             product(alignedCorners(cam)));
  expectNear(mapOf(table, settingsOf(table, {{"resize", "cubic"}}), guided, image, &head),
             product(cubic(cam)));

  DenseLayer clip = makeActivation(
      Capability::Rectifier, {1, 4, {-1, 2, 3, 7}},
      [](double v) { return std::clamp(v, 0.0, 6.0); },
      [](double v) { return double(v > 0 && v < 6); });
  setRelevance(clip, {1, 4, {1, -2, 3, 4}});
  expectNear(relevanceOf(table, defaultSettings(table), clip), {0, 0, 3, 0});
  expectNear(seedOf(table, defaultSettings(table), head), {0, 1});
}

// Of two channels the principal axis has the angle atan2(2 c01, c00 - c11) / 2; the scores agree
// with the mean activation.
TEST_F(LayerMaps, EigenCam) {
  const MethodTable &table = tableOf<methods::EigenCam>();
  Random random{91};
  for (int repetition = 0; repetition < 8; ++repetition) {
    head.layer = random.tensor(2, 5);
    const DenseTensor &layer = head.layer;
    double mean[2] = {0, 0}, covariance[3] = {0, 0, 0};
    for (unsigned c : {0u, 1u})
      for (unsigned p = 0; p < 5; ++p)
        mean[c] += layer.at(c, p) / 5;
    for (unsigned p = 0; p < 5; ++p) {
      const double u = layer.at(0, p) - mean[0], v = layer.at(1, p) - mean[1];
      covariance[0] += u * u, covariance[1] += u * v, covariance[2] += v * v;
    }
    const double angle = std::atan2(2 * covariance[1], covariance[0] - covariance[2]) / 2;
    Values scores(5);
    double agreement = 0;
    for (unsigned p = 0; p < 5; ++p) {
      scores[p] = std::cos(angle) * (layer.at(0, p) - mean[0]) +
                  std::sin(angle) * (layer.at(1, p) - mean[1]);
      agreement += scores[p] * (layer.at(0, p) + layer.at(1, p)) / 2;
    }
    expectNear(mapOf(table, defaultSettings(table), {}, image, &head),
               each(scores, [&](double v) { return agreement < 0 ? -v : v; }), 1e-7);
  }
}

/// y_1 = (sum of the input)^2, seen through each channel of the layer.
struct ScoreCam : LayerMaps {
  static double score(const Values &x) { return total(x) * total(x) / 20; }
  static DenseRun run(const DenseTensor &x) {
    return {.logits = {2, 1, {100, score(x.data)}}, .layer = {}, .maps = {}};
  }
  Values expected() const {
    double mass = 0;
    Values map(2), scores;
    for (unsigned k = 0; k < 3; ++k) {
      const Values seen = minMax(alignedCorners({A.at(k, 0), A.at(k, 1)}), 1e-8);
      Values x = image.data;
      for (size_t i = 0; i < x.size(); ++i)
        x[i] *= seen[i % 4];
      scores.push_back(std::exp(score(x)));
      mass += scores.back();
    }
    for (unsigned k = 0; k < 3; ++k)
      for (unsigned p : {0u, 1u})
        map[p] += scores[k] / mass * A.at(k, p);
    return map;
  }
};
TEST_F(ScoreCam, WeightsChannelsByTheirScore) {
  const MethodTable &table = tableOf<methods::ScoreCam>();
  expectNear(mapOverRuns(table, defaultSettings(table), image, head, run), expected());
}

/// Rectified, or rectified, brought to [0, 1], resized and brought there again.
using Given = std::vector<std::pair<std::string, std::string>>;
void expectPictures(const Values &map, const std::function<DenseTensor(const Given &)> &evaluate) {
  const Values rectified = positive(map);
  expectNear(evaluate({{"picture", "rectified"}}), rectified, 1e-7);
  expectNear(evaluate({}), minMax(halfPixel(minMax(rectified, 1e-7)), 1e-7), 1e-7);
  const std::pair<const char *, Values (*)(const Values &)> modes[] = {
      {"nearest", nearest},
      {"bilinear", halfPixel},
      {"align-corners", alignedCorners},
      {"cubic", cubic}};
  for (const auto &[mode, resized] : modes)
    expectNear(evaluate({{"resize", mode}}), minMax(resized(minMax(rectified, 1e-7)), 1e-7), 1e-7);
}

TEST_F(ScoreCam, Pictures) {
  const MethodTable *repeating[] = {&tableOf<methods::ScoreCam>(),
                                    &tableOf<methods::AblationCam>()};
  for (const MethodTable *table : repeating) {
    // Whatever the layer, the runs only need logits.
    auto evaluate = [&](const Settings &settings, bool picture) {
      return mapOverRuns(*table, settings, image, head, run, {}, picture);
    };
    expectPictures(evaluate(defaultSettings(*table), false).data,
                   [&](const Given &given) { return evaluate(settingsOf(*table, given), true); });
  }
}

TEST_F(LayerMaps, Pictures) {
  const MethodTable *cams[] = {
      &tableOf<methods::ClassActivationMap>(), &tableOf<methods::GradCam>(),
      &tableOf<methods::GradCamPlusPlus>(),    &tableOf<methods::XGradCam>(),
      &tableOf<methods::HiResCam>(),           &tableOf<methods::ElementWiseGradCam>(),
      &tableOf<methods::LayerCam>(),           &tableOf<methods::EigenCam>(),
      &tableOf<methods::ActivationMap>(),      &tableOf<methods::FemPg>()};
  for (const MethodTable *table : cams)
    expectPictures(mapOf(*table, defaultSettings(*table), {}, image, &head).data,
                   [&](const Given &given) {
                     return map2dOf(*table, settingsOf(*table, given), {}, image, &head);
                   });
}

} // namespace

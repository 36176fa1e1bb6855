// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Class activation maps against their papers' sums, written with loops over channels and positions.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct Cams : testing::Test {
  static constexpr unsigned channels = 4, positions = 6;
  Random random{41};
  const DenseTensor A = random.activations(channels, positions);
  const DenseTensor g = random.tensor(channels, positions);

  template <class M> DenseTensor evaluate() const {
    DenseHead head;
    head.layer = A;
    head.logits = {3, 1, {5, 6, 7}};
    head.target = 1;
    head.gradient = [&](const DenseTensor &score) {
      EXPECT_EQ(score.data, Values({0, 1, 0}));
      return g;
    };
    const MethodTable &table = tableOf<M>();
    EXPECT_FALSE(table.walks) << table.name; // forward and one gradient at the layer
    return mapOf(table, defaultSettings(table), {}, {}, &head);
  }
  /// sum over k of weight(k) A at each position.
  template <class Weight> Values weighted(Weight &&weight) const {
    Values map(positions);
    for (unsigned k = 0; k < channels; ++k)
      for (unsigned p = 0; p < positions; ++p)
        map[p] += weight(k) * A.at(k, p);
    return map;
  }
  template <class F> double over(unsigned k, F &&f) const {
    double result = 0;
    for (unsigned p = 0; p < positions; ++p)
      result += f(A.at(k, p), g.at(k, p));
    return result;
  }
  template <class F> Values pointwise(F &&f) const {
    Values map(positions);
    for (unsigned k = 0; k < channels; ++k)
      for (unsigned p = 0; p < positions; ++p)
        map[p] += f(A.at(k, p), g.at(k, p));
    return map;
  }
};

TEST_F(Cams, Weights) {
  const auto gradient = [](double, double g) { return g; };
  expectNear(evaluate<methods::GradCam>(),
             weighted([&](unsigned k) { return over(k, gradient) / positions; }));
  expectNear(evaluate<methods::ClassActivationMap>(),
             weighted([&](unsigned k) { return over(k, gradient); }));
  expectNear(evaluate<methods::XGradCam>(), weighted([&](unsigned k) {
               return over(k, [](double a, double g) { return a * g; }) /
                      (over(k, [](double a, double) { return a; }) + 1e-7);
             }));
  expectNear(evaluate<methods::GradCamPlusPlus>(), weighted([&](unsigned k) {
               const double sum = over(k, [](double a, double) { return a; });
               return over(k, [&](double, double g) {
                 return g * g / (2 * g * g + sum * g * g * g + 1e-6) * std::max(g, 0.0);
               });
             }));
  expectNear(evaluate<methods::ActivationMap>(), weighted([](unsigned) { return 1.0 / channels; }));
}

TEST_F(Cams, Positions) {
  expectNear(evaluate<methods::HiResCam>(), pointwise([](double a, double g) { return a * g; }));
  expectNear(evaluate<methods::ElementWiseGradCam>(),
             pointwise([](double a, double g) { return std::max(a * g, 0.0); }));
  expectNear(evaluate<methods::LayerCam>(),
             pointwise([](double a, double g) { return std::max(g, 0.0) * a; }));
}

TEST_F(Cams, FemKeepsWhatStandsOut) {
  DenseHead head;
  head.layer = {
      2, 6, {0, 0, 0, 0, 0, 6, 1, 1, 1, 1, 1, 1}}; // means 1 and 1, deviations sqrt(5) and 0
  const MethodTable &table = tableOf<methods::Fem>();
  expectNear(mapOf(table, defaultSettings(table), {}, {}, &head), {0, 0, 0, 0, 0, 1});
}

} // namespace

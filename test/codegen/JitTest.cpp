// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// small.mlir: convolution, ReLU, mean, dense layer; the map is the gradient.
#include "test/codegen/BuildModel.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace saliency::test {
namespace {

constexpr float kFilter[3][3][3] = {{{1, -2, 3}, {4, 5, -6}, {7, 8, 9}},
                                    {{-1, 2, 3}, {4, -5, 6}, {7, 8, -9}},
                                    {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}};
constexpr float kBias[3] = {0.5f, 1.0f, -0.5f};
constexpr float kDense[5][3] = {{1, 2, 3}, {4, 5, 6}, {-7, 8, 9}, {1, 1, -1}, {0.5f, 0.25f, 2}};

struct Expected {
  std::array<float, 5> logits = {};
  std::array<float, 36> map = {};
};

Expected expect(const float *image, int64_t target) {
  Expected result;
  std::array<float, 3> mean = {};
  for (int k = 0; k < 3; ++k)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 4; ++x) {
        float sum = 0;
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j)
            sum += image[(y + i) * 6 + x + j] * kFilter[k][i][j];
        sum += kBias[k];
        if (sum <= 0)
          continue;
        mean[k] += sum / 16;
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j)
            result.map[(y + i) * 6 + x + j] += kDense[target][k] / 16 * kFilter[k][i][j];
      }
  for (int c = 0; c < 5; ++c)
    for (int k = 0; k < 3; ++k)
      result.logits[c] += mean[k] * kDense[c][k];
  return result;
}

void checkTargets(const Call &call) {
  for (int image = 0; image < 2; ++image)
    for (int t = 0; t < 2; ++t) {
      Expected want = expect(&call.input[image * 36], call.resolved[image * 2 + t]);
      for (int c = 0; c < 5; ++c)
        EXPECT_NEAR(call.logits[image * 5 + c], want.logits[c], 1e-4);
      for (int i = 0; i < 36; ++i)
        EXPECT_NEAR(call.maps[(image * 2 + t) * 36 + i], want.map[i], 1e-5)
            << "image " << image << " target " << t << " element " << i;
    }
}

class Schedules : public testing::TestWithParam<Schedule> {
protected:
  CpuOptions options(bool reuse = true) const {
    CpuOptions result;
    result.schedule = GetParam();
    result.reuseMemory = reuse;
    return result;
  }
};

TEST_P(Schedules, NumbersOfTwoTargetsAndTwoImages) {
  JitModel model = load(build("small.mlir", options()));
  Call call(model, noise(72), {3, 2, 0, 4});
  ASSERT_EQ(call.run(model.explain), SALIENCY_OK);
  EXPECT_EQ(call.resolved, call.targets);
  checkTargets(call);
}

TEST_P(Schedules, ArgMaxIsPerImage) {
  JitModel model = load(build("small.mlir", options()));
  Call call(model, noise(72, 7), {-1, 2, -1, 0});
  ASSERT_EQ(call.run(model.explain), SALIENCY_OK);
  checkTargets(call);
}

TEST_P(Schedules, ThreadsShareAModel) {
  JitModel model = load(build("small.mlir", options()));
  std::vector<Call> calls;
  for (uint32_t seed = 1; seed < 5; ++seed)
    calls.emplace_back(model, noise(72, seed), std::vector<int64_t>{3, 2, 0, 4});
  std::vector<std::thread> threads;
  for (Call &call : calls)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i)
        ASSERT_EQ(call.run(model.explain), SALIENCY_OK);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (Call &call : calls)
    checkTargets(call);
}

TEST_P(Schedules, SharingMemoryChangesNoBit) {
  JitModel packed = load(build("small.mlir", options()));
  JitModel loose = load(build("small.mlir", options(/*reuse=*/false)));
  EXPECT_LE(packed.workspaceSize(), loose.workspaceSize());
  Call first(packed, noise(72), {3, 2, 0, 4}), second(loose, noise(72), {3, 2, 0, 4});
  ASSERT_EQ(first.run(packed.explain), SALIENCY_OK);
  ASSERT_EQ(second.run(loose.explain), SALIENCY_OK);
  EXPECT_EQ(first.maps, second.maps);
  EXPECT_EQ(first.layers, second.layers);
  EXPECT_EQ(first.logits, second.logits);
}

INSTANTIATE_TEST_SUITE_P(Cpu, Schedules, testing::Values(Schedule::Plain, Schedule::Vector),
                         [](const auto &info) {
                           return info.param == Schedule::Plain ? "plain" : "vector";
                         });

TEST(Interface, DescribesTheModel) {
  EmitOptions emit;
  emit.methods = {{"gradient", "a=b"}};
  emit.model = "small";
  JitModel model = load(build("small.mlir", {}, emit));
  const saliency_interface &info = *model.interface();
  EXPECT_EQ(info.abi_version, SALIENCY_ABI_VERSION);
  EXPECT_STREQ(info.maps->method, "gradient");
  EXPECT_STREQ(info.model, "small");
  EXPECT_STREQ(info.maps->parameters, "a=b");
  EXPECT_EQ(info.batch, 2);
  EXPECT_EQ(info.input_rank, 4);
  EXPECT_EQ(info.input_dims[3], 6);
  EXPECT_EQ(info.maps->dims[1], 1);
  EXPECT_EQ(info.classes, 5);
  EXPECT_EQ(info.fixed_target, -1);
  EXPECT_EQ(info.weights_size, (int64_t)model.weights().size());
  ASSERT_EQ(info.layer_count, 1);
  EXPECT_STREQ(info.layers[0].name, "conv");
  EXPECT_EQ(info.layers[0].dims[1], 3);
  EXPECT_EQ(info.layer_elements, 2 * 3 * 4 * 4);
  EXPECT_EQ(info.tensor_count, 0);
}

} // namespace
} // namespace saliency::test

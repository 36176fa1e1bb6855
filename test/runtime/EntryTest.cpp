// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C entry: layouts, chunks of targets, callbacks, threads.

#include "runtime/cpu/Embed.h"
#include "test/runtime/FakeModel.h"

#include <gtest/gtest.h>
#include <string_view>
#include <thread>

using namespace saliency;
using namespace saliency::test;

namespace {

const Explainer singleModel = FAKE_EXPLAINER(single), pairModel = FAKE_EXPLAINER(pair),
                fixedModel = FAKE_EXPLAINER(fixed), twoModel = FAKE_EXPLAINER(two),
                twosModel = FAKE_EXPLAINER(twos);

/// Every output against the fake's formula, from the input and the resolved classes.
void expectCorrect(const Call &call, float scale = 1) {
  int64_t perImage = call.args.targets_per_image ? call.args.targets_per_image : 1;
  for (int64_t b = 0; b < call.args.batch; ++b) {
    for (int64_t t = 0; t < perImage; ++t) {
      int64_t row = b * perImage + t, target = call.resolved[row];
      for (int64_t i = 0; i < fakeArea; ++i) {
        float sum = 0;
        for (int64_t c = 0; c < fakeChannels; ++c) {
          float expected =
              call.input[b * fakeImage + c * fakeArea + i] * fakeWeight(target, c) * scale;
          ASSERT_EQ(call.maps[row * fakeImage + c * fakeArea + i], expected)
              << b << ' ' << t << ' ' << c << ' ' << i;
          sum += expected;
        }
        if (call.args.maps2d) {
          ASSERT_EQ(call.maps2d[row * fakeArea + i], sum);
        }
      }
    }
  }
  EXPECT_TRUE(call.workspace.intact());
}

TEST(Entry, ExplainsOneImage) {
  Call call(singleModel, 1, 1);
  ASSERT_EQ(single_explain(&call.args), SALIENCY_OK);
  EXPECT_EQ(call.resolved, call.targets);
  expectCorrect(call);
}

TEST(Entry, WithoutTargetsExplainsTheWinnerOfEachImage) {
  Call call(singleModel, 5, 1);
  call.args.targets = nullptr;
  call.args.targets_per_image = 0;
  ASSERT_EQ(single_explain(&call.args), SALIENCY_OK);
  for (int64_t b = 0; b < 5; ++b) {
    const float *logits = &call.logits[b * fakeClasses];
    EXPECT_EQ(call.resolved[b], std::max_element(logits, logits + fakeClasses) - logits);
  }
  expectCorrect(call);
}

TEST(Entry, SplitsManyTargetsIntoCalls) {
  Call call(singleModel, 3, 40);
  call.targets[7] = SALIENCY_ARG_MAX;
  std::pair<int64_t, int64_t> last;
  call.args.user = &last;
  call.args.progress = [](void *user, int64_t done, int64_t total) {
    *static_cast<std::pair<int64_t, int64_t> *>(user) = {done, total};
  };
  ASSERT_EQ(single_explain(&call.args), SALIENCY_OK);
  expectCorrect(call);
  EXPECT_EQ(last.first, last.second);
  EXPECT_EQ(last.second, 3 * 3) << "three images, 40 targets in chunks of 16";
}

TEST(Entry, ReordersTargetsOfCompiledBatches) {
  Call call(pairModel, 6, 23);
  call.targets[5] = SALIENCY_ARG_MAX;
  ASSERT_EQ(pair_explain(&call.args), SALIENCY_OK);
  expectCorrect(call);
}

TEST(Entry, BatchAndNumberOfTargetsDoNotChangeBits) {
  Call together(pairModel, 4, 3);
  ASSERT_EQ(pair_explain(&together.args), SALIENCY_OK);
  for (int64_t b = 0; b < 4; ++b) {
    for (int64_t t = 0; t < 3; ++t) {
      Call alone(singleModel, 1, 1);
      std::copy_n(&together.input[b * fakeImage], fakeImage, alone.input.begin());
      alone.targets[0] = together.targets[b * 3 + t];
      ASSERT_EQ(single_explain(&alone.args), SALIENCY_OK);
      EXPECT_EQ(
          std::memcmp(alone.maps.data(), &together.maps[(b * 3 + t) * fakeImage], fakeImage * 4),
          0);
    }
  }
}

TEST(Entry, OutputsNobodyWantsStayInTheWorkspace) {
  for (int64_t perImage : {1, 2, 33}) {
    Call call(pairModel, 4, perImage);
    call.args.maps2d = nullptr;
    call.args.logits = nullptr;
    ASSERT_EQ(pair_explain(&call.args), SALIENCY_OK);
    expectCorrect(call);
  }
}

/// The second method of those that have one: behind all maps of the first.
void expectSecond(const Call &call, int64_t images, int64_t perImage) {
  const float *sums = &call.maps[images * perImage * fakeImage],
              *totals = &call.maps2d[images * perImage * fakeArea];
  for (int64_t row = 0; row < images * perImage; ++row) {
    float total = 0;
    for (int64_t c = 0; c < fakeChannels; ++c) {
      float sum = 0;
      for (int64_t i = 0; i < fakeArea; ++i)
        sum += call.maps[row * fakeImage + c * fakeArea + i];
      ASSERT_EQ(sums[row * fakeChannels + c], sum) << row << ' ' << c;
      total += sum;
    }
    if (call.args.maps2d) {
      ASSERT_EQ(totals[row], total) << row;
    }
  }
}

TEST(Entry, SeveralMethodsFollowOneAnother) {
  for (int64_t perImage : {1, 3, 16, 17, 40}) {
    for (int64_t images : {1, 2, 4}) {
      Call call(twoModel, images, perImage);
      ASSERT_EQ(two_explain(&call.args), SALIENCY_OK);
      expectCorrect(call);
      expectSecond(call, images, perImage);
    }
    for (int64_t images : {2, 4, 6}) {
      Call call(twosModel, images, perImage);
      call.args.layers = call.layers.data();
      ASSERT_EQ(twos_explain(&call.args), SALIENCY_OK);
      expectCorrect(call);
      expectSecond(call, images, perImage);
    }
  }
}

TEST(Entry, SeveralMethodsWithoutTheirPlanes) {
  Call call(twosModel, 4, 5);
  call.args.maps2d = nullptr;
  ASSERT_EQ(twos_explain(&call.args), SALIENCY_OK);
  expectCorrect(call);
  expectSecond(call, 4, 5);
}

TEST(Entry, LayersAreOrderedByCompiledBatchThenTarget) {
  Call call(pairModel, 4, 2);
  call.args.layers = call.layers.data();
  ASSERT_EQ(pair_explain(&call.args), SALIENCY_OK);
  for (int64_t b = 0; b < 4; ++b) {
    for (int64_t t = 0; t < 2; ++t) {
      for (int64_t c = 0; c < fakeChannels; ++c) {
        const float *map = &call.maps[(b * 2 + t) * fakeImage + c * fakeArea];
        float sum = 0;
        for (int64_t i = 0; i < fakeArea; ++i)
          sum += map[i];
        EXPECT_EQ(call.layers[((b / 2) * 2 + t) * 7 + (b % 2) * fakeChannels + c], sum);
      }
    }
  }
}

TEST(Entry, ClassSetsArePerImage) {
  Call call(pairModel, 4, 1);
  call.targets = {1, 2, 3, 0};
  const int64_t classes[] = {1, 4, -1, 2, -1, -1, 5, 3, 0, 0, -1, -1};
  saliency_tensor tensor = {"classes", classes, 3};
  call.args.tensors = &tensor;
  call.args.tensor_count = 1;
  ASSERT_EQ(pair_explain(&call.args), SALIENCY_OK);
  const float scales[] = {1 + 1 + 4 - 1, 1 + 2 - 1 - 1, 1 + 5 + 3 + 0, 1 + 0 - 1 - 1};
  for (int64_t b = 0; b < 4; ++b)
    EXPECT_EQ(call.maps[b * fakeImage],
              call.input[b * fakeImage] * fakeWeight(call.targets[b], 0) * scales[b])
        << b;
}

TEST(Entry, SharedFloatsReachTheKernelAsTheyAre) {
  Call call(pairModel, 2, 2);
  const float noise[] = {2, 0, 0, 0};
  saliency_tensor tensors[] = {{"noise", noise, 2}};
  call.args.tensors = tensors;
  call.args.tensor_count = 1;
  ASSERT_EQ(pair_explain(&call.args), SALIENCY_OK);
  expectCorrect(call, 3);
}

TEST(Entry, CompiledTargetReplacesArgMax) {
  Call call(fixedModel, 2, 1);
  call.args.targets = nullptr;
  ASSERT_EQ(fixed_explain(&call.args), SALIENCY_OK);
  EXPECT_EQ(call.resolved, (std::vector<int64_t>{4, 4}));
  expectCorrect(call);
  call.args.targets = call.targets.data();
  call.targets = {4, SALIENCY_ARG_MAX};
  EXPECT_EQ(fixed_explain(&call.args), SALIENCY_OK);
}

TEST(Entry, CancelEndsTheCall) {
  Call call(singleModel, 8, 1);
  int asked = 0;
  call.args.user = &asked;
  call.args.cancel = [](void *user) { return int(++*static_cast<int *>(user) > 5); };
  EXPECT_EQ(single_explain(&call.args), SALIENCY_CANCELLED);
  EXPECT_LE(asked, 8);
}

TEST(Entry, TwoThreadsShareAModel) {
  auto run = [](std::vector<float> &maps) {
    for (int i = 0; i < 200; ++i) {
      Call call(pairModel, 4, 20);
      ASSERT_EQ(pair_explain(&call.args), SALIENCY_OK);
      maps = call.maps;
    }
  };
  std::vector<float> first, second;
  std::thread other(run, std::ref(first));
  run(second);
  other.join();
  EXPECT_EQ(first, second);
}

TEST(Entry, DescribesItself) {
  EXPECT_EQ(single_abi_version(), SALIENCY_ABI_VERSION);
  EXPECT_STREQ(pair_interface()->maps->method, "fake");
  EXPECT_EQ(pair_interface()->batch, 2);
  EXPECT_EQ(single_workspace_size() % SALIENCY_ALIGNMENT, 0u);
  EXPECT_GT(single_workspace_size(), 1000u);
}

TEST(Entry, BitcodeAndHeaderAreEmbedded) {
  ASSERT_GT(saliency_entry_bitcode_size, 100u);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char *>(saliency_entry_bitcode), 4),
            "BC\xC0\xDE");
  std::string_view header(reinterpret_cast<const char *>(saliency_explainer_header),
                          saliency_explainer_header_size);
  EXPECT_NE(header.find("saliency_model_explain(const saliency_args *args);"), header.npos);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the C entry refuses, each before it writes a map.

#include "test/runtime/FakeModel.h"

#include <gtest/gtest.h>
#include <set>
#include <string>

using namespace saliency;
using namespace saliency::test;

namespace {

const Explainer singleModel = FAKE_EXPLAINER(single), pairModel = FAKE_EXPLAINER(pair),
                fixedModel = FAKE_EXPLAINER(fixed);

/// The status of a call after `change`; nothing may have been written.
template <typename Change>
saliency_status refuse(const Explainer &model, Change change, int64_t images = 2) {
  Call call(model, images, 1);
  std::fill(call.maps.begin(), call.maps.end(), 7.0f);
  change(call);
  saliency_status status = model.explain(&call.args);
  for (float value : call.maps)
    EXPECT_EQ(value, 7.0f);
  return status;
}

saliency_status withClasses(std::vector<int64_t> classes, int64_t count,
                            std::vector<int64_t> targets) {
  return refuse(singleModel, [&](Call &call) {
    call.targets = targets;
    static saliency_tensor tensor;
    tensor = {"classes", classes.data(), count};
    call.args.tensors = &tensor;
    call.args.tensor_count = 1;
  });
}

saliency_status withTensors(std::vector<saliency_tensor> tensors) {
  return refuse(singleModel, [&](Call &call) {
    call.args.tensors = tensors.data();
    call.args.tensor_count = static_cast<int64_t>(tensors.size());
  });
}

TEST(EntryErrors, Size) {
  EXPECT_EQ(single_explain(nullptr), SALIENCY_NULL_POINTER);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.size = 0; }), SALIENCY_BAD_ARGS_SIZE);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.size -= 8; }), SALIENCY_BAD_ARGS_SIZE);
}

TEST(EntryErrors, NewerStructureMayHoldZerosOnly) {
  struct Newer {
    saliency_args args;
    int64_t more;
  };
  Call call(singleModel, 1, 1);
  Newer newer = {call.args, 0};
  newer.args.size = sizeof newer;
  EXPECT_EQ(single_explain(&newer.args), SALIENCY_OK);
  newer.more = 1;
  EXPECT_EQ(single_explain(&newer.args), SALIENCY_BAD_ARGS_SIZE);
}

TEST(EntryErrors, NullPointers) {
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.weights = nullptr; }),
            SALIENCY_NULL_POINTER);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.workspace = nullptr; }),
            SALIENCY_NULL_POINTER);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.input = nullptr; }),
            SALIENCY_NULL_POINTER);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.maps = nullptr; }),
            SALIENCY_NULL_POINTER);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.tensor_count = 1; }),
            SALIENCY_NULL_POINTER);
  EXPECT_EQ(withTensors({{"classes", nullptr, 2}}), SALIENCY_NULL_POINTER);
  EXPECT_EQ(withTensors({{nullptr, nullptr, 0}}), SALIENCY_NULL_POINTER);
}

TEST(EntryErrors, Alignment) {
  EXPECT_EQ(refuse(singleModel,
                   [](Call &call) {
                     call.args.workspace = static_cast<char *>(call.args.workspace) + 16;
                   }),
            SALIENCY_MISALIGNED);
  EXPECT_EQ(refuse(singleModel,
                   [](Call &call) {
                     call.args.weights = static_cast<const char *>(call.args.weights) + 4;
                   }),
            SALIENCY_MISALIGNED);
}

TEST(EntryErrors, Weights) {
  auto header = [](Call &call) {
    return static_cast<saliency_weights_header *>(call.weights.data());
  };
  EXPECT_EQ(refuse(singleModel, [](Call &call) { --call.args.weights_size; }),
            SALIENCY_BAD_WEIGHTS);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.weights_size = 0; }),
            SALIENCY_BAD_WEIGHTS);
  EXPECT_EQ(refuse(singleModel, [&](Call &call) { ++header(call)->id; }), SALIENCY_BAD_WEIGHTS);
  EXPECT_EQ(refuse(singleModel, [&](Call &call) { header(call)->magic = 0; }),
            SALIENCY_BAD_WEIGHTS);
  EXPECT_EQ(refuse(singleModel, [&](Call &call) { header(call)->file_size += 64; }),
            SALIENCY_BAD_WEIGHTS);
}

TEST(EntryErrors, Workspace) {
  EXPECT_EQ(refuse(singleModel, [](Call &call) { --call.args.workspace_size; }),
            SALIENCY_SMALL_WORKSPACE);
}

TEST(EntryErrors, Batch) {
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.batch = 0; }), SALIENCY_BAD_BATCH);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.batch = -1; }), SALIENCY_BAD_BATCH);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.batch = int64_t(1) << 62; }),
            SALIENCY_BAD_BATCH);
  EXPECT_EQ(refuse(pairModel, [](Call &) {}, 3), SALIENCY_BAD_BATCH);
}

TEST(EntryErrors, Target) {
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.targets[1] = fakeClasses; }),
            SALIENCY_BAD_TARGET);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.targets[1] = -2; }), SALIENCY_BAD_TARGET);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.targets_per_image = -1; }),
            SALIENCY_BAD_TARGET);
  EXPECT_EQ(refuse(singleModel, [](Call &call) { call.args.targets_per_image = int64_t(1) << 40; }),
            SALIENCY_BAD_TARGET);
  EXPECT_EQ(refuse(singleModel,
                   [](Call &call) {
                     call.args.targets = nullptr;
                     call.args.targets_per_image = 2;
                   }),
            SALIENCY_BAD_TARGET);
  EXPECT_EQ(refuse(fixedModel, [](Call &call) { call.targets = {4, 3}; }), SALIENCY_BAD_TARGET);
}

TEST(EntryErrors, Tensors) {
  const int64_t classes[] = {0, 5};
  EXPECT_EQ(withTensors({{"clases", classes, 1}}), SALIENCY_BAD_TENSOR);
  EXPECT_EQ(withTensors({{"class", classes, 1}}), SALIENCY_BAD_TENSOR);
  EXPECT_EQ(withTensors({{"classes", classes, -1}}), SALIENCY_BAD_TENSOR);
  EXPECT_EQ(withTensors({{"classes", classes, 1}, {"classes", classes, 1}}), SALIENCY_BAD_TENSOR);
  EXPECT_EQ(withTensors({{"classes", classes, 0}, {"noise", classes, 0}, {"more", classes, 0}}),
            SALIENCY_BAD_TENSOR);
}

TEST(EntryErrors, ClassSets) {
  EXPECT_EQ(withClasses({0, 6, 5, 1}, 2, {0, 5}), SALIENCY_BAD_CLASSES) << "out of range";
  EXPECT_EQ(withClasses({0, -2, 5, 1}, 2, {0, 5}), SALIENCY_BAD_CLASSES) << "below -1";
  EXPECT_EQ(withClasses({0, 1, 5, 5}, 2, {0, 5}), SALIENCY_BAD_CLASSES) << "duplicate";
  EXPECT_EQ(withClasses({0, 1, 4, 3}, 2, {0, 5}), SALIENCY_BAD_CLASSES) << "target is no member";
  EXPECT_EQ(withClasses({0, 1, -1, -1}, 2, {0, 5}), SALIENCY_BAD_CLASSES) << "empty set";
  EXPECT_EQ(withClasses({0, 1, 2, 3, 4, 5, -1, 0, 1, 2, 3, 4, 5, -1}, 7, {0, 5}),
            SALIENCY_BAD_CLASSES)
      << "too many";
}

TEST(EntryErrors, WinnerMustBeInTheClassSet) {
  Call call(singleModel, 1, 1);
  ASSERT_EQ(single_explain(&call.args), SALIENCY_OK);
  const float *logits = call.logits.data();
  int64_t best = std::max_element(logits, logits + fakeClasses) - logits;
  call.targets[0] = SALIENCY_ARG_MAX;
  int64_t classes[] = {best, (best + 1) % fakeClasses};
  saliency_tensor tensor = {"classes", classes, 2};
  call.args.tensors = &tensor;
  call.args.tensor_count = 1;
  EXPECT_EQ(single_explain(&call.args), SALIENCY_OK);
  classes[0] = (best + 2) % fakeClasses;
  EXPECT_EQ(single_explain(&call.args), SALIENCY_BAD_CLASSES);
}

TEST(EntryErrors, Layers) {
  std::vector<float> layers(7);
  EXPECT_EQ(refuse(singleModel, [&](Call &call) { call.args.layers = layers.data(); }),
            SALIENCY_NO_LAYERS);
}

TEST(EntryErrors, EveryStatusHasItsOwnText) {
  std::set<std::string> texts;
  for (saliency_status status = SALIENCY_OK; status <= SALIENCY_CANCELLED; ++status)
    texts.insert(single_error_string(status));
  EXPECT_EQ(texts.size(), 12u);
  EXPECT_STREQ(single_error_string(99), "unknown status");
  EXPECT_STREQ(single_error_string(-1), "unknown status");
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wide.mlir on the caller's threads.
#include "test/codegen/BuildModel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

namespace saliency::test {
namespace {

constexpr size_t kElements = 64 * 64 * 40;

struct Pool {
  int threads = 2;
  std::atomic<int> calls = 0;

  static int run(void *context, void (*body)(void *, int64_t), void *data, int64_t count) {
    Pool &pool = *static_cast<Pool *>(context);
    ++pool.calls;
    std::atomic<int64_t> next = count;
    std::vector<std::thread> threads;
    for (int i = 0; i < pool.threads; ++i)
      threads.emplace_back([&] {
        for (int64_t index; (index = --next) >= 0;)
          body(data, index);
      });
    for (std::thread &thread : threads)
      thread.join();
    return 0;
  }

  static int refuse(void *, void (*)(void *, int64_t), void *, int64_t) { return 1; }
};

JitModel vectorModel() {
  CpuOptions options;
  options.schedule = Schedule::Vector;
  return load(build("wide.mlir", options));
}

TEST(Parallel, ThreadsChangeNoBit) {
  JitModel model = vectorModel();
  Call serial(model, noise(kElements), {5, 0});
  ASSERT_EQ(serial.run(model.explain), SALIENCY_OK);
  for (int threads : {1, 2, 5}) {
    Pool pool{threads};
    Call call(model, noise(kElements), {5, 0});
    call.args.parallel_for = Pool::run;
    call.args.parallel_context = &pool;
    ASSERT_EQ(call.run(model.explain), SALIENCY_OK);
    EXPECT_GT(pool.calls, 2);
    EXPECT_EQ(call.maps, serial.maps);
    EXPECT_EQ(call.logits, serial.logits);
  }
}

TEST(Parallel, ARefusalRunsSerially) {
  JitModel model = vectorModel();
  Call serial(model, noise(kElements), {5}), refused(model, noise(kElements), {5});
  ASSERT_EQ(serial.run(model.explain), SALIENCY_OK);
  refused.args.parallel_for = Pool::refuse;
  ASSERT_EQ(refused.run(model.explain), SALIENCY_OK);
  EXPECT_EQ(refused.maps, serial.maps);
}

TEST(Parallel, SchedulesAgree) {
  JitModel plain = load(build("wide.mlir")), vector = vectorModel();
  Call first(plain, noise(kElements), {5}), second(vector, noise(kElements), {5});
  float scales[] = {9, 9, 9, 2, 9, 9};
  saliency_tensor tensor = {"scales", scales, 2};
  for (Call *call : {&first, &second}) {
    call->args.tensors = &tensor;
    call->args.tensor_count = 1;
  }
  ASSERT_EQ(first.run(plain.explain), SALIENCY_OK);
  ASSERT_EQ(second.run(vector.explain), SALIENCY_OK);
  float largest = 0;
  for (float value : first.maps)
    largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < kElements; ++i)
    ASSERT_NEAR(first.maps[i], second.maps[i], largest * 1e-5f) << i;
}

TEST(Parallel, NumbersAreRight) {
  JitModel model = vectorModel();
  Call call(model, noise(kElements), {5});
  ASSERT_EQ(call.run(model.explain), SALIENCY_OK);
  std::vector<double> sums(40), sigmoid(kElements);
  for (size_t i = 0; i < kElements; ++i)
    sigmoid[i] = 1 / (1 + std::exp(-double(call.input[i])));
  for (size_t y = 0; y < 64; y += 2)
    for (size_t x = 0; x < 64; x += 2)
      for (size_t c = 0; c < 40; ++c) {
        auto at = [&](size_t i, size_t j) { return sigmoid[((y + i) * 64 + x + j) * 40 + c]; };
        sums[c] += std::max({at(0, 0), at(0, 1), at(1, 0), at(1, 1)});
      }
  double logit = 0;
  for (double sum : sums)
    logit += sum / 4;
  EXPECT_NEAR(call.logits[7], logit, logit * 1e-5);
  for (size_t i = 0; i < kElements; ++i) {
    double want = call.input[i] * sigmoid[i] * sums[i % 40] * logit;
    ASSERT_NEAR(call.maps[i], want, std::abs(want) * 1e-4 + 1e-3) << i;
  }
}

} // namespace
} // namespace saliency::test

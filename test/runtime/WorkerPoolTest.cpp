// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/WorkerPool.h"

#include <gtest/gtest.h>

using namespace saliency;

namespace {

TEST(WorkerPool, RunsEveryIndexOnce) {
  WorkerPool pool(4);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::atomic<int>> counts(round + 2);
    auto body = [](void *data, int64_t index) {
      ++(*static_cast<std::vector<std::atomic<int>> *>(data))[index];
    };
    ASSERT_EQ(WorkerPool::parallelFor(&pool, body, &counts, static_cast<int64_t>(counts.size())),
              0);
    for (const auto &count : counts)
      ASSERT_EQ(count, 1);
  }
}

TEST(WorkerPool, DeclinesWhatItCannotSpread) {
  auto body = [](void *, int64_t) { FAIL(); };
  WorkerPool alone(1), pool(3);
  EXPECT_NE(WorkerPool::parallelFor(&alone, body, nullptr, 10), 0);
  EXPECT_NE(WorkerPool::parallelFor(&pool, body, nullptr, 1), 0);
}

TEST(WorkerPool, DeclinesNestedLoops) {
  struct Nested {
    WorkerPool pool{3};
    std::atomic<int> declined = 0;
  } nested;
  auto body = [](void *data, int64_t) {
    auto &nested = *static_cast<Nested *>(data);
    nested.declined += WorkerPool::parallelFor(&nested.pool, [](void *, int64_t) {}, nullptr, 5);
  };
  EXPECT_EQ(WorkerPool::parallelFor(&nested.pool, body, &nested, 20), 0);
  EXPECT_EQ(nested.declined, 20);
}

} // namespace

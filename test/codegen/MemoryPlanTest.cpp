// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/plan/MemoryPlan.h"

#include <gtest/gtest.h>

#include <random>

namespace saliency::test {
namespace {

TEST(MemoryPlan, BuffersThatDoNotMeetShare) {
  std::vector<PlannedBuffer> buffers = {{0, 1, 100}, {2, 3, 90}, {4, 5, 64}};
  EXPECT_EQ(planMemory(buffers, 64), 128);
  for (const PlannedBuffer &buffer : buffers)
    EXPECT_EQ(buffer.offset, 0);
}

TEST(MemoryPlan, BuffersOfOneOperationDoNotShare) {
  std::vector<PlannedBuffer> buffers = {{0, 1, 64}, {1, 2, 64}};
  EXPECT_EQ(planMemory(buffers, 64), 128);
  EXPECT_TRUE(isValidPlan(buffers));
}

TEST(MemoryPlan, ASmallBufferTakesTheSmallestGap) {
  // The last one fits between the first two lifetimes' places.
  std::vector<PlannedBuffer> buffers = {{0, 9, 640}, {0, 3, 320}, {0, 9, 256}, {4, 9, 128}};
  EXPECT_EQ(planMemory(buffers, 64), 640 + 320 + 256);
  EXPECT_EQ(buffers[3].offset, 640);
}

TEST(MemoryPlan, WithoutReuseEverythingIsApart) {
  std::vector<PlannedBuffer> buffers = {{0, 1, 100}, {2, 3, 90}, {4, 5, 64}};
  EXPECT_EQ(planMemory(buffers, 64, /*reuse=*/false), 128 + 128 + 64);
}

TEST(MemoryPlan, AnotherAlignmentMovesTheOffsets) {
  std::vector<PlannedBuffer> buffers = {{0, 1, 100}, {0, 1, 90}, {0, 1, 257}};
  EXPECT_EQ(planMemory(buffers, 256), 512 + 256 + 256);
  EXPECT_EQ(peakBytes(buffers, 256), 512 + 256 + 256);
  for (const PlannedBuffer &buffer : buffers)
    EXPECT_EQ(buffer.offset % 256, 0);
}

TEST(MemoryPlan, OverlapIsFound) {
  std::vector<PlannedBuffer> buffers = {{0, 1, 64, 0}, {1, 2, 64, 32}};
  EXPECT_FALSE(isValidPlan(buffers));
  buffers[1].begin = 2;
  EXPECT_TRUE(isValidPlan(buffers));
}

TEST(MemoryPlan, RandomLifetimesStayApartAndCloseToThePeak) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    std::vector<PlannedBuffer> buffers(200);
    for (PlannedBuffer &buffer : buffers) {
      buffer.begin = random() % 400;
      buffer.end = buffer.begin + random() % 20;
      buffer.bytes = 1 + random() % 100000;
    }
    int64_t size = planMemory(buffers, 64);
    EXPECT_TRUE(isValidPlan(buffers));
    EXPECT_GE(size, peakBytes(buffers, 64));
    EXPECT_LE(size, peakBytes(buffers, 64) * 3 / 2);
    for (const PlannedBuffer &buffer : buffers)
      EXPECT_EQ(buffer.offset % 64, 0);
  }
}

} // namespace
} // namespace saliency::test

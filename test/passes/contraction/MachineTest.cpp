// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/Machine.h"

#include <gtest/gtest.h>

namespace saliency {
namespace {

constexpr const char *x86 = "x86_64-unknown-linux-gnu";

TEST(Machine, FollowsTheProcessor) {
  Machine baseline = Machine::of(x86, "x86-64", "");
  EXPECT_EQ(baseline.lanes(32), 4);
  EXPECT_EQ(baseline.vectorRegisters, 16);
  EXPECT_FALSE(baseline.fma);

  Machine haswell = Machine::of(x86, "haswell", "");
  EXPECT_EQ(haswell.lanes(32), 8);
  EXPECT_EQ(haswell.vectorRegisters, 16);
  EXPECT_TRUE(haswell.fma);

  Machine server = Machine::of(x86, "skylake-avx512", "");
  EXPECT_EQ(server.lanes(32), 16);
  EXPECT_EQ(server.vectorRegisters, 32);

  Machine arm = Machine::of("aarch64-linux-gnu", "neoverse-n1", "");
  EXPECT_EQ(arm.lanes(32), 4);
  EXPECT_EQ(arm.vectorRegisters, 32);
  EXPECT_TRUE(arm.fma);
}

TEST(Machine, FeaturesCorrectTheProcessor) {
  EXPECT_EQ(Machine::of(x86, "skylake-avx512", "-avx512f").lanes(32), 8);
  EXPECT_EQ(Machine::of(x86, "", "+avx2,+fma").lanes(32), 8);
  EXPECT_TRUE(Machine::of(x86, "", "+avx2,+fma").fma);
}

TEST(Machine, UnknownIsCautious) {
  Machine machine = Machine::of("wasm32-unknown-unknown", "", "");
  EXPECT_EQ(machine.lanes(32), 4);
  EXPECT_EQ(machine.vectorRegisters, 16);
}

} // namespace
} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scheduled contractions against the same op as scalar loops, for processors with vectors of 128,
// 256 and 512 bits. Operands are small integers, so every order of
// summation gives the same bits and one product too many, too few or elsewhere shows. Buffers lie
// against pages that may not be touched.
//
// SALIENCY_CONTRACTION_CASES=N runs N random shapes for each processor instead of the usual few,
// SALIENCY_CONTRACTION_FIRST=N starts at the Nth.
#include "test/passes/contraction/GuardedBuffer.h"
#include "test/passes/contraction/Jit.h"
#include "test/passes/contraction/RandomForms.h"
#include "test/support/Processors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace saliency::test {
namespace {

/// With a processor's name.
class Contraction : public testing::TestWithParam<std::string> {
protected:
  const Processor processor{GetParam()};
  const Target &target = processor.target;
  const Machine &machine = processor.machine;
};

void fillWithIntegers(GuardedBuffer &buffer, uint64_t seed) {
  std::mt19937_64 engine(seed);
  for (int64_t i = 0; i < buffer.size(); ++i)
    buffer[i] = float(int64_t(engine() % 7) - 3);
}

/// Returns whether the schedule had an effect.
bool expectSameBits(const Form &form, const std::string &schedule, const Target &target,
                    uint64_t seed) {
  SCOPED_TRACE(form.name + "\n" + form.module() + schedule);
  Jit expected(form.module(), naive, target), actual(form.module(), schedule, target);
  for (bool atEnd : {true, false}) {
    GuardedBuffer lhs(form.elements(0), atEnd), rhs(form.elements(1), atEnd);
    GuardedBuffer reference(form.elements(2), atEnd), out(form.elements(2), atEnd);
    fillWithIntegers(lhs, seed);
    fillWithIntegers(rhs, seed + 1);
    fillWithIntegers(reference, seed + 2);
    fillWithIntegers(out, seed + 2);
    expected.kernel()(lhs.data(), rhs.data(), reference.data());
    actual.kernel()(lhs.data(), rhs.data(), out.data());
    for (int64_t i = 0; i < out.size(); ++i)
      if (reference[i] != out[i]) {
        ADD_FAILURE() << "element " << i << " is " << out[i] << ", not " << reference[i];
        return true;
      }
  }
  return actual.scheduled().find("linalg.generic") == std::string::npos;
}

/// The processor as it is, with tiny caches, and with as many registers as its like on other
/// architectures.
Machine variant(Machine machine, uint64_t seed) {
  if (seed % 4 == 1) {
    machine.l1Bytes = 256;
    machine.l2Bytes = 2048;
  } else if (seed % 4 == 3) {
    machine.vectorRegisters = 48 - machine.vectorRegisters; // 16 or 32, the other one
  }
  return machine;
}

TEST_P(Contraction, RandomFormsEqualScalarLoops) {
  const char *cases = std::getenv("SALIENCY_CONTRACTION_CASES");
  const char *from = std::getenv("SALIENCY_CONTRACTION_FIRST");
  // Every processor has forms of its own.
  uint64_t own = 10000 * (std::find(std::begin(processors), std::end(processors), GetParam()) -
                          std::begin(processors));
  uint64_t first = from ? std::strtoull(from, nullptr, 10) : own;
  uint64_t count = cases ? std::strtoull(cases, nullptr, 10) : 24;
  uint64_t tiled = 0;
  for (uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tiled += expectSameBits(randomForm(seed), tilesFor(variant(machine, seed)), target, seed);
  }
  EXPECT_GE(10 * tiled, 8 * count) << "most forms have a schedule";
}

/// Sums of many random reals: the order differs, the result hardly.
TEST_P(Contraction, LongSumsAreClose) {
  for (const Form &form : {convolution({.h = 7, .w = 7, .c = 256, .k = 64, .block = 32}),
                           correlation({.h = 28, .w = 28, .c = 32, .k = 32}),
                           adjoint({.h = 7, .w = 7, .c = 32, .k = 256, .stride = 2}),
                           matmul(1, 33, 47, 2000, false, true), gemv(65, 4096, false)}) {
    Jit expected(form.module(), naive, target);
    Jit actual(form.module(), tilesFor(machine), target);
    GuardedBuffer lhs(form.elements(0), true), rhs(form.elements(1), true);
    GuardedBuffer reference(form.elements(2), true), out(form.elements(2), true);
    std::mt19937 engine(11);
    std::normal_distribution<float> draw;
    for (GuardedBuffer *buffer : {&lhs, &rhs})
      for (int64_t i = 0; i < buffer->size(); ++i)
        (*buffer)[i] = draw(engine);
    expected.kernel()(lhs.data(), rhs.data(), reference.data());
    actual.kernel()(lhs.data(), rhs.data(), out.data());
    float largest = 0, error = 0;
    for (int64_t i = 0; i < out.size(); ++i) {
      largest = std::max(largest, std::abs(reference[i]));
      error = std::max(error, std::abs(reference[i] - out[i]));
    }
    EXPECT_LE(error, 1e-5f * largest) << form.name;
  }
}

/// An output below another buffer's element: the offset is known at run time.
TEST_P(Contraction, OffsetsMayBeDynamic) {
  const std::string module = R"(
    func.func @kernel(%lhs: memref<40x8xf32>, %rhs: memref<8x24xf32>,
                      %out: memref<40x24xf32>) {
      %c0 = arith.constant 0 : index
      %first = memref.load %lhs[%c0, %c0] : memref<40x8xf32>
      %integer = arith.fptosi %first : f32 to i64
      %row = arith.index_cast %integer : i64 to index
      %a = memref.subview %lhs[%row, 0] [31, 8] [1, 1]
        : memref<40x8xf32> to memref<31x8xf32, strided<[8, 1], offset: ?>>
      %c = memref.subview %out[%row, 1] [31, 23] [1, 1]
        : memref<40x24xf32> to memref<31x23xf32, strided<[24, 1], offset: ?>>
      %b = memref.subview %rhs[0, 1] [8, 23] [1, 1]
        : memref<8x24xf32> to memref<8x23xf32, strided<[24, 1], offset: 1>>
      linalg.matmul ins(%a, %b : memref<31x8xf32, strided<[8, 1], offset: ?>>,
                        memref<8x23xf32, strided<[24, 1], offset: 1>>)
        outs(%c : memref<31x23xf32, strided<[24, 1], offset: ?>>)
      return
    })";
  Jit expected(module, naive, target), actual(module, tilesFor(machine), target);
  GuardedBuffer lhs(40 * 8, true), rhs(8 * 24, true), reference(40 * 24, true), out(40 * 24, true);
  fillWithIntegers(lhs, 1);
  fillWithIntegers(rhs, 2);
  lhs[0] = 9;
  expected.kernel()(lhs.data(), rhs.data(), reference.data());
  actual.kernel()(lhs.data(), rhs.data(), out.data());
  for (int64_t i = 0; i < out.size(); ++i)
    ASSERT_EQ(reference[i], out[i]) << "element " << i;
}

INSTANTIATE_TEST_SUITE_P(On, Contraction, testing::ValuesIn(processors), [](const auto &info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

} // namespace
} // namespace saliency::test

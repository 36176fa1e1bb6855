// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scheduled contractions against the same op as scalar loops. Operands are
// small integers, so every order of summation gives the same bits and one
// product too many, too few or elsewhere shows. Buffers lie against pages that
// may not be touched.
//
// SALIENCY_CONTRACTION_CASES=N runs N random shapes instead of the usual few.
#include "test/passes/contraction/GuardedBuffer.h"
#include "test/passes/contraction/Jit.h"
#include "test/passes/contraction/RandomForms.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <map>

namespace saliency::test {
namespace {

std::string onMachine(const std::string &options) {
  return "func.func(saliency-select-schedule{" + options + "},saliency-apply-schedule)";
}

/// A processor whose code is tested wherever it runs.
struct Processor {
  const char *options, *cpu;
};

/// Vectors of 128, 256 and 512 bits, with and without fused multiply-adds, then this machine
/// itself. Schedules for a processor that this machine cannot stand in for are run as this
/// machine's code.
std::vector<Processor> processors() {
  std::vector<Processor> found = {
      {"vector-bits=128 vector-registers=16", "x86-64-v2"},
      {"vector-bits=256 vector-registers=16", "x86-64-v3"},
      {"vector-bits=512 vector-registers=32", "x86-64-v4"},
      {"vector-bits=128 vector-registers=16 l1-bytes=256 l2-bytes=2048", "x86-64-v2"},
      {"", ""}};
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  std::map<llvm::StringRef, std::vector<const char *>> needed = {
      {"x86-64-v2", {"sse4.2"}},
      {"x86-64-v3", {"avx2", "fma", "bmi2"}},
      {"x86-64-v4", {"avx512f", "avx512bw", "avx512dq", "avx512vl"}}};
  for (Processor &processor : found)
    for (const char *feature : needed[processor.cpu])
      if (!features.lookup(feature)) {
        std::cerr << processor.cpu << ": this machine lacks " << feature
                  << ", its schedules are run as this machine's code\n";
        processor.cpu = "";
        break;
      }
  return found;
}

void fillWithIntegers(GuardedBuffer &buffer, uint64_t seed) {
  std::mt19937_64 engine(seed);
  for (int64_t i = 0; i < buffer.size(); ++i)
    buffer[i] = float(int64_t(engine() % 7) - 3);
}

/// Returns whether the schedule had an effect.
bool expectSameBits(const Form &form, const std::string &schedule, uint64_t seed,
                    const std::string &cpu = "") {
  SCOPED_TRACE(form.name + "\n" + form.module() + schedule + "\n" + cpu);
  Jit expected(form.module(), naive), actual(form.module(), schedule, cpu);
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

TEST(Contraction, RandomFormsEqualScalarLoops) {
  std::vector<Processor> machines = processors();
  const char *cases = std::getenv("SALIENCY_CONTRACTION_CASES");
  const char *from = std::getenv("SALIENCY_CONTRACTION_FIRST");
  uint64_t first = from ? std::strtoull(from, nullptr, 10) : 0;
  uint64_t count = cases ? std::strtoull(cases, nullptr, 10) : 75;
  uint64_t tiled = 0;
  for (uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Processor &processor = machines[seed % machines.size()];
    tiled += expectSameBits(randomForm(seed), onMachine(processor.options), seed, processor.cpu);
  }
  EXPECT_GE(10 * tiled, 8 * count) << "most forms have a schedule";
}

/// Sums of many random reals: the order differs, the result hardly.
TEST(Contraction, LongSumsAreClose) {
  for (const Form &form : {convolution({.h = 7, .w = 7, .c = 256, .k = 64, .block = 32}),
                           correlation({.h = 28, .w = 28, .c = 32, .k = 32}),
                           adjoint({.h = 7, .w = 7, .c = 32, .k = 256, .stride = 2}),
                           matmul(1, 33, 47, 2000, false, true), gemv(65, 4096, false)}) {
    Jit expected(form.module(), naive), actual(form.module(), tiled);
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
TEST(Contraction, OffsetsMayBeDynamic) {
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
  Jit expected(module, naive), actual(module, tiled);
  GuardedBuffer lhs(40 * 8, true), rhs(8 * 24, true), reference(40 * 24, true), out(40 * 24, true);
  fillWithIntegers(lhs, 1);
  fillWithIntegers(rhs, 2);
  lhs[0] = 9;
  expected.kernel()(lhs.data(), rhs.data(), reference.data());
  actual.kernel()(lhs.data(), rhs.data(), out.data());
  for (int64_t i = 0; i < out.size(); ++i)
    ASSERT_EQ(reference[i], out[i]) << "element " << i;
}

} // namespace
} // namespace saliency::test

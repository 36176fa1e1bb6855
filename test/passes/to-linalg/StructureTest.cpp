// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops that move entries, and the meeting of both orders: functions, loops, foreign ops, cubes.
#include "Harness.h"

#include <gtest/gtest.h>

using namespace saliency::test;

namespace {

std::string axes(const Shape &numbers) { return "array<i64: " + joined(numbers) + ">"; }

void expectReshape(const Shape &from, const Shape &to) {
  Array x = randomArray(from, 1);
  expectResults(oneOp("saliency.reshape $0 {shape = " + axes(to) + "}", {x}, tensorType(to)),
                {Array(to, x.values)}, 0);
}

TEST(ReshapeTest, flatten) { expectReshape({2, 3, 4, 5}, {2, 60}); }
TEST(ReshapeTest, flattenPooled) { expectReshape({2, 3, 1, 1}, {2, 3}); }
TEST(ReshapeTest, unflatten) { expectReshape({2, 60}, {2, 3, 4, 5}); }
TEST(ReshapeTest, rows) { expectReshape({2, 3, 4, 5}, {2, 3, 20}); }
TEST(ReshapeTest, regroup) { expectReshape({2, 6, 4}, {2, 4, 6}); }
TEST(ReshapeTest, rankUp) { expectReshape({2, 6, 4}, {2, 2, 3, 4, 1}); }
TEST(ReshapeTest, perChannel) { expectReshape({5}, {1, 5, 1, 1}); }
TEST(ReshapeTest, units) { expectReshape({1, 1, 3, 1}, {3}); }

TEST(TransposeTest, everyPermutation) {
  Array x = randomArray({2, 3, 4, 5}, 2);
  Shape permutation = {0, 1, 2, 3};
  do {
    Shape shape(4);
    for (size_t i = 0; i != 4; ++i)
      shape[i] = x.shape[permutation[i]];
    Array expected(shape);
    forEachIndex(shape, [&](const Shape &at) {
      Shape from(4);
      for (size_t i = 0; i != 4; ++i)
        from[permutation[i]] = at[i];
      expected[at] = x[from];
    });
    expectResults(oneOp("saliency.transpose $0 {permutation = " + axes(permutation) + "}", {x},
                        tensorType(shape)),
                  {expected}, 0);
  } while (std::next_permutation(permutation.begin(), permutation.end()));
}

TEST(SliceTest, strided) {
  Array x = randomArray({2, 6, 7, 8}, 3), expected({1, 2, 3, 8});
  forEachIndex(expected.shape, [&](const Shape &at) {
    expected[at] = x[{1 + at[0], 1 + 3 * at[1], 2 * at[2], at[3]}];
  });
  expectResults(oneOp("saliency.slice $0 {starts = array<i64: 1, 1, 0, 0>, sizes = array<i64: 1, "
                      "2, 3, 8>, strides = array<i64: 1, 3, 2, 1>}",
                      {x}, tensorType(expected.shape)),
                {expected}, 0);
}

void expectPad(const Shape &low, const Shape &high, const Shape &interior) {
  Array x = randomArray({2, 3, 4, 2}, 4);
  Shape shape(4);
  for (size_t i = 0; i != 4; ++i)
    shape[i] = low[i] + x.shape[i] + (x.shape[i] - 1) * interior[i] + high[i];
  Array expected(shape, 1.5);
  forEachIndex(x.shape, [&](const Shape &at) {
    Shape to(4);
    for (size_t i = 0; i != 4; ++i)
      to[i] = low[i] + at[i] * (interior[i] + 1);
    expected[to] = x[at];
  });
  expectResults(oneOp("saliency.pad $0 {low = " + axes(low) + ", high = " + axes(high) +
                          ", interior = " + axes(interior) + ", value = 1.5 : f32}",
                      {x}, tensorType(shape)),
                {expected}, 0);
}
TEST(PadTest, border) { expectPad({0, 1, 2, 0}, {0, 0, 1, 3}, {0, 0, 0, 0}); }
TEST(PadTest, interior) { expectPad({0, 0, 1, 0}, {0, 2, 0, 1}, {0, 1, 2, 3}); }

TEST(UpsampleTest, everyFactor) {
  for (const Shape &factors : {Shape{2, 3}, Shape{1, 4}, Shape{3, 1}, Shape{1, 1}}) {
    Array x = randomArray({2, 3, 2, 3}, 4), expected({2, 3, 2 * factors[0], 3 * factors[1]});
    forEachIndex(expected.shape, [&](const Shape &at) {
      expected[at] = x[{at[0], at[1], at[2] / factors[0], at[3] / factors[1]}];
    });
    expectResults(oneOp("saliency.upsample $0 {factors = " + axes(factors) + "}", {x},
                        tensorType(expected.shape)),
                  {expected}, 0);
  }
}
TEST(UpsampleTest, volumesAndSignals) {
  Array signal = randomArray({2, 3, 4}, 4), longer({2, 3, 8});
  forEachIndex(longer.shape,
               [&](const Shape &at) { longer[at] = signal[{at[0], at[1], at[2] / 2}]; });
  expectResults(
      oneOp("saliency.upsample $0 {factors = array<i64: 2>}", {signal}, tensorType(longer.shape)),
      {longer}, 0);
  Array volume = randomArray({1, 2, 2, 1, 3}, 4), larger({1, 2, 4, 3, 3});
  forEachIndex(larger.shape, [&](const Shape &at) {
    larger[at] = volume[{at[0], at[1], at[2] / 2, at[3] / 3, at[4]}];
  });
  expectResults(oneOp("saliency.upsample $0 {factors = array<i64: 2, 3, 1>}", {volume},
                      tensorType(larger.shape)),
                {larger}, 0);
}

TEST(TakeTest, everyAxis) {
  for (int64_t axis = 1; axis != 4; ++axis)
    for (const Shape &places : {Shape{2, 0, 1}, Shape{1, 1, -1, 0}, Shape{0}, Shape{-1}}) {
      Array x = randomArray({2, 3, 3, 4}, 4);
      Shape shape = x.shape;
      shape[axis] = places.size();
      Array expected(shape);
      forEachIndex(shape, [&](const Shape &at) {
        Shape from = at;
        from[axis] = places[at[axis]];
        expected[at] = from[axis] < 0 ? 0 : x[from];
      });
      expectResults(oneOp("saliency.take $0 {axis = " + std::to_string(axis) +
                              " : i64, indices = " + axes(places) + "}",
                          {x}, tensorType(shape)),
                    {expected}, 0);
    }
}

TEST(InterpolateTest, sumsOfTaps) {
  for (int64_t axis = 1; axis != 4; ++axis) {
    Array x = randomArray({2, 3, 3, 4}, 4);
    Shape shape = x.shape;
    shape[axis] = 2;
    Array expected(shape);
    forEachIndex(shape, [&](const Shape &at) { // entry 0: x[2] / 2 + x[1] / 4; entry 1: x[0]
      Shape first = at, second = at;
      first[axis] = at[axis] == 0 ? 2 : 0;
      second[axis] = 1;
      expected[at] = at[axis] == 0 ? x[first] * 0.5 + x[second] * 0.25 : x[first];
    });
    expectResults(oneOp("saliency.interpolate $0 {axis = " + std::to_string(axis) +
                            " : i64, extent = 2 : i64, indices = array<i64: 2, 0, 1, -1>, weights "
                            "= array<f32: 0.5, 1.0, 0.25, 0.0>}",
                        {x}, tensorType(shape)),
                  {expected}, 1e-6);
  }
}

TEST(ConcatTest, everyAxis) {
  for (int64_t axis = 0; axis != 4; ++axis) {
    Shape first = {2, 3, 2, 3}, second = first, result = first;
    second[axis] += 1;
    result[axis] += second[axis];
    Array a = randomArray(first, 5), b = randomArray(second, 6), expected(result);
    forEachIndex(result, [&](const Shape &at) {
      Shape from = at;
      bool isFirst = at[axis] < first[axis];
      from[axis] -= isFirst ? 0 : first[axis];
      expected[at] = isFirst ? a[from] : b[from];
    });
    expectResults(oneOp("saliency.concat $0, $1 {axis = " + std::to_string(axis) + " : i64}",
                        {a, b}, tensorType(result)),
                  {expected}, 0);
  }
}

TEST(IdentityTest, dropout) {
  Array x = randomArray({2, 3, 4, 5}, 7);
  expectResults(oneOp("saliency.dropout $0", {x}, tensorType(x.shape)), {x}, 0);
  expectResults(oneOp("saliency.identity $0", {x}, tensorType(x.shape)), {x}, 0);
}

TEST(BoundaryTest, cubes) {
  // Both orders of a cube have one type: nothing may be taken for converted.
  Array x = randomArray({3, 3, 3, 3}, 8), y = randomArray({3, 3, 3, 3}, 9), expected = x;
  for (size_t i = 0; i != x.values.size(); ++i)
    expected.values[i] = (x.values[i] + y.values[i]) * 2 - y.values[i];
  Program program{
      R"(func.func @f(%x: tensor<3x3x3x3xf32>, %y: tensor<3x3x3x3xf32>) -> tensor<3x3x3x3xf32> {
    %a = saliency.add %x, %y : (tensor<3x3x3x3xf32>, tensor<3x3x3x3xf32>) -> tensor<3x3x3x3xf32>
    %b = arith.addf %a, %a : tensor<3x3x3x3xf32>
    %c = arith.subf %b, %y : tensor<3x3x3x3xf32>
    return %c : tensor<3x3x3x3xf32>
  })",
      {x, y}};
  expectResults(program, {expected});
  program.constants = {1};
  expectResults(program, {expected});
}

TEST(BoundaryTest, maskConstants) {
  Array x = randomArray({1, 2, 2}, 12), expected = x;
  expected.values[1] = expected.values[2] = 0;
  expectResults({R"(func.func @f(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
    %mask = arith.constant dense<[[[true, false], [false, true]]]> : tensor<1x2x2xi1>
    %zero = arith.constant dense<0.0> : tensor<1x2x2xf32>
    %y = arith.select %mask, %x, %zero : tensor<1x2x2xi1>, tensor<1x2x2xf32>
    return %y : tensor<1x2x2xf32>
  })",
                 {x}},
                {expected}, 0);
}

TEST(BoundaryTest, loopsAndBranches) {
  Array x = randomArray({1, 2, 3, 4}, 10), expected = x;
  for (double &value : expected.values)
    value = value * 8 < 0 ? 0 : value * 8;
  expectResults({R"(func.func @f(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %three = arith.constant 3 : index
    %doubled = scf.for %i = %zero to %three step %one iter_args(%s = %x) -> (tensor<1x2x3x4xf32>) {
      %t = arith.addf %s, %s : tensor<1x2x3x4xf32>
      scf.yield %t : tensor<1x2x3x4xf32>
    }
    %true = arith.constant true
    %y = scf.if %true -> (tensor<1x2x3x4xf32>) {
      %r = saliency.relu %doubled : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
      scf.yield %r : tensor<1x2x3x4xf32>
    } else {
      scf.yield %doubled : tensor<1x2x3x4xf32>
    }
    return %y : tensor<1x2x3x4xf32>
  })",
                 {x}},
                {expected});
}

TEST(BoundaryTest, foreignOps) {
  // Ops that are not lowered here see logical order: the slice takes channel 1.
  Array x = randomArray({1, 2, 3, 4}, 11), expected({1, 2, 3, 4});
  forEachIndex(x.shape, [&](const Shape &at) { expected[at] = 2 * x[{0, 1, at[2], at[3]}] + 1; });
  expectResults({R"(func.func @f(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
    %a = arith.addf %x, %x : tensor<1x2x3x4xf32>
    %s = tensor.extract_slice %a[0, 1, 0, 0] [1, 1, 3, 4] [1, 1, 1, 1] : tensor<1x2x3x4xf32> to tensor<1x1x3x4xf32>
    %b = saliency.broadcast %s {shape = array<i64: 1, 2, 3, 4>} : (tensor<1x1x3x4xf32>) -> tensor<1x2x3x4xf32>
    %one = arith.constant dense<1.0> : tensor<1x2x3x4xf32>
    %y = arith.addf %b, %one : tensor<1x2x3x4xf32>
    return %y : tensor<1x2x3x4xf32>
  })",
                 {x}},
                {expected});
}

} // namespace

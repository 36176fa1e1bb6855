// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dense layers and matrix products.
#include "Harness.h"

#include <gtest/gtest.h>

using namespace saliency::test;

namespace {

struct DenseCase {
  const char *name;
  int64_t samples, outputs, inputs;
  bool perSample = false;
};
void PrintTo(const DenseCase &c, std::ostream *os) { *os << c.name; }

class DenseTest : public testing::TestWithParam<DenseCase> {
protected:
  const DenseCase &c = GetParam();
  Shape x = {c.samples, c.inputs}, y = {c.samples, c.outputs},
        sampled = {c.samples, c.outputs, c.inputs};
  Shape weights = c.perSample ? sampled : Shape{c.outputs, c.inputs};

  template <typename Visit> void forEachProduct(Visit visit) const {
    forEachIndex(sampled, [&](const Shape &at) {
      visit(Shape{at[0], at[1]}, Shape{at[0], at[2]}, c.perSample ? at : Shape{at[1], at[2]});
    });
  }
  void expectBoth(Program program, const Array &expected, std::set<unsigned> constants) const {
    expectResults(program, {expected});
    if (c.perSample)
      return;
    program.constants = std::move(constants);
    expectResults(program, {expected});
  }
};

TEST_P(DenseTest, forward) {
  Array in = randomArray(x, 1), w = randomArray(weights, 2), b = randomArray({c.outputs}, 3),
        expected(y);
  forEachIndex(y, [&](const Shape &at) { expected[at] = b.values[at[1]]; });
  forEachProduct([&](const Shape &to, const Shape &from, const Shape &weight) {
    expected[to] += w[weight] * in[from];
  });
  expectBoth(oneOp("saliency.gemm $0, $1, $2", {in, w, b}, tensorType(y)), expected, {1, 2});
}

TEST_P(DenseTest, adjoint) {
  Array r = randomArray(y, 4), w = randomArray(weights, 5), expected(x);
  forEachProduct([&](const Shape &to, const Shape &from, const Shape &weight) {
    expected[from] += w[weight] * r[to];
  });
  expectBoth(oneOp("saliency.gemm_adjoint $0, $1", {w, r}, tensorType(x)), expected, {0});
}

TEST_P(DenseTest, correlate) {
  Array in = randomArray(x, 6), r = randomArray(y, 7), expected(sampled);
  forEachIndex(sampled,
               [&](const Shape &at) { expected[at] = r[{at[0], at[1]}] * in[{at[0], at[2]}]; });
  expectResults(oneOp("saliency.gemm_correlate $0, $1", {in, r}, tensorType(sampled)), {expected});
}

const DenseCase kCases[] = {{"plain", 2, 16, 24},           {"odd", 1, 7, 5},
                            {"classes", 3, 10, 64},         {"wide", 1, 96, 130},
                            {"perSample", 2, 16, 24, true}, {"perSampleOdd", 3, 5, 7, true}};
INSTANTIATE_TEST_SUITE_P(Forms, DenseTest, testing::ValuesIn(kCases),
                         [](const auto &info) { return std::string(info.param.name); });

/// A dense layer on every token, its adjoint, and its correlation summed over tokens.
void expectTokens(const Shape &between, bool perSample) {
  const int64_t samples = 2, outputs = 6, inputs = 5;
  Shape x = {samples}, weights = {outputs, inputs};
  x.insert(x.end(), between.begin(), between.end());
  Shape y = x;
  x.push_back(inputs), y.push_back(outputs);
  if (perSample)
    weights.insert(weights.begin(), samples);
  Array in = randomArray(x, 31), r = randomArray(y, 32), w = randomArray(weights, 33),
        b = randomArray({outputs}, 34), forward(y), adjoint(x),
        correlate({samples, outputs, inputs});
  forEachIndex(y, [&](const Shape &to) {
    forward[to] = b.values[to.back()];
    for (int64_t k = 0; k != inputs; ++k) {
      Shape from = to, weight = {to.back(), k};
      from.back() = k;
      if (perSample)
        weight.insert(weight.begin(), to[0]);
      forward[to] += w[weight] * in[from];
      adjoint[from] += w[weight] * r[to];
      correlate[{to[0], to.back(), k}] += in[from] * r[to];
    }
  });
  expectResults(oneOp("saliency.gemm $0, $1, $2", {in, w, b}, tensorType(y)), {forward});
  expectResults(oneOp("saliency.gemm_adjoint $0, $1", {w, r}, tensorType(x)), {adjoint});
  expectResults(oneOp("saliency.gemm_correlate $0, $1", {in, r}, tensorType(correlate.shape)),
                {correlate});
}
TEST(TokensTest, shared) { expectTokens({7}, false); }
TEST(TokensTest, perSample) { expectTokens({7}, true); }
TEST(TokensTest, grid) { expectTokens({3, 4}, false); }

void expectMatMul(const Shape &a, const Shape &b, const Shape &result) {
  Array left = randomArray(a, 8), right = randomArray(b, 9), expected(result);
  auto leading = [&](const Shape &own, const Shape &at, int64_t row, int64_t column) {
    Shape index(own.size());
    for (size_t axis = 0; axis + 2 < own.size(); ++axis)
      index[axis] = own[axis] == 1 ? 0 : at[at.size() - own.size() + axis];
    index[own.size() - 2] = row;
    index[own.size() - 1] = column;
    return index;
  };
  forEachIndex(result, [&](const Shape &at) {
    for (int64_t k = 0; k != a.back(); ++k)
      expected[at] +=
          left[leading(a, at, at[at.size() - 2], k)] * right[leading(b, at, k, at.back())];
  });
  expectResults(oneOp("saliency.matmul $0, $1", {left, right}, tensorType(result)), {expected});
}

TEST(MatMulTest, matrices) { expectMatMul({3, 4}, {4, 5}, {3, 5}); }
TEST(MatMulTest, batched) { expectMatMul({2, 3, 4}, {2, 4, 5}, {2, 3, 5}); }
TEST(MatMulTest, heads) { expectMatMul({2, 4, 3, 8}, {2, 4, 8, 6}, {2, 4, 3, 6}); }
TEST(MatMulTest, broadcast) { expectMatMul({2, 1, 3, 4}, {3, 4, 5}, {2, 3, 3, 5}); }
TEST(MatMulTest, sharedRight) { expectMatMul({2, 3, 4}, {4, 6}, {2, 3, 6}); }

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a saliency program through the lowering and upstream's loops, or the compiler's own schedule
// for a processor, and compares with expected numbers.
#ifndef SALIENCY_TEST_TO_LINALG_HARNESS_H
#define SALIENCY_TEST_TO_LINALG_HARNESS_H

#include "passes/to_linalg/ToLinalg.h"

#include <random>
#include <set>
#include <string>
#include <vector>

namespace saliency::test {

using Shape = std::vector<int64_t>;

inline int64_t countOf(const Shape &shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

/// A dense tensor in row-major logical order. Integer and boolean tensors hold their numbers as
/// doubles, too.
struct Array {
  Array() = default;
  explicit Array(Shape shape, double value = 0)
      : shape(std::move(shape)), values(countOf(this->shape), value) {}
  Array(Shape shape, std::vector<double> values)
      : shape(std::move(shape)), values(std::move(values)) {}

  int64_t flat(const Shape &index) const {
    int64_t position = 0;
    for (size_t axis = 0; axis != shape.size(); ++axis)
      position = position * shape[axis] + index[axis];
    return position;
  }
  double &operator[](const Shape &index) { return values[flat(index)]; }
  double operator[](const Shape &index) const { return values[flat(index)]; }

  Shape shape;
  std::vector<double> values;
};

/// Calls `visit` with every index of `shape`, in row-major order.
template <typename Visit> void forEachIndex(const Shape &shape, Visit visit) {
  Shape index(shape.size(), 0);
  for (int64_t count = countOf(shape); count > 0; --count) {
    visit(index);
    for (size_t axis = shape.size(); axis-- > 0 && ++index[axis] == shape[axis];)
      index[axis] = 0;
  }
}

/// Numbers in [-1, 1) that float32 holds exactly, the same on every machine.
Array randomArray(Shape shape, unsigned seed);

/// "tensor<2x3xf32>".
std::string tensorType(const Shape &shape, const std::string &element = "f32");
/// "2, 3".
std::string joined(const Shape &numbers);

/// A module with a function @f and the arguments to call it with.
struct Program {
  std::string text;
  std::vector<Array> arguments;
  std::set<unsigned> constants = {}; // arguments that are compiled in as saliency.constant
};

/// A program whose @f takes `arguments` as %0, %1, ... (float32) and returns what `line` computes:
/// an op with "$0", "$1" for its operands, ended by its attributes, e.g. "saliency.resize $0
/// {...}".
Program oneOp(const std::string &line, std::vector<Array> arguments, const std::string &resultType);

/// Expects `results`, within `tolerance` of the largest number, from every combination of layout
/// and contractions as plain loops, and from the form in which explainers are compiled for vectors
/// of every width. NaN expects NaN.
void expectResults(const Program &program, const std::vector<Array> &results,
                   double tolerance = 2e-6);

} // namespace saliency::test

#endif // SALIENCY_TEST_TO_LINALG_HARNESS_H

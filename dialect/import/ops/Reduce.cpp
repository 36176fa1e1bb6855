// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions of constants: ReduceProd, ReduceMax, ReduceMin-1, 11, 12, 13, 18, 20 and ReduceSum-1,
// 11, 13; and the axes that all reductions share.
#include "dialect/import/Axes.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

FailureOr<ReductionAxes> readReductionAxes(Node &node, int64_t rank, int64_t attributeUntil) {
  ReductionAxes reduction;
  bool noopOnEmpty = false, attribute = node.getVersion() < attributeUntil;
  if (failed(node.read("keepdims", reduction.keepDims)) ||
      (!attribute && failed(node.read("noop_with_empty_axes", noopOnEmpty))))
    return failure();
  FailureOr<std::optional<SmallVector<int64_t>>> requested = node.getIntsFrom(attribute, 1, "axes");
  if (failed(requested))
    return failure();
  if (*requested && !(*requested)->empty()) {
    FailureOr<SmallVector<int64_t>> axes = normalizeAxes(node, **requested, rank);
    if (failed(axes))
      return failure();
    reduction.axes = *axes;
    llvm::sort(reduction.axes);
  } else if (!noopOnEmpty) {
    reduction.axes = llvm::to_vector(llvm::seq<int64_t>(rank));
  }
  return reduction;
}

template <typename Fn>
static LogicalResult foldReduction(Node &node, int64_t attributeUntil, bool emptyAllowed,
                                   double start, Fn combine) {
  if (failed(requireConstants(node)))
    return failure();
  FailureOr<HostTensor> x = node.getConstant(0, "the operand");
  if (failed(x))
    return failure();
  ArrayRef<int64_t> from = x->getShape();
  FailureOr<ReductionAxes> reduction = readReductionAxes(node, from.size(), attributeUntil);
  if (failed(reduction))
    return failure();
  if (x->size() == 0 && !emptyAllowed)
    return node.badInput() << "an extreme is taken over entries, found extents " << listText(from);

  // The kept axes number the results, the reduced ones the entries of each.
  SmallVector<int64_t> shape, kept, keptStrides, reduced, reducedStrides,
      own = rowMajorStrides(from);
  for (auto [axis, extent] : llvm::enumerate(from)) {
    bool isReduced = llvm::is_contained(reduction->axes, static_cast<int64_t>(axis));
    (isReduced ? reduced : kept).push_back(extent);
    (isReduced ? reducedStrides : keptStrides).push_back(own[axis]);
    if (!isReduced || reduction->keepDims)
      shape.push_back(isReduced ? 1 : extent);
  }
  auto entry = [](int64_t number, ArrayRef<int64_t> extents, ArrayRef<int64_t> strides) {
    int64_t offset = 0;
    for (size_t axis = extents.size(); axis-- > 0; number /= extents[axis])
      offset += number % extents[axis] * strides[axis];
    return offset;
  };
  int64_t terms = *elementCount(reduced);
  return visitNumeric(node, x->getType(), [&](auto zero) {
    using T = decltype(zero);
    return fillResult<T>(node, x->getType(), shape, false, [&](int64_t i) {
      int64_t base = entry(i, kept, keptStrides);
      T value = terms > 0 && !emptyAllowed ? x->at<T>(base) : static_cast<T>(start);
      for (int64_t term = 0; term != terms; ++term)
        value = combine(value, x->at<T>(base + entry(term, reduced, reducedStrides)));
      return value;
    });
  });
}

/// Wrapping for integers, as in foldings of Add and Mul.
template <typename T, typename Fn> static T wrap(T a, T b, Fn compute) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(compute(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
  else
    return compute(a, b);
}

LogicalResult foldReduceProd(Node &node) {
  return foldReduction(node, 18, true, 1, [](auto a, auto b) {
    return wrap(a, b, [](auto a, auto b) { return a * b; });
  });
}
LogicalResult foldReduceSum(Node &node) {
  return foldReduction(node, 13, true, 0, [](auto a, auto b) {
    return wrap(a, b, [](auto a, auto b) { return a + b; });
  });
}
LogicalResult foldReduceMax(Node &node) {
  return foldReduction(node, 18, false, 0, [](auto a, auto b) { return std::max(a, b); });
}
LogicalResult foldReduceMin(Node &node) {
  return foldReduction(node, 18, false, 0, [](auto a, auto b) { return std::min(a, b); });
}

} // namespace saliency

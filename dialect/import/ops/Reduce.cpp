// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions: of data by pools over the reduced axes, of constants by evaluation. ReduceMean,
// ReduceProd, ReduceL1, ReduceL2, ReduceLogSum, ReduceLogSumExp, ReduceSumSquare-1, 11, 13, 18;
// ReduceSum-1, 11, 13; ReduceMax and ReduceMin-1, 11, 12, 13, 18, 20.
#include "dialect/import/Axes.h"
#include "dialect/import/Composer.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/Places.h"
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

/// Floats are combined in double precision. `divides`: by the number of entries combined.
template <typename Fn>
static LogicalResult foldReduction(Node &node, int64_t attributeUntil, bool emptyAllowed,
                                   double start, Fn combine, bool divides = false) {
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
    using Sum = std::conditional_t<std::is_floating_point_v<T>, double, T>;
    return fillResult<T>(node, x->getType(), shape, false, [&](int64_t i) {
      int64_t base = entry(i, kept, keptStrides);
      Sum value = terms > 0 && !emptyAllowed ? x->at<T>(base) : static_cast<T>(start);
      for (int64_t term = 0; term != terms; ++term)
        value = combine(value, Sum(x->at<T>(base + entry(term, reduced, reducedStrides))));
      return static_cast<T>(divides ? value / static_cast<Sum>(terms) : value);
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
static LogicalResult foldReduceMean(Node &node) {
  if (Operand *x = node.getInput(0); x && x->constant->size() == 0)
    return node.badInput() << "a mean is taken over entries, found extents "
                           << listText(x->getShape());
  return foldReduction(
      node, 18, true, 0,
      [](auto a, auto b) { return wrap(a, b, [](auto a, auto b) { return a + b; }); },
      /*divides=*/true);
}
LogicalResult foldReduceMax(Node &node) {
  return foldReduction(node, 18, false, 0, [](auto a, auto b) { return std::max(a, b); });
}
LogicalResult foldReduceMin(Node &node) {
  return foldReduction(node, 18, false, 0, [](auto a, auto b) { return std::min(a, b); });
}

//===------------------------------------------------------------------------------------------===//
// Data
//===------------------------------------------------------------------------------------------===//

/// The result of `compute`, which keeps reduced axes with extent 1.
static LogicalResult
importReduction(Node &node, int64_t attributeUntil,
                llvm::function_ref<Value(Composer &, Value, ArrayRef<int64_t>)> compute) {
  FailureOr<Value> x = node.getValue(0);
  if (failed(x))
    return failure();
  SmallVector<int64_t> shape(cast<RankedTensorType>(x->getType()).getShape());
  FailureOr<ReductionAxes> reduction = readReductionAxes(node, shape.size(), attributeUntil);
  if (failed(reduction))
    return failure();
  SmallVector<int64_t> result;
  for (auto [axis, extent] : llvm::enumerate(shape))
    if (bool isReduced = llvm::is_contained(reduction->axes, static_cast<int64_t>(axis));
        !isReduced || reduction->keepDims)
      result.push_back(isReduced ? 1 : extent);
  Composer c(node);
  return c.finish(c.reshape(compute(c, *x, reduction->axes), result));
}

LogicalResult importReduceMean(Node &node) {
  if (node.allConstant())
    return foldReduceMean(node);
  return importReduction(
      node, 18, [](Composer &c, Value x, ArrayRef<int64_t> axes) { return c.mean(x, axes); });
}
LogicalResult importReduceSum(Node &node) {
  if (node.allConstant())
    return foldReduceSum(node);
  return importReduction(
      node, 13, [](Composer &c, Value x, ArrayRef<int64_t> axes) { return c.sum(x, axes); });
}
LogicalResult importReduceMax(Node &node) {
  if (node.allConstant())
    return foldReduceMax(node);
  return importReduction(
      node, 18, [](Composer &c, Value x, ArrayRef<int64_t> axes) { return c.largest(x, axes); });
}
LogicalResult importReduceMin(Node &node) {
  if (node.allConstant())
    return foldReduceMin(node);
  return importReduction(node, 18, [](Composer &c, Value x, ArrayRef<int64_t> axes) {
    return c.make<NegOp>({c.largest(c.make<NegOp>({x}), axes)});
  });
}
LogicalResult importReduceL1(Node &node) {
  return importReduction(node, 18, [](Composer &c, Value x, ArrayRef<int64_t> axes) {
    return c.sum(c.make<AbsOp>({x}), axes);
  });
}
LogicalResult importReduceL2(Node &node) {
  return importReduction(node, 18, [](Composer &c, Value x, ArrayRef<int64_t> axes) {
    return c.power(c.sum(c.power(x, 2), axes), 0.5);
  });
}
LogicalResult importReduceSumSquare(Node &node) {
  return importReduction(node, 18, [](Composer &c, Value x, ArrayRef<int64_t> axes) {
    return c.sum(c.power(x, 2), axes);
  });
}
LogicalResult importReduceLogSum(Node &node) {
  return importReduction(node, 18, [](Composer &c, Value x, ArrayRef<int64_t> axes) {
    return c.make<LogOp>({c.sum(x, axes)});
  });
}
/// The largest entry in front, so that no exponential overflows: m + log(sum of exp(x - m)).
LogicalResult importReduceLogSumExp(Node &node) {
  return importReduction(node, 18, [](Composer &c, Value x, ArrayRef<int64_t> axes) {
    Value largest = c.largest(x, axes);
    Value powers = c.make<ExpOp>({c.make<SubOp>({x, largest})});
    return c.make<AddOp>({largest, c.make<LogOp>({c.sum(powers, axes)})});
  });
}

/// A product of slices, which has a derivative where an entry is 0, too.
LogicalResult importReduceProd(Node &node) {
  if (node.allConstant())
    return foldReduceProd(node);
  return importReduction(node, 18, [&](Composer &c, Value x, ArrayRef<int64_t> axes) -> Value {
    constexpr int64_t kMostFactors = 64;
    for (int64_t axis : axes) {
      int64_t extent = x ? cast<RankedTensorType>(x.getType()).getDimSize(axis) : 1;
      if (axis == 0 || extent > kMostFactors) {
        (void)(node.unsupported() << "a product runs over axes of at most " << kMostFactors
                                  << " entries that are not the samples', found " << extent
                                  << " on axis " << axis);
        return {};
      }
      Value product;
      for (int64_t i = 0; x && i != extent; ++i) {
        Value factor = c.orNull(buildTake(node, x, axis, {i}));
        product = product ? c.make<MulOp>({product, factor}) : factor;
      }
      x = product;
    }
    return x;
  });
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MaxPool-1, 8, 10, 11, 12, 22; AveragePool-7, 10, 11, 19, 22; GlobalAveragePool-1, 22;
// GlobalMaxPool-1, 22; ReduceMean-1, 11, 13, 18, ReduceSum-1, 11, 13 and ReduceMax-1, 11, 12, 13,
// 18, 20 of data; LRN-1, 13.
#include "dialect/import/Axes.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/Window.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

namespace {
struct Pool {
  Value x;
  WindowAttr window;
  bool ceilMode = false;
};
} // namespace

static FailureOr<Pool> readPool(Node &node, bool hasDilations, bool hasCeilMode) {
  Pool pool;
  FailureOr<Value> x = node.getValue(0);
  if (failed(x))
    return failure();
  FailureOr<WindowAttr> window = readWindow(node, shapeOf(*x), std::nullopt, hasDilations);
  if (failed(window) || (hasCeilMode && failed(node.read("ceil_mode", pool.ceilMode))))
    return failure();
  pool.x = *x;
  pool.window = *window;
  for (size_t axis = 0; axis != window->getRank(); ++axis)
    if (std::max(window->getLow()[axis], window->getHigh()[axis]) >= window->getSpan(axis))
      return node.unsupported() << "every window of a pool reaches into the data, found padding "
                                << listText(window->getLow()) << " and "
                                << listText(window->getHigh()) << " for a kernel of "
                                << listText(window->getKernel());
  return pool;
}

static SmallVector<NamedAttribute> poolAttributes(Node &node, WindowAttr window, bool ceilMode,
                                                  bool countIncludePad = false) {
  SmallVector<NamedAttribute> attributes{node.attr("window", window)};
  if (ceilMode)
    attributes.push_back(node.attr("ceil_mode", node.getBuilder().getUnitAttr()));
  if (countIncludePad)
    attributes.push_back(node.attr("count_include_pad", node.getBuilder().getUnitAttr()));
  return attributes;
}

LogicalResult importMaxPool(Node &node) {
  if (node.isUsed(1))
    return node.unsupported() << "a max pool has one result, found output 1 (the indices) in use";
  int64_t version = node.getVersion();
  FailureOr<Pool> pool =
      readPool(node, /*hasDilations=*/version >= 10, /*hasCeilMode=*/version >= 10);
  int64_t storageOrder = 0; // the order of the indices, which nobody reads
  if (failed(pool) || (version >= 8 && failed(node.read("storage_order", storageOrder))))
    return failure();
  return node.replaceWith<MaxPoolOp>({pool->x}, poolAttributes(node, pool->window, pool->ceilMode));
}

LogicalResult importAveragePool(Node &node) {
  int64_t version = node.getVersion();
  FailureOr<Pool> pool =
      readPool(node, /*hasDilations=*/version >= 19, /*hasCeilMode=*/version >= 10);
  bool countIncludePad = false;
  if (failed(pool) || failed(node.read("count_include_pad", countIncludePad)))
    return failure();
  return node.replaceWith<AvgPoolOp>(
      {pool->x}, poolAttributes(node, pool->window, pool->ceilMode, countIncludePad));
}

template <typename OpT> static LogicalResult importGlobalPool(Node &node) {
  FailureOr<Value> x = node.getValue(0);
  if (failed(x))
    return failure();
  FailureOr<WindowAttr> window = wholeWindow(node, shapeOf(*x));
  return failed(window) ? failure()
                        : node.replaceWith<OpT>({*x}, poolAttributes(node, *window, false));
}

LogicalResult importGlobalAveragePool(Node &node) { return importGlobalPool<AvgPoolOp>(node); }
LogicalResult importGlobalMaxPool(Node &node) { return importGlobalPool<MaxPoolOp>(node); }

/// A reduction over axes other than the samples: the kept axes become channels, the reduced ones a
/// pool's window.
///   x: N x kept and reduced axes → transpose: N x kept x reduced → N x C x R x 1 → pool: N x C x 1
///   x 1 → result
template <typename PoolT>
static FailureOr<Value> poolOver(Node &node, Value x, ArrayRef<int64_t> axes) {
  ArrayRef<int64_t> shape = shapeOf(x);
  SmallVector<int64_t> permutation;
  int64_t channels = 1, entries = 1;
  for (auto [axis, extent] : llvm::enumerate(shape)) {
    bool reduced = llvm::is_contained(axes, static_cast<int64_t>(axis));
    if (!reduced)
      permutation.push_back(axis);
    if (axis > 0)
      (reduced ? entries : channels) *= extent;
  }
  llvm::append_range(permutation, axes);
  FailureOr<Value> moved = x;
  if (!llvm::is_sorted(permutation) &&
      failed(moved = node.build<TransposeOp>({x}, {node.attr("permutation", permutation)})))
    return failure();
  SmallVector<int64_t> image{shape[0], channels, entries, 1};
  if (image != shapeOf(*moved) &&
      failed(moved = node.build<ReshapeOp>({*moved}, {node.attr("shape", image)})))
    return failure();
  FailureOr<WindowAttr> window = wholeWindow(node, image);
  if (failed(window))
    return failure();
  return node.build<PoolT>({*moved}, poolAttributes(node, *window, false));
}

/// A reduction by a pool, times the number of entries reduced where `sums`.
template <typename PoolT>
static LogicalResult importReduction(Node &node, int64_t attributeUntil, bool sums = false) {
  FailureOr<Value> x = node.getValue(0);
  if (failed(x))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(*x);
  int64_t rank = shape.size();
  FailureOr<ReductionAxes> reduction = readReductionAxes(node, rank, attributeUntil);
  if (failed(reduction))
    return failure();
  ArrayRef<int64_t> axes = reduction->axes;
  if (axes.empty())
    return node.replaceWith<IdentityOp>({*x});
  if (axes.front() == 0)
    return node.unsupported() << "a reduction keeps the axis of samples, found axes "
                              << listText(axes) << " of data " << listText(shape);
  SmallVector<int64_t> result;
  for (int64_t axis = 0; axis != rank; ++axis)
    if (bool reduced = llvm::is_contained(axes, axis); !reduced || reduction->keepDims)
      result.push_back(reduced ? 1 : shape[axis]);

  FailureOr<Value> pooled = failure();
  if (bool spatial =
          axes.front() == 2 && static_cast<int64_t>(axes.size()) == rank - 2 && rank <= 5;
      !spatial) {
    pooled = poolOver<PoolT>(node, *x, axes);
  } else if (FailureOr<WindowAttr> window = wholeWindow(node, shape); succeeded(window)) {
    pooled = node.build<PoolT>({*x}, poolAttributes(node, *window, false));
  }
  if (failed(pooled))
    return failure();
  if (sums) {
    float entries = 1;
    for (int64_t axis : axes)
      entries *= shape[axis];
    pooled = node.build<MulOp>(
        {*pooled,
         node.buildConstant(HostTensor::splat(ElementType::F32, {}, &entries), "entries")});
    if (failed(pooled))
      return failure();
  }
  return shapeOf(*pooled) == ArrayRef<int64_t>(result)
             ? node.setResult(0, *pooled)
             : node.replaceWith<ReshapeOp>({*pooled}, {node.attr("shape", result)});
}

LogicalResult importReduceMean(Node &node) {
  return importReduction<AvgPoolOp>(node, /*attributeUntil=*/18);
}
LogicalResult importReduceSum(Node &node) {
  return node.allConstant()
             ? foldReduceSum(node)
             : importReduction<AvgPoolOp>(node, /*attributeUntil=*/13, /*sums=*/true);
}
LogicalResult importReduceMax(Node &node) {
  return node.allConstant() ? foldReduceMax(node)
                            : importReduction<MaxPoolOp>(node, /*attributeUntil=*/18);
}

/// y = x (bias + alpha m)^-beta with m the mean of x^2 over `size` neighbouring channels, absent
/// ones counting as 0: a pool over the channels of N x 1 x C x cells.
LogicalResult importLRN(Node &node) {
  float alpha = 1e-4f, beta = 0.75f, bias = 1;
  int64_t size = 0;
  FailureOr<Value> x = node.getValue(0);
  if (failed(x) || failed(node.read("alpha", alpha)) || failed(node.read("beta", beta)) ||
      failed(node.read("bias", bias)) || failed(node.read("size", size)))
    return failure();
  SmallVector<int64_t> shape(shapeOf(*x));
  if (shape.size() < 3)
    return node.badInput() << "the data is samples x channels x spatial, found extents "
                           << listText(shape);
  if (size < 1 || size > int64_t(1) << 30)
    return node.badInput() << "size counts neighbouring channels, between 1 and 2^30, found "
                           << size;
  Builder &builder = node.getBuilder();
  auto number = [&](StringRef name, float value) {
    return node.attr(name, builder.getF32FloatAttr(value));
  };
  auto constant = [&](StringRef name, float value) {
    return node.buildConstant(HostTensor::splat(ElementType::F32, {}, &value), name);
  };
  SmallVector<int64_t> image{shape[0], 1, shape[1], *elementCount(ArrayRef(shape).drop_front(2))};
  int64_t kernel[] = {size, 1}, low[] = {(size - 1) / 2, 0}, high[] = {size / 2, 0},
          ones[] = {1, 1};
  auto window = WindowAttr::get(builder.getContext(), kernel, ones, low, high, ones);
  FailureOr<Value> y = node.build<PowOp>({*x}, {number("exponent", 2)});
  if (failed(y) || failed(y = node.build<ReshapeOp>({*y}, {node.attr("shape", image)})) ||
      failed(y = node.build<AvgPoolOp>(
                 {*y}, poolAttributes(node, window, false, /*countIncludePad=*/true))) ||
      failed(y = node.build<ReshapeOp>({*y}, {node.attr("shape", shape)})) ||
      failed(y = node.build<MulOp>({*y, constant("alpha", alpha)})) ||
      failed(y = node.build<AddOp>({*y, constant("bias", bias)})) ||
      failed(y = node.build<PowOp>({*y}, {number("exponent", -beta)})))
    return failure();
  return node.replaceWith<MulOp>({*x, *y});
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MaxPool-1, 8, 10, 11, 12, 22; AveragePool-7, 10, 11, 19, 22; GlobalAveragePool-1, 22;
// GlobalMaxPool-1, 22; LpPool-1, 2, 11, 18, 22 and GlobalLpPool-1, 2, 22; LRN-1, 13.
#include "dialect/import/Composer.h"
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

/// The root of order p of the sum over each window of |x|^p: a mean that counts every cell, times
/// their number. Cells of the padding are 0 and add nothing.
static LogicalResult importLp(Node &node, Value x, WindowAttr window, bool ceilMode) {
  int64_t p = 2;
  if (failed(node.read("p", p)))
    return failure();
  if (p < 1)
    return node.badInput() << "a norm's order p is at least 1, found " << p;
  double cells = 1;
  for (int64_t extent : window.getKernel())
    cells *= static_cast<double>(extent);
  Composer c(node);
  Value powers = p % 2 == 0 ? x : c.make<AbsOp>({x});
  if (p > 1)
    powers = c.power(powers, static_cast<double>(p));
  Value sum = c.times(c.make<AvgPoolOp>({powers}, poolAttributes(node, window, ceilMode,
                                                                 /*countIncludePad=*/true)),
                      cells);
  return c.finish(p == 1 ? sum : c.power(sum, 1.0 / static_cast<double>(p)));
}

LogicalResult importLpPool(Node &node) {
  bool isNew = node.getVersion() >= 18;
  FailureOr<Pool> pool = readPool(node, /*hasDilations=*/isNew, /*hasCeilMode=*/isNew);
  return failed(pool) ? failure() : importLp(node, pool->x, pool->window, pool->ceilMode);
}

LogicalResult importGlobalLpPool(Node &node) {
  FailureOr<Value> x = node.getValue(0);
  if (failed(x))
    return failure();
  FailureOr<WindowAttr> window = wholeWindow(node, shapeOf(*x));
  return failed(window) ? failure() : importLp(node, *x, *window, false);
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
  SmallVector<int64_t> image{shape[0], 1, shape[1], *elementCount(ArrayRef(shape).drop_front(2))};
  int64_t kernel[] = {size, 1}, low[] = {(size - 1) / 2, 0}, high[] = {size / 2, 0},
          ones[] = {1, 1};
  auto window = WindowAttr::get(node.getBuilder().getContext(), kernel, ones, low, high, ones);
  Composer c(node);
  Value mean = c.make<AvgPoolOp>({c.reshape(c.power(*x, 2), image)},
                                 poolAttributes(node, window, false, /*countIncludePad=*/true));
  Value scale = c.plus(c.times(c.reshape(mean, shape), alpha), bias);
  return c.finish(c.make<MulOp>({*x, c.power(scale, -beta)}));
}

} // namespace saliency

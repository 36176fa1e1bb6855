// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that move entries: Transpose-1, 13, 21; Concat-4, 11, 13; Expand-8, 13; Tile-6, 13;
// DepthToSpace-1, 11, 13, 28; SpaceToDepth-1, 13, 28.
#include "dialect/import/Axes.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/Places.h"
#include "dialect/import/ops/Handlers.h"
#include <cstring>

using namespace mlir;

namespace saliency {

LogicalResult importTranspose(Node &node) {
  Operand *x = node.getInput(0);
  std::optional<SmallVector<int64_t>> requested;
  if (!x || failed(node.read("perm", requested)))
    return failure();
  ArrayRef<int64_t> from = x->getShape();
  int64_t rank = from.size();
  SmallVector<int64_t> permutation;
  for (int64_t axis = 0; axis != rank; ++axis)
    permutation.push_back(rank - 1 - axis);
  if (requested) {
    FailureOr<SmallVector<int64_t>> axes = normalizeAxes(node, *requested, rank);
    if (failed(axes))
      return failure();
    if (static_cast<int64_t>(axes->size()) != rank)
      return node.badInput() << "perm names every axis of the data " << listText(from) << ", found "
                             << listText(*requested);
    permutation = *axes;
  }
  if (!x->isConstant())
    return node.replaceWith<TransposeOp>({x->value}, {node.attr("permutation", permutation)});

  SmallVector<int64_t> shape, strides, own = rowMajorStrides(from);
  for (int64_t axis : permutation) {
    shape.push_back(from[axis]);
    strides.push_back(own[axis]);
  }
  FailureOr<HostTensor> result = stridedCopy(node, *x->constant, shape, 0, strides);
  return failed(result) ? failure() : node.setResult(0, *result);
}

/// Concatenation of constants; `shape` is the result's.
static LogicalResult foldConcat(Node &node, ArrayRef<int64_t> shape, int64_t axis) {
  FailureOr<HostTensor> result = node.allocate(node.getInput(0)->constant->getType(), shape);
  if (failed(result))
    return failure();
  int64_t outer = *elementCount(shape.take_front(axis)),
          inner = *elementCount(shape.drop_front(axis + 1));
  int64_t element = sizeOf(result->getType()), row = shape[axis] * inner * element, before = 0;
  for (size_t i = 0; i < node.getNumInputs(); ++i) {
    const HostTensor &part = *node.getInput(i)->constant;
    int64_t piece = part.getShape()[axis] * inner * element;
    for (int64_t o = 0; o != outer; ++o) {
      char *destination = result->mutableBytes() + o * row + before;
      if (!part.isSplat())
        std::memcpy(destination, part.bytes() + o * piece, piece);
      for (int64_t at = 0; part.isSplat() && at != piece; at += element)
        std::memcpy(destination + at, part.bytes(), element);
    }
    before += piece;
  }
  return node.setResult(0, *result);
}

LogicalResult importConcat(Node &node) {
  Operand *first = node.getInput(0);
  if (!first)
    return failure();
  if (!node.hasAttribute("axis"))
    return node.badInput() << "attribute 'axis' is required, found none";
  int64_t requested = 0;
  if (failed(node.read("axis", requested)))
    return failure();
  FailureOr<int64_t> axis = normalizeAxis(node, requested, first->getShape().size());
  if (failed(axis))
    return failure();
  if (!node.allConstant()) {
    SmallVector<Value> operands;
    for (size_t i = 0; i < node.getNumInputs(); ++i) {
      FailureOr<Value> value = node.getValue(i);
      if (failed(value))
        return failure();
      operands.push_back(*value);
    }
    return node.replaceWith<ConcatOp>(
        operands, {node.attr("axis", node.getBuilder().getI64IntegerAttr(*axis))});
  }
  SmallVector<int64_t> shape(first->getShape());
  for (size_t i = 1; i < node.getNumInputs(); ++i) {
    Operand *part = node.getInput(i);
    if (!part)
      return failure();
    SmallVector<int64_t> same(part->getShape());
    bool fits =
        same.size() == shape.size() && part->constant->getType() == first->constant->getType();
    int64_t extent = fits ? same[*axis] : 0;
    if (fits)
      same[*axis] = shape[*axis];
    if (!fits || same != shape || llvm::AddOverflow(shape[*axis], extent, shape[*axis]))
      return node.badInput() << "the parts have one type and the same extents except on axis "
                             << *axis << ", found " << listText(first->getShape()) << " and "
                             << listText(part->getShape());
  }
  return foldConcat(node, shape, *axis);
}

/// The result, a row of `from` entries for each axis repeated to `shape`, `from` dividing it.
static LogicalResult setRepeated(Node &node, Value x, ArrayRef<int64_t> shape) {
  constexpr int64_t kMost = int64_t(1) << 24;
  for (auto [axis, extent] : llvm::enumerate(shape)) {
    int64_t from = cast<RankedTensorType>(x.getType()).getDimSize(axis);
    if (extent < 1 || extent > kMost)
      return node.unsupported() << "a repeated axis has between 1 and " << kMost
                                << " entries, found " << extent << " on axis " << axis;
    SmallVector<int64_t> places(extent);
    for (int64_t i = 0; i != extent; ++i)
      places[i] = i % from;
    FailureOr<Value> taken = buildTake(node, x, axis, places);
    if (failed(taken))
      return failure();
    x = *taken;
  }
  return finishWith(node, x);
}

LogicalResult importExpand(Node &node) {
  Operand *x = node.getInput(0);
  FailureOr<SmallVector<int64_t>> requested = failure();
  if (!x || failed(requested = node.getInts(1, "the shape")))
    return failure();
  FailureOr<SmallVector<int64_t>> shape = broadcastShape(node, x->getShape(), *requested);
  if (failed(shape))
    return failure();
  if (!x->isConstant()) {
    SmallVector<int64_t> own(shape->size() - x->getShape().size(), 1);
    llvm::append_range(own, x->getShape());
    FailureOr<Value> aligned = buildReshape(node, x->value, own);
    return failed(aligned) ? failure() : setRepeated(node, *aligned, *shape);
  }
  if (failed(node.checkSize(x->constant->getType(), *shape)))
    return failure();
  FailureOr<HostTensor> result = broadcastTo(node, *x->constant, *shape);
  return failed(result) ? failure() : node.setResult(0, *result);
}

LogicalResult importTile(Node &node) {
  Operand *x = node.getInput(0);
  FailureOr<SmallVector<int64_t>> repeats = failure();
  if (!x || failed(repeats = node.getInts(1, "the repeats")))
    return failure();
  ArrayRef<int64_t> from = x->getShape();
  // Tiling is a broadcast over an added axis in front of each: (r0, n0, r1, n1, …).
  SmallVector<int64_t> spread, strides, shape, own = rowMajorStrides(from);
  bool fits = repeats->size() == from.size();
  for (size_t axis = 0; fits && axis != from.size(); ++axis) {
    int64_t repeat = (*repeats)[axis], extent;
    fits = repeat >= 0 && !llvm::MulOverflow(repeat, from[axis], extent);
    llvm::append_values(spread, repeat, from[axis]);
    llvm::append_values(strides, int64_t(0), own[axis]);
    shape.push_back(fits ? extent : 0);
  }
  if (!fits)
    return node.badInput() << "the repeats are counts, one per axis of the data " << listText(from)
                           << ", found " << listText(*repeats);
  if (!x->isConstant())
    return setRepeated(node, x->value, shape);
  if (failed(node.checkSize(x->constant->getType(), shape)))
    return failure();
  FailureOr<HostTensor> result = stridedCopy(node, *x->constant, spread, 0, strides);
  return failed(result) ? failure() : node.setResult(0, result->reshaped(shape));
}

/// `x` split to `apart`, its axes reordered, and merged to `merged`.
static LogicalResult setReordered(Node &node, Value x, ArrayRef<int64_t> apart,
                                  ArrayRef<int64_t> permutation, ArrayRef<int64_t> merged) {
  FailureOr<Value> moved = buildReshape(node, x, apart);
  if (failed(moved) ||
      failed(moved = node.build<TransposeOp>({*moved}, {node.attr("permutation", permutation)})))
    return failure();
  return node.replaceWith<ReshapeOp>({*moved}, {node.attr("shape", merged)});
}

/// The data, N x C x H x W, and the block's edge.
static FailureOr<std::pair<Value, int64_t>> readBlocks(Node &node) {
  FailureOr<Value> x = node.getValue(0);
  int64_t block = 0;
  if (failed(x) || failed(node.read("blocksize", block)))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x->getType()).getShape();
  if (shape.size() != 4)
    return node.badInput() << "the data is samples x channels x height x width, found extents "
                           << listText(shape);
  if (block < 1 || block > int64_t(1) << 20)
    return node.badInput() << "blocksize lies in [1, 2^20], found " << block;
  return std::pair(*x, block);
}

LogicalResult importDepthToSpace(Node &node) {
  FailureOr<std::pair<Value, int64_t>> read = readBlocks(node);
  std::string mode = "DCR";
  if (failed(read) || (node.getVersion() >= 11 && failed(node.read("mode", mode))))
    return failure();
  auto [x, b] = *read;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x.getType()).getShape();
  int64_t n = shape[0], c = shape[1], h = shape[2], w = shape[3];
  if (c % (b * b) != 0)
    return node.badInput() << "channels divide into blocks of " << b * b << ", found " << c;
  if (mode != "DCR" && mode != "CRD")
    return node.badInput() << "a mode is DCR or CRD, found '" << printable(mode) << "'";
  c /= b * b;
  if (mode == "DCR") // a block's place in front of the channel
    return setReordered(node, x, {n, b, b, c, h, w}, {0, 3, 4, 1, 5, 2}, {n, c, h * b, w * b});
  return setReordered(node, x, {n, c, b, b, h, w}, {0, 1, 4, 2, 5, 3}, {n, c, h * b, w * b});
}

LogicalResult importSpaceToDepth(Node &node) {
  FailureOr<std::pair<Value, int64_t>> read = readBlocks(node);
  std::string mode = "DCR";
  if (failed(read) || (node.getVersion() >= 28 && failed(node.read("mode", mode))))
    return failure();
  if (mode != "DCR" && mode != "CRD")
    return node.badInput() << "a mode is DCR or CRD, found '" << printable(mode) << "'";
  auto [x, b] = *read;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x.getType()).getShape();
  int64_t n = shape[0], c = shape[1], h = shape[2], w = shape[3];
  if (h % b != 0 || w % b != 0)
    return node.badInput() << "height and width divide into blocks of " << b << ", found "
                           << listText(shape);
  SmallVector<int64_t> order = mode == "DCR" ? SmallVector<int64_t>{0, 3, 5, 1, 2, 4}
                                             : SmallVector<int64_t>{0, 1, 3, 5, 2, 4};
  return setReordered(node, x, {n, c, h / b, b, w / b, b}, order, {n, c * b * b, h / b, w / b});
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parts of a tensor: Slice-1, 10, 11, 13; Split-2, 11, 13, 18; Gather-1, 11, 13 (of constants, or
// of data at constant indices).
#include "dialect/import/Axes.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/Places.h"
#include "dialect/import/ops/Handlers.h"
#include <cstring>

using namespace mlir;

namespace saliency {

namespace {
struct Range {
  SmallVector<int64_t> starts, sizes, strides;
  explicit Range(ArrayRef<int64_t> shape)
      : starts(shape.size(), 0), sizes(shape), strides(shape.size(), 1) {}

  /// ONNX's start:end:step on an axis of which the whole is taken so far. Bounds count from the end
  /// where negative, and are then limited to the axis; a negative step walks down to just above
  /// `end`.
  void restrict(int64_t axis, int64_t start, int64_t end, int64_t step) {
    int64_t extent = sizes[axis];
    if (extent == 0)
      return;
    auto limit = [&](int64_t at, int64_t lowest) {
      return std::clamp(at < 0 ? at + extent : at, lowest, step < 0 ? extent - 1 : extent);
    };
    step = std::clamp(step, -extent, extent);
    start = limit(start, 0);
    end = limit(end, step < 0 ? -1 : 0);
    int64_t span = step < 0 ? start - end : end - start;
    sizes[axis] = span <= 0 ? 0 : (span - 1) / std::abs(step) + 1;
    starts[axis] = span <= 0 ? 0 : start;
    strides[axis] = step;
  }
};
} // namespace

/// Output `i` = the range of `x`.
static LogicalResult setSlice(Node &node, size_t i, const Operand &x, const Range &range) {
  if (!x.isConstant()) {
    if (llvm::is_contained(range.sizes, 0))
      return node.unsupported() << "results have entries, found extents " << listText(range.sizes);
    // Axes that are walked down are taken first; behind them the others are cut.
    Value taken = x.value;
    Range rest = range;
    for (auto [axis, stride] : llvm::enumerate(range.strides)) {
      if (stride > 0)
        continue;
      SmallVector<int64_t> places;
      for (int64_t place = 0; place != range.sizes[axis]; ++place)
        places.push_back(range.starts[axis] + place * stride);
      FailureOr<Value> reversed = buildTake(node, taken, axis, places);
      if (failed(reversed))
        return failure();
      taken = *reversed;
      rest.starts[axis] = 0;
      rest.strides[axis] = 1;
    }
    FailureOr<Value> slice = node.build<SliceOp>({taken}, {node.attr("starts", rest.starts),
                                                           node.attr("sizes", rest.sizes),
                                                           node.attr("strides", rest.strides)});
    return failed(slice) ? failure() : node.setResult(i, *slice);
  }
  SmallVector<int64_t> strides = rowMajorStrides(x.getShape());
  int64_t offset = 0;
  for (size_t axis = 0; axis != strides.size(); ++axis) {
    offset += range.starts[axis] * strides[axis];
    strides[axis] *= range.strides[axis];
  }
  FailureOr<HostTensor> slice = stridedCopy(node, *x.constant, range.sizes, offset, strides);
  return failed(slice) ? failure() : node.setResult(i, *slice);
}

LogicalResult importSlice(Node &node) {
  Operand *x = node.getInput(0);
  if (!x)
    return failure();
  bool attributes = node.getVersion() < 10;
  std::optional<SmallVector<int64_t>> lists[4];
  static constexpr StringRef names[] = {"starts", "ends", "axes", "steps"};
  for (size_t i = 0; i != (attributes ? 3 : 4); ++i) {
    FailureOr<std::optional<SmallVector<int64_t>>> list =
        node.getIntsFrom(attributes, i + 1, names[i]);
    if (failed(list))
      return failure();
    lists[i] = *list;
  }
  auto &[starts, ends, requestedAxes, steps] = lists;
  if (!starts || !ends)
    return node.badInput() << "starts and ends are required, found none";
  ArrayRef<int64_t> shape = x->getShape();
  if (!requestedAxes)
    requestedAxes.emplace(llvm::to_vector(llvm::seq<int64_t>(starts->size())));
  if (!steps)
    steps.emplace(starts->size(), 1);
  if (starts->size() != ends->size() || starts->size() != requestedAxes->size() ||
      starts->size() != steps->size())
    return node.badInput() << "starts, ends, axes and steps have one length, found "
                           << starts->size() << ", " << ends->size() << ", "
                           << requestedAxes->size() << " and " << steps->size();
  FailureOr<SmallVector<int64_t>> axes = normalizeAxes(node, *requestedAxes, shape.size());
  if (failed(axes))
    return failure();

  Range range(shape);
  for (auto [axis, start, end, step] : llvm::zip(*axes, *starts, *ends, *steps)) {
    if (step == 0)
      return node.badInput() << "a step is not 0, found 0 on axis " << axis;
    range.restrict(axis, start, end, step);
  }
  return setSlice(node, 0, *x, range);
}

/// Extents of the parts of an axis of `extent`, one per output.
static FailureOr<SmallVector<int64_t>> splitExtents(Node &node, int64_t extent) {
  FailureOr<std::optional<SmallVector<int64_t>>> requested =
      node.getIntsFrom(node.getVersion() < 13, 1, "split");
  int64_t outputs = node.getNumOutputs(), parts = outputs;
  if (failed(requested) || (node.getVersion() >= 18 && failed(node.read("num_outputs", parts))))
    return failure();
  if (parts != outputs)
    return node.badInput() << "num_outputs is the number of outputs (" << outputs << "), found "
                           << parts;
  if (*requested) {
    int64_t sum = 0;
    bool fits = static_cast<int64_t>((*requested)->size()) == outputs;
    for (int64_t part : **requested)
      fits = fits && part >= 0 && !llvm::AddOverflow(sum, part, sum);
    if (!fits || sum != extent)
      return node.badInput() << "split has one extent for each of " << outputs << " outputs, "
                             << extent << " in all, found " << listText(**requested);
    return **requested;
  }
  // Before version 18 all parts are equal; since then the last may be smaller.
  int64_t part = (extent + parts - 1) / parts, last = extent - part * (parts - 1);
  if (last < 0 || (last != part && node.getVersion() < 18))
    return node.badInput() << "an axis of extent " << extent
                           << " must divide into the outputs, found " << parts;
  SmallVector<int64_t> extents(parts, part);
  extents.back() = last;
  return extents;
}

LogicalResult importSplit(Node &node) {
  Operand *x = node.getInput(0);
  int64_t requested = 0;
  if (!x || failed(node.read("axis", requested)))
    return failure();
  FailureOr<int64_t> axis = normalizeAxis(node, requested, x->getShape().size());
  if (failed(axis))
    return failure();
  FailureOr<SmallVector<int64_t>> extents = splitExtents(node, x->getShape()[*axis]);
  if (failed(extents))
    return failure();
  Range range(x->getShape());
  for (auto [i, extent] : llvm::enumerate(*extents)) {
    range.sizes[*axis] = extent;
    if (failed(setSlice(node, i, *x, range)))
      return failure();
    range.starts[*axis] += extent;
  }
  return success();
}

/// Gather of a constant along `axis`: result[..., i..., ...] = x[..., index[i], ...].
static LogicalResult foldGather(Node &node, const HostTensor &x, int64_t axis,
                                const HostTensor &indices) {
  ArrayRef<int64_t> from = x.getShape();
  SmallVector<int64_t> shape(from.take_front(axis));
  llvm::append_range(shape, indices.getShape());
  llvm::append_range(shape, from.drop_front(axis + 1));
  FailureOr<HostTensor> result = node.allocate(x.getType(), shape);
  if (failed(result))
    return failure();
  int64_t outer = *elementCount(from.take_front(axis)),
          inner = *elementCount(from.drop_front(axis + 1));
  int64_t element = sizeOf(x.getType()), picks = indices.size();
  char *destination = result->mutableBytes();
  for (int64_t o = 0; o != outer; ++o)
    for (int64_t i = 0; i != picks; ++i) {
      int64_t index = indices.asInt(i),
              first = (o * from[axis] + (index < 0 ? index + from[axis] : index)) * inner;
      for (int64_t k = 0; k != inner; ++k, destination += element)
        std::memcpy(destination, x.bytes() + (x.isSplat() ? 0 : (first + k) * element), element);
    }
  return node.setResult(0, *result);
}

LogicalResult importGather(Node &node) {
  Operand *x = node.getInput(0);
  int64_t requested = 0;
  if (!x || failed(node.read("axis", requested)))
    return failure();
  ArrayRef<int64_t> from = x->getShape();
  FailureOr<int64_t> axis = normalizeAxis(node, requested, from.size());
  if (failed(axis))
    return failure();
  FailureOr<HostTensor> indices = node.getConstant(1, "the indices of Gather");
  if (failed(indices))
    return failure();
  if (!indices->isInteger())
    return node.badInput() << "indices are int32 or int64, found " << nameOf(indices->getType());
  int64_t extent = from[*axis];
  for (int64_t i = 0,
               count = indices->isSplat() ? std::min<int64_t>(1, indices->size()) : indices->size();
       i != count; ++i)
    if (int64_t index = indices->asInt(i); index < -extent || index >= extent)
      return node.badInput() << "indices lie in [" << -extent << ", " << extent - 1 << "], found "
                             << index;
  if (x->isConstant())
    return foldGather(node, *x->constant, *axis, *indices);
  SmallVector<int64_t> places(indices->size());
  for (auto [i, place] : llvm::enumerate(places))
    place = indices->asInt(i) < 0 ? indices->asInt(i) + extent : indices->asInt(i);
  FailureOr<Value> taken = buildTake(node, x->value, *axis, places);
  SmallVector<int64_t> shape(from.take_front(*axis));
  llvm::append_range(shape, indices->getShape());
  llvm::append_range(shape, from.drop_front(*axis + 1));
  if (failed(taken) || failed(taken = buildReshape(node, *taken, shape)))
    return failure();
  return finishWith(node, *taken);
}

} // namespace saliency

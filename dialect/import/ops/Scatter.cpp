// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ScatterND-11, 13, 16, 18 and ScatterElements-11, 13, 16, 18 at constant indices: entries of the
// data replaced by those of the updates. On constants it is evaluated; data of one sample becomes a
// choice of places among the data's and the updates' entries side by side.
#include "dialect/import/Axes.h"
#include "dialect/import/Composer.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/Places.h"
#include "dialect/import/ops/Handlers.h"

#include <cstring>

using namespace mlir;

namespace saliency {

/// By entry of the data, row-major: the entry of the updates that replaces it, or -1.
using Replacements = SmallVector<int64_t>;

static LogicalResult checkReduction(Node &node) {
  std::string reduction = "none";
  if (node.getVersion() >= 16 && failed(node.read("reduction", reduction)))
    return failure();
  if (reduction != "none")
    return node.unsupported() << "entries are replaced, found reduction '" << printable(reduction)
                              << "'";
  return success();
}

static LogicalResult setReplaced(Node &node, const Replacements &replacements) {
  Operand *data = node.getInput(0), *updates = node.getInput(2);
  if (!updates)
    return failure();
  if (data->isConstant() && updates->isConstant()) {
    const HostTensor &x = *data->constant, &u = *updates->constant;
    if (x.getType() != u.getType())
      return node.badInput() << "data and updates have one type, found " << nameOf(x.getType())
                             << " and " << nameOf(u.getType());
    return visitElementType(x.getType(), [&](auto zero) {
      using T = decltype(zero);
      return fillResult<T>(node, x.getType(), x.getShape(), false, [&](int64_t i) {
        return replacements[i] < 0 ? x.at<T>(i) : u.at<T>(replacements[i]);
      });
    });
  }
  SmallVector<int64_t> shape(data->getShape());
  if (shape.empty() || shape.front() != 1)
    return node.unsupported() << "entries of one sample are replaced, found data of extents "
                              << listText(shape);
  int64_t count = *elementCount(shape), added = *elementCount(updates->getShape());
  FailureOr<Value> x = node.getValue(0), u = node.getValue(2);
  if (failed(x) || failed(u))
    return failure();
  SmallVector<int64_t> places(count);
  for (auto [i, place] : llvm::enumerate(places))
    place = replacements[i] < 0 ? static_cast<int64_t>(i) : count + replacements[i];
  Composer c(node);
  Value both = c.make<ConcatOp>({c.reshape(*x, {1, count}), c.reshape(*u, {1, added})},
                                {node.attr("axis", node.getBuilder().getI64IntegerAttr(1))});
  Value chosen = both ? c.orNull(buildTake(node, both, 1, places)) : both;
  return c.finish(c.reshape(chosen, shape));
}

static FailureOr<int64_t> normalised(Node &node, int64_t index, int64_t extent) {
  if (index < -extent || index >= extent)
    return node.badInput() << "indices lie in [" << -extent << ", " << extent - 1 << "], found "
                           << index;
  return index < 0 ? index + extent : index;
}

static FailureOr<HostTensor> readIndices(Node &node) {
  FailureOr<HostTensor> indices = node.getConstant(1, "the indices");
  if (succeeded(indices) && !indices->isInteger())
    return node.badInput() << "indices are int32 or int64, found " << nameOf(indices->getType());
  return indices;
}

LogicalResult importScatterND(Node &node) {
  Operand *data = node.getInput(0), *updates = node.getInput(2);
  if (!data || !updates || failed(checkReduction(node)))
    return failure();
  FailureOr<HostTensor> indices = readIndices(node);
  if (failed(indices))
    return failure();
  ArrayRef<int64_t> shape = data->getShape(), form = indices->getShape();
  int64_t depth = form.empty() ? -1 : form.back();
  if (depth < 1 || depth > static_cast<int64_t>(shape.size()))
    return node.badInput() << "the last axis of the indices names between 1 and " << shape.size()
                           << " axes of the data, found extents " << listText(form);
  SmallVector<int64_t> expected(form.drop_back());
  llvm::append_range(expected, shape.drop_front(depth));
  if (updates->getShape() != ArrayRef<int64_t>(expected))
    return node.badInput() << "updates have the extents " << listText(expected) << ", found "
                           << listText(updates->getShape());
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  int64_t block = *elementCount(shape.drop_front(depth));
  Replacements replacements(*elementCount(shape), -1);
  for (int64_t i = 0, count = *elementCount(form.drop_back()); i != count; ++i) {
    int64_t start = 0;
    for (int64_t axis = 0; axis != depth; ++axis) {
      FailureOr<int64_t> at = normalised(node, indices->asInt(i * depth + axis), shape[axis]);
      if (failed(at))
        return failure();
      start += *at * strides[axis];
    }
    for (int64_t k = 0; k != block; ++k)
      replacements[start + k] = i * block + k;
  }
  return setReplaced(node, replacements);
}

LogicalResult importScatterElements(Node &node) {
  Operand *data = node.getInput(0), *updates = node.getInput(2);
  int64_t requested = 0;
  if (!data || !updates || failed(node.read("axis", requested)) || failed(checkReduction(node)))
    return failure();
  FailureOr<HostTensor> indices = readIndices(node);
  if (failed(indices))
    return failure();
  ArrayRef<int64_t> shape = data->getShape(), form = indices->getShape();
  FailureOr<int64_t> axis = normalizeAxis(node, requested, shape.size());
  if (failed(axis))
    return failure();
  bool fits = form.size() == shape.size() && updates->getShape() == form;
  for (size_t i = 0; fits && i != form.size(); ++i)
    fits = static_cast<int64_t>(i) == *axis || form[i] <= shape[i];
  if (!fits)
    return node.badInput() << "indices and updates have one shape within the data's extents "
                           << listText(shape) << ", found " << listText(form) << " and "
                           << listText(updates->getShape());
  SmallVector<int64_t> strides = rowMajorStrides(shape), own = rowMajorStrides(form);
  Replacements replacements(*elementCount(shape), -1);
  for (int64_t i = 0, count = indices->size(); i != count; ++i) {
    int64_t at = 0;
    for (size_t k = 0; k != form.size(); ++k) {
      int64_t place = i / own[k] % form[k];
      if (static_cast<int64_t>(k) == *axis) {
        FailureOr<int64_t> index = normalised(node, indices->asInt(i), shape[k]);
        if (failed(index))
          return failure();
        place = *index;
      }
      at += place * strides[k];
    }
    replacements[at] = i;
  }
  return setReplaced(node, replacements);
}

} // namespace saliency

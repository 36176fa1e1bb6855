// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Max and Min-6, 8, 12, 13 and Where-9, 16: entries chosen among operands. On constants they are
// evaluated.
#include "dialect/import/Axes.h"
#include "dialect/import/Composer.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/Places.h"
#include "dialect/import/ops/Handlers.h"

#include <cfloat>

using namespace mlir;

namespace saliency {

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// `x` repeated along its axes of extent 1 to `shape`.
static FailureOr<Value> buildBroadcast(Node &node, Value x, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> aligned(shape.size() - shapeOf(x).size(), 1);
  llvm::append_range(aligned, shapeOf(x));
  FailureOr<Value> y = buildReshape(node, x, aligned);
  for (size_t axis = 0; succeeded(y) && axis != shape.size(); ++axis)
    if (aligned[axis] != shape[axis])
      y = buildTake(node, *y, axis, SmallVector<int64_t>(shape[axis], 0));
  return y;
}

/// Operand `i` with the extents `shape`; a constant is broadcast while the model is read.
static FailureOr<Value> readBroadcast(Node &node, size_t i, ArrayRef<int64_t> shape) {
  Operand *operand = node.getInput(i);
  if (!operand)
    return failure();
  if (operand->isConstant() && operand->getShape() != shape) {
    FailureOr<HostTensor> tensor = node.getFloatConstant(i, "an operand");
    if (failed(tensor) || failed(tensor = broadcastTo(node, *tensor, shape)))
      return failure();
    return node.buildConstant(*tensor, node.getInputName(i));
  }
  FailureOr<Value> value = node.getValue(i);
  if (failed(value))
    return failure();
  return buildBroadcast(node, *value, shape);
}

//===------------------------------------------------------------------------------------------===//
// Max, Min
//===------------------------------------------------------------------------------------------===//

/// Common extents of all operands.
static FailureOr<SmallVector<int64_t>> commonShape(Node &node) {
  Operand *first = node.getInput(0);
  if (!first)
    return failure();
  FailureOr<SmallVector<int64_t>> shape = SmallVector<int64_t>(first->getShape());
  for (size_t i = 1; i < node.getNumInputs(); ++i) {
    Operand *next = node.getInput(i);
    if (!next || failed(shape = broadcastShape(node, *shape, next->getShape())))
      return failure();
  }
  return shape;
}

/// The number that the only constant of two operands holds, if it holds one.
static std::optional<float> onlyNumber(Node &node) {
  if (node.getNumInputs() != 2)
    return std::nullopt;
  for (size_t i : {0, 1})
    if (Operand *operand = node.getInput(i); operand && operand->isConstant() &&
                                             operand->constant->getType() == ElementType::F32 &&
                                             operand->constant->size() == 1)
      return operand->constant->at<float>(0);
  return std::nullopt;
}

/// The operands side by side along a new axis, and a max pool over it: the first of equal entries
/// is the one chosen. The smallest entry is the largest of the negated ones.
static LogicalResult importExtreme(Node &node, bool smallest) {
  FailureOr<SmallVector<int64_t>> shape = commonShape(node);
  if (failed(shape))
    return failure();
  Composer c(node);
  if (std::optional<float> bound = onlyNumber(node)) {
    FailureOr<Value> x = node.getValue(node.getInput(0)->isConstant() ? 1 : 0);
    return failed(x) ? failure()
                     : c.finish(c.make<ClipOp>({*x}, {c.attr("min", smallest ? -FLT_MAX : *bound),
                                                      c.attr("max", smallest ? *bound : FLT_MAX)}));
  }
  int64_t samples = shape->empty() ? 1 : shape->front();
  int64_t entries = *elementCount(*shape) / samples;
  SmallVector<Value> rows;
  for (size_t i = 0; i < node.getNumInputs(); ++i) {
    FailureOr<Value> x = readBroadcast(node, i, *shape);
    if (failed(x))
      return failure();
    Value row = smallest ? c.make<NegOp>({*x}) : *x;
    rows.push_back(c.reshape(row, {samples, 1, entries}));
  }
  Value side = c.make<ConcatOp>(rows, {node.attr("axis", node.getBuilder().getI64IntegerAttr(1))});
  Value chosen = c.reshape(c.largest(side, {1}), *shape);
  return c.finish(smallest ? c.make<NegOp>({chosen}) : chosen);
}

LogicalResult importMax(Node &node) {
  return node.allConstant() ? foldMax(node) : importExtreme(node, /*smallest=*/false);
}
LogicalResult importMin(Node &node) {
  return node.allConstant() ? foldMin(node) : importExtreme(node, /*smallest=*/true);
}

//===------------------------------------------------------------------------------------------===//
// Where
//===------------------------------------------------------------------------------------------===//

/// The constant operand `i`, 0 where `condition` is not `wanted`.
static FailureOr<Value> maskedConstant(Node &node, size_t i, const HostTensor &condition,
                                       bool wanted) {
  FailureOr<HostTensor> tensor = node.getFloatConstant(i, "a choice");
  if (failed(tensor) || failed(tensor = broadcastTo(node, *tensor, condition.getShape())))
    return failure();
  FailureOr<HostTensor> masked = node.allocate(ElementType::F32, condition.getShape());
  if (failed(masked))
    return failure();
  for (int64_t at = 0; at != masked->size(); ++at)
    masked->data<float>()[at] = (condition.asInt(at) != 0) == wanted ? tensor->at<float>(at) : 0;
  return node.buildConstant(*masked, node.getInputName(i));
}

/// Operand `i` where `condition` is `wanted`, 0 elsewhere.
static FailureOr<Value> maskedData(Node &node, size_t i, const HostTensor &condition, bool wanted) {
  FailureOr<HostTensor> mask = node.allocate(ElementType::F32, condition.getShape());
  FailureOr<Value> x = node.getValue(i);
  if (failed(mask) || failed(x))
    return failure();
  for (int64_t at = 0; at != mask->size(); ++at)
    mask->data<float>()[at] = (condition.asInt(at) != 0) == wanted ? 1 : 0;
  return node.build<MulOp>({*x, node.buildConstant(*mask, "mask")});
}

/// A choice that is known while the model is read: the sum of both operands, each times a mask of
/// zeros and ones.
LogicalResult importWhere(Node &node) {
  if (node.allConstant())
    return foldWhere(node);
  FailureOr<HostTensor> condition = node.getConstant(0, "the condition of a choice");
  if (failed(condition))
    return failure();
  if (condition->getType() != ElementType::Bool)
    return node.badInput() << "the condition of a choice is bool, found "
                           << nameOf(condition->getType());
  FailureOr<SmallVector<int64_t>> shape = commonShape(node);
  if (failed(shape) || failed(condition = broadcastTo(node, *condition, *shape)))
    return failure();
  FailureOr<Value> parts[2] = {failure(), failure()};
  for (size_t i : {1, 2}) {
    bool wanted = i == 1, isConstant = node.getInput(i)->isConstant();
    parts[i - 1] = isConstant ? maskedConstant(node, i, *condition, wanted)
                              : maskedData(node, i, *condition, wanted);
    if (failed(parts[i - 1]))
      return failure();
  }
  return node.replaceWith<AddOp>({*parts[0], *parts[1]});
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that keep the entries and their order: Reshape-5, 13, 14, 19, 21; Flatten-1, 9, 11, 13,
// 21; Squeeze and Unsqueeze-1, 11, 13, 21; Identity-1, 13, 14, 16, 19, 21; Dropout-7, 10, 12, 13,
// 22; Cast-6, 9, 13, 19, 21.
#include "dialect/import/Axes.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

/// Input 0 under another shape.
static LogicalResult reshapeInput(Node &node, ArrayRef<int64_t> shape) {
  Operand *x = node.getInput(0);
  if (elementCount(shape) != elementCount(x->getShape()))
    return node.badInput() << "a reshape keeps the number of entries, found extents "
                           << listText(x->getShape()) << " to become " << listText(shape);
  if (x->isConstant())
    return node.setResult(0, x->constant->reshaped(shape));
  return node.replaceWith<ReshapeOp>({x->value}, {node.attr("shape", shape)});
}

/// The shape that Reshape's input 1 asks for: 0 copies an extent (unless `allowZero`), one -1 is
/// computed.
static FailureOr<SmallVector<int64_t>> requestedShape(Node &node, ArrayRef<int64_t> from,
                                                      bool allowZero) {
  FailureOr<SmallVector<int64_t>> shape = node.getInts(1, "the new shape");
  if (failed(shape))
    return failure();
  int64_t open = -1, known = 1;
  for (auto [axis, extent] : llvm::enumerate(*shape)) {
    if (extent == 0 && !allowZero) {
      if (axis >= from.size())
        return node.badInput() << "a 0 in the new shape copies an extent of the data "
                               << listText(from) << ", found " << listText(*shape);
      extent = from[axis];
    }
    if (extent < -1 || (extent == -1 && open >= 0))
      return node.badInput() << "the new shape has extents and at most one -1, found "
                             << listText(*shape);
    if (extent == -1)
      open = axis;
    else if (llvm::MulOverflow(known, extent, known))
      return node.badInput() << "the new shape has as many entries as the data " << listText(from)
                             << ", found " << listText(*shape);
  }
  if (open >= 0) {
    int64_t count = *elementCount(from);
    if (known == 0 || count % known != 0)
      return node.badInput() << "the -1 of the new shape stands for a whole extent, found "
                             << listText(*shape) << " for data " << listText(from);
    (*shape)[open] = count / known;
  }
  return shape;
}

LogicalResult importReshape(Node &node) {
  Operand *x = node.getInput(0);
  bool allowZero = false;
  if (!x || (node.getVersion() >= 14 && failed(node.read("allowzero", allowZero))))
    return failure();
  FailureOr<SmallVector<int64_t>> shape = requestedShape(node, x->getShape(), allowZero);
  return failed(shape) ? failure() : reshapeInput(node, *shape);
}

LogicalResult importFlatten(Node &node) {
  Operand *x = node.getInput(0);
  int64_t axis = 1;
  if (!x || failed(node.read("axis", axis)))
    return failure();
  ArrayRef<int64_t> shape = x->getShape();
  int64_t rank = shape.size();
  if (axis < -rank || axis > rank)
    return node.badInput() << "the axis lies in [" << -rank << ", " << rank << "], found " << axis;
  axis = axis < 0 ? axis + rank : axis;
  return reshapeInput(
      node, {*elementCount(shape.take_front(axis)), *elementCount(shape.drop_front(axis))});
}

LogicalResult importSqueeze(Node &node) {
  Operand *x = node.getInput(0);
  if (!x)
    return failure();
  FailureOr<std::optional<SmallVector<int64_t>>> requested =
      node.getIntsFrom(node.getVersion() < 13, 1, "axes");
  if (failed(requested))
    return failure();
  ArrayRef<int64_t> from = x->getShape();
  SmallVector<int64_t> shape;
  if (!*requested) {
    llvm::copy_if(from, std::back_inserter(shape), [](int64_t extent) { return extent != 1; });
    return reshapeInput(node, shape);
  }
  FailureOr<SmallVector<int64_t>> axes = normalizeAxes(node, **requested, from.size());
  if (failed(axes))
    return failure();
  for (auto [axis, extent] : llvm::enumerate(from)) {
    if (!llvm::is_contained(*axes, static_cast<int64_t>(axis)))
      shape.push_back(extent);
    else if (extent != 1)
      return node.badInput() << "a squeezed axis has extent 1, found " << extent << " on axis "
                             << axis;
  }
  return reshapeInput(node, shape);
}

LogicalResult importUnsqueeze(Node &node) {
  Operand *x = node.getInput(0);
  if (!x)
    return failure();
  FailureOr<std::optional<SmallVector<int64_t>>> requested =
      node.getIntsFrom(node.getVersion() < 13, 1, "axes");
  if (failed(requested))
    return failure();
  if (!*requested)
    return node.badInput() << "axes are required, found none";
  ArrayRef<int64_t> from = x->getShape();
  FailureOr<SmallVector<int64_t>> axes =
      normalizeAxes(node, **requested, from.size() + (*requested)->size());
  if (failed(axes))
    return failure();
  SmallVector<int64_t> shape;
  for (size_t axis = 0, rank = from.size() + axes->size(); axis != rank; ++axis) {
    bool added = llvm::is_contained(*axes, static_cast<int64_t>(axis));
    shape.push_back(added ? 1 : from.front());
    from = from.drop_front(added ? 0 : 1);
  }
  return reshapeInput(node, shape);
}

template <typename OpT> static LogicalResult importCopy(Node &node) {
  Operand *x = node.getInput(0);
  if (!x)
    return failure();
  return x->isConstant() ? node.setResult(0, *x->constant) : node.replaceWith<OpT>({x->value});
}

LogicalResult importIdentity(Node &node) { return importCopy<IdentityOp>(node); }

LogicalResult importDropout(Node &node) {
  float ratio = 0.5f;
  int64_t seed = 0;
  if (node.getVersion() < 12 ? failed(node.read("ratio", ratio)) : failed(node.read("seed", seed)))
    return failure();
  if (node.isUsed(1))
    return node.unsupported()
           << "dropout has one result in inference, found output 1 (the mask) in use";
  if (node.hasInput(2)) {
    FailureOr<HostTensor> training = node.getConstant(2, "training_mode");
    if (failed(training))
      return failure();
    if (training->getType() != ElementType::Bool || training->size() != 1)
      return node.badInput() << "training_mode is one bool, found " << nameOf(training->getType())
                             << " with extents " << listText(training->getShape());
    if (training->asInt(0) != 0)
      return node.unsupported()
             << "a network is in inference form (training_mode false), found training_mode true";
  }
  return importCopy<DropoutOp>(node);
}

/// Casts between float32 and the 16-bit floats keep the value, because all of them are computed in
/// float32 here.
LogicalResult importCast(Node &node) {
  Operand *x = node.getInput(0);
  int64_t to = onnx::TensorProto::UNDEFINED;
  bool saturate = true;
  std::string rounding = "up"; // matters for numbers of 8 bits alone
  if (!x || failed(node.read("to", to)) ||
      (node.getVersion() >= 19 && failed(node.read("saturate", saturate))) ||
      (node.getVersion() >= 24 && failed(node.read("round_mode", rounding))))
    return failure();
  std::optional<ElementType> type = to >= 0 && to <= INT32_MAX ? elementTypeOf(to) : std::nullopt;
  if (!type)
    return node.error(to == onnx::TensorProto::UNDEFINED ? ImportStatus::BadInput
                                                         : ImportStatus::Unsupported)
           << "casts lead to numbers of 8 bits or more, found " << dataTypeName(to);
  if (!x->isConstant()) {
    if (*type != ElementType::F32)
      return node.unsupported() << "networks compute in float32, found a cast of data to "
                                << nameOf(*type);
    return node.replaceWith<IdentityOp>({x->value});
  }
  const HostTensor &tensor = *x->constant;
  if (tensor.getType() == *type)
    return node.setResult(0, tensor);
  bool fromFloat = tensor.getType() == ElementType::F32 || tensor.getType() == ElementType::F64;
  return visitElementType(*type, [&](auto zero) {
    using T = decltype(zero);
    return fillResult<T>(node, *type, tensor.getShape(), tensor.isSplat(), [&](int64_t i) -> T {
      if (*type == ElementType::Bool)
        return fromFloat ? tensor.asDouble(i) != 0 : tensor.asInt(i) != 0;
      if constexpr (std::is_floating_point_v<T>)
        return fromFloat ? static_cast<T>(tensor.asDouble(i)) : static_cast<T>(tensor.asInt(i));
      return static_cast<T>(tensor.asInt(i));
    });
  });
}

} // namespace saliency

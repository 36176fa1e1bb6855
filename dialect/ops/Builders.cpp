// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/ops/Builders.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace saliency {

RankedTensorType f32Tensor(MLIRContext *context, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, Float32Type::get(context));
}

Value buildSplat(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape, double value) {
  RankedTensorType type = f32Tensor(builder.getContext(), shape);
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, static_cast<float>(value)));
}

Value buildBroadcast(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  if (shapeOf(value).size() < shape.size()) {
    SmallVector<int64_t> padded(shape.size() - shapeOf(value).size(), 1);
    llvm::append_range(padded, shapeOf(value));
    value = ReshapeOp::create(builder, loc, value, builder.getDenseI64ArrayAttr(padded));
    if (shapeOf(value) == shape)
      return value;
  }
  return BroadcastOp::create(builder, loc, value, builder.getDenseI64ArrayAttr(shape));
}

Value buildReduceTo(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  size_t missing = shapeOf(value).size() - shape.size();
  SmallVector<int64_t> axes;
  for (auto [axis, extent] : llvm::enumerate(shapeOf(value)))
    if (extent != 1 && (axis < missing || shape[axis - missing] == 1))
      axes.push_back(axis);
  if (llvm::is_contained(axes, 0))
    return nullptr;
  if (!axes.empty())
    value = ReduceOp::create(builder, loc, value,
                             ReductionAttr::get(builder.getContext(), Reduction::Sum),
                             builder.getDenseI64ArrayAttr(axes));
  if (shapeOf(value) != shape)
    value = ReshapeOp::create(builder, loc, value, builder.getDenseI64ArrayAttr(shape));
  return value;
}

Value buildPerChannel(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> expanded(shape.size(), 1);
  expanded[1] = shape[1];
  if (shapeOf(value) != ArrayRef<int64_t>(expanded))
    value = ReshapeOp::create(builder, loc, value, builder.getDenseI64ArrayAttr(expanded));
  return buildBroadcast(builder, loc, value, shape);
}

Value buildCompare(OpBuilder &builder, Location loc, arith::CmpFPredicate predicate, Value a,
                   Value b) {
  return arith::CmpFOp::create(builder, loc, predicate, a, b);
}

FloatElements::FloatElements(ElementsAttr attribute) {
  if (!attribute.getElementType().isF32())
    return;
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
    splat = dense.isSplat();
    if (splat) {
      single = dense.getSplatValue<float>();
      values = single;
    } else {
      values = ArrayRef(reinterpret_cast<const float *>(dense.getRawData().data()),
                        dense.getNumElements());
    }
  } else if (auto resource = dyn_cast<DenseF32ResourceElementsAttr>(attribute)) {
    values = resource.tryGetAsArrayRef().value_or(ArrayRef<float>());
  }
}

FailureOr<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  SmallVector<int64_t> shape(a);
  size_t missing = a.size() - b.size();
  for (size_t axis = 0; axis != b.size(); ++axis) {
    int64_t &extent = shape[axis + missing];
    if (extent != b[axis] && extent != 1 && b[axis] != 1)
      return failure();
    extent = extent == 1 ? b[axis] : extent;
  }
  return shape;
}

std::string shapeText(ArrayRef<int64_t> shape) {
  return shape.empty()
             ? "scalar"
             : llvm::join(
                   llvm::map_range(shape, [](int64_t extent) { return std::to_string(extent); }),
                   "x");
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, folds and signs of the ops that only attribution code uses.
#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(shapeOf(adaptor.getX()));
  for (int64_t axis : adaptor.getAxes()) {
    if (axis < 1 || axis >= int64_t(shape.size()))
      return inferError(loc, "a reduction keeps the sample axis: its axes lie in [1, ",
                        shape.size(), "), found ", axis);
    shape[axis] = 1;
  }
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult BroadcastOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX()), shape = adaptor.getShape();
  bool fits = x.size() == shape.size();
  for (size_t axis = 0; fits && axis != x.size(); ++axis)
    fits = x[axis] == shape[axis] || (x[axis] == 1 && shape[axis] > 0);
  if (!fits)
    return inferError(loc, "a broadcast repeats axes of extent 1, found ", shapeText(x), " to ",
                      shapeText(shape));
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult DivideOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (adaptor.getA().getType() != adaptor.getB().getType())
    return inferError(loc, "a division's operands have one shape, found ",
                      shapeText(shapeOf(adaptor.getA())), " and ",
                      shapeText(shapeOf(adaptor.getB())));
  types.push_back(adaptor.getA().getType());
  return success();
}

LogicalResult PercentileOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  double q = adaptor.getQ().convertToDouble();
  if (!(q >= 0 && q <= 100))
    return inferError(loc, "a percentile lies in [0, 100], found ", q);
  SmallVector<int64_t> shape(shapeOf(adaptor.getX()).size(), 1);
  if (shape.empty())
    return inferError(loc, "a percentile is taken per sample, found a scalar");
  shape[0] = shapeOf(adaptor.getX())[0];
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult ArgMaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  if (x.size() != 2)
    return inferError(loc, "arg_max takes samples x classes, found ", shapeText(x));
  types.push_back(RankedTensorType::get({x[0]}, IntegerType::get(context, 64)));
  return success();
}

LogicalResult OneHotOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> index = shapeOf(adaptor.getIndex());
  int64_t classes = adaptor.getClasses();
  if (index.size() != 1 || classes < 1)
    return inferError(loc,
                      "one_hot takes one class number per sample and at least one class, found ",
                      shapeText(index), " and ", classes);
  types.push_back(f32Tensor(context, {index[0], classes}));
  return success();
}

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX()), spatial = adaptor.getSpatial();
  if (x.size() < 3 || spatial.size() + 2 != x.size() ||
      llvm::any_of(spatial, [](int64_t extent) { return extent < 1; }))
    return inferError(loc, "a resize has one positive extent per spatial axis, found ",
                      shapeText(spatial), " for ", shapeText(x));
  SmallVector<int64_t> shape(x.take_front(2));
  llvm::append_range(shape, spatial);
  types.push_back(f32Tensor(context, shape));
  return success();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  return getType() == getX().getType() ? getX() : Value();
}

//===------------------------------------------------------------------------------------------===//
// Signs
//===------------------------------------------------------------------------------------------===//

Sign ReduceOp::inferSign(ArrayRef<Sign> operands) {
  switch (getKind()) {
  case Reduction::Max:
  case Reduction::Min:
    return operands[0];
  case Reduction::CountNonZero:
    return operands[0] == Sign::zero() ? Sign::zero() : Sign::nonNegative();
  case Reduction::Sum:
  case Reduction::Mean:
    return operands[0] + operands[0];
  }
  llvm_unreachable("all reductions are handled");
}
Sign BroadcastOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }

Sign DivideOp::inferSign(ArrayRef<Sign> operands) {
  Sign a = operands[0], b = operands[1];
  switch (getDivision()) {
  case Division::Plain:
    return a / b;
  case Division::ZeroSafe:
    return a * b;
  case Division::Stab: // the stabiliser has the sign of b, +1 at 0
  case Division::StabClip:
  case Division::StabRms:
  case Division::ZeroBump: // epsilon stands in for 0
    return a * (b.mayBeZero() ? b.join(Sign::positive()) : b);
  case Division::Plus: // b + epsilon may change sign for a negative b
  case Division::PlusMasked:
    return b.mayBeNegative() && a != Sign::zero() ? Sign::unknown() : a * Sign::positive();
  }
  llvm_unreachable("all divisions are handled");
}
Sign PercentileOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign OneHotOp::inferSign(ArrayRef<Sign>) { return Sign::nonNegative(); }
Sign ResizeOp::inferSign(ArrayRef<Sign> operands) {
  if (getMode() == ResizeMode::Cubic) // has negative weights
    return operands[0] == Sign::zero() ? Sign::zero() : Sign::unknown();
  return getMode() == ResizeMode::Nearest
             ? operands[0]
             : (operands[0] + operands[0]).orZero(); // weights may underflow
}

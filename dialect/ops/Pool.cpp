// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, derivatives and signs of pools.
#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

/// Output shape of a pool over data of shape `x`.
static FailureOr<SmallVector<int64_t>> pooledShape(std::optional<Location> loc, ArrayRef<int64_t> x, WindowAttr window, bool ceil) {
  if (x.size() < 3 || window.getRank() + 2 != x.size())
    return inferError(loc, "a pool has one window entry per spatial axis, found ", window.getRank(), " for data ", shapeText(x));
  SmallVector<int64_t> shape(x.take_front(2));
  for (auto [axis, extent] : llvm::enumerate(x.drop_front(2))) {
    if (window.getLow()[axis] >= window.getSpan(axis) || window.getHigh()[axis] >= window.getSpan(axis))
      return inferError(loc, "a pool's padding is smaller than its window, found ", window.getLow()[axis], " and ",
                        window.getHigh()[axis], " for a span of ", window.getSpan(axis));
    shape.push_back(window.getOutputExtent(axis, extent, ceil));
    if (shape.back() < 1)
      return inferError(loc, "the window fits into the padded data, found a span of ", window.getSpan(axis), " over ",
                        extent + window.getLow()[axis] + window.getHigh()[axis], " cells of spatial axis ", axis);
  }
  return shape;
}

static LogicalResult inferPool(MLIRContext *context, std::optional<Location> loc, Value x, WindowAttr window, bool ceil,
                               SmallVectorImpl<Type> &types) {
  auto shape = pooledShape(loc, shapeOf(x), window, ceil);
  if (failed(shape))
    return failure();
  types.push_back(f32Tensor(context, *shape));
  return success();
}

static LogicalResult inferPoolAdjoint(MLIRContext *context, std::optional<Location> loc, ArrayRef<int64_t> data, Value r,
                                      WindowAttr window, bool ceil, SmallVectorImpl<Type> &types) {
  auto shape = pooledShape(loc, data, window, ceil);
  if (failed(shape))
    return failure();
  if (ArrayRef<int64_t>(*shape) != shapeOf(r))
    return inferError(loc, "r has the shape of the pool's output ", shapeText(*shape), ", found ", shapeText(shapeOf(r)));
  types.push_back(f32Tensor(context, data));
  return success();
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferPool(context, loc, adaptor.getX(), adaptor.getWindow(), adaptor.getCeilMode(), types);
}
LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferPool(context, loc, adaptor.getX(), adaptor.getWindow(), adaptor.getCeilMode(), types);
}
LogicalResult MaxPoolAdjointOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                                 SmallVectorImpl<Type> &types) {
  return inferPoolAdjoint(context, loc, shapeOf(adaptor.getX()), adaptor.getR(), adaptor.getWindow(), adaptor.getCeilMode(), types);
}
LogicalResult AvgPoolAdjointOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                                 SmallVectorImpl<Type> &types) {
  if (shapeOf(adaptor.getR()).size() < 3)
    return inferError(loc, "r is samples x channels x spatial, found ", shapeText(shapeOf(adaptor.getR())));
  SmallVector<int64_t> data(shapeOf(adaptor.getR()).take_front(2));
  llvm::append_range(data, adaptor.getSpatial());
  return inferPoolAdjoint(context, loc, data, adaptor.getR(), adaptor.getWindow(), adaptor.getCeilMode(), types);
}

//===--------------------------------------------------------------------------------------------------------------===//
// Capabilities
//===--------------------------------------------------------------------------------------------------------------===//

Value MaxPoolOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r, ValueRange data) {
  return MaxPoolAdjointOp::create(builder, loc, data.front(), r, getWindowAttr(), getCeilModeAttr());
}

Value AvgPoolOp::getLinearWeight() { return nullptr; }
Value AvgPoolOp::getLinearBias() { return nullptr; }
int64_t AvgPoolOp::getKernelExtent() { return getWindow().getKernel().front(); }

Value AvgPoolOp::buildLinear(OpBuilder &builder, Location loc, Value weight, Value x) {
  return AvgPoolOp::create(builder, loc, x, getWindowAttr(), getCountIncludePadAttr(), getCeilModeAttr());
}
Value AvgPoolOp::buildAdjoint(OpBuilder &builder, Location loc, Value weight, Value r) {
  return AvgPoolAdjointOp::create(builder, loc, r, getWindowAttr(), getCountIncludePadAttr(), getCeilModeAttr(),
                                  builder.getDenseI64ArrayAttr(shapeOf(getX()).drop_front(2)));
}
Value AvgPoolOp::buildCorrelate(OpBuilder &builder, Location loc, Value x, Value r) { return nullptr; }
Value AvgPoolOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r, ValueRange data) {
  return buildAdjoint(builder, loc, Value(), r);
}

Sign MaxPoolOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign AvgPoolOp::inferSign(ArrayRef<Sign> operands) {
  Sign sum = operands[0] + operands[0];
  return getWindow().getLow().empty() ? sum : sum.orZero();
}
Sign MaxPoolAdjointOp::inferSign(ArrayRef<Sign> operands) { return (operands[1] + operands[1]).orZero(); }
Sign AvgPoolAdjointOp::inferSign(ArrayRef<Sign> operands) { return (operands[0] + operands[0]).orZero(); }

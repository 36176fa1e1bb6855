// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, derivatives and signs of pools.
#include "dialect/ops/Builders.h"
#include <numeric>

using namespace mlir;
using namespace saliency;

/// Whether one of `outputs` windows along an axis has no cell in the data: it starts in the low
/// padding, and a dilation wider than the data takes it past them. Low padding is smaller than the
/// span, so a window has a cell at or after the data's begin; the first lies `start mod dilation`
/// cells after it, which repeats from window to window.
static bool missesData(WindowAttr window, size_t axis, int64_t extent, int64_t outputs) {
  int64_t dilation = window.getDilations()[axis], stride = window.getStrides()[axis];
  if (dilation <= extent)
    return false;
  int64_t start = -window.getLow()[axis],
          different = std::min(outputs, dilation / std::gcd(stride, dilation));
  for (int64_t i = 0; i != different && start < 0; ++i, start += stride)
    if ((dilation - -start % dilation) % dilation >= extent)
      return true;
  return false;
}

/// Output shape of a pool over data of shape `x`. Without `countsPadding` every window holds a cell
/// of the data.
static FailureOr<SmallVector<int64_t>> pooledShape(std::optional<Location> loc, ArrayRef<int64_t> x,
                                                   WindowAttr window, bool ceil,
                                                   bool countsPadding) {
  if (x.size() < 3 || window.getRank() + 2 != x.size())
    return inferError(loc, "a pool has one window entry per spatial axis, found ", window.getRank(),
                      " for data ", shapeText(x));
  SmallVector<int64_t> shape(x.take_front(2));
  for (auto [axis, extent] : llvm::enumerate(x.drop_front(2))) {
    if (window.getLow()[axis] >= window.getSpan(axis) ||
        window.getHigh()[axis] >= window.getSpan(axis))
      return inferError(loc, "a pool's padding is smaller than its window, found ",
                        window.getLow()[axis], " and ", window.getHigh()[axis], " for a span of ",
                        window.getSpan(axis));
    shape.push_back(window.getOutputExtent(axis, extent, ceil));
    if (shape.back() < 1)
      return inferError(loc, "the window fits into the padded data, found a span of ",
                        window.getSpan(axis), " over ",
                        extent + window.getLow()[axis] + window.getHigh()[axis],
                        " cells of spatial axis ", axis);
    if (!countsPadding && missesData(window, axis, extent, shape.back()))
      return inferError(loc,
                        "every window of a pool holds a cell of the data, found one over padding "
                        "only: a dilation of ",
                        window.getDilations()[axis], " over ", extent, " cells of spatial axis ",
                        axis);
  }
  return shape;
}

static LogicalResult inferPool(MLIRContext *context, std::optional<Location> loc, Value x,
                               WindowAttr window, bool ceil, bool countsPadding,
                               SmallVectorImpl<Type> &types) {
  auto shape = pooledShape(loc, shapeOf(x), window, ceil, countsPadding);
  if (failed(shape))
    return failure();
  types.push_back(f32Tensor(context, *shape));
  return success();
}

static LogicalResult inferPoolAdjoint(MLIRContext *context, std::optional<Location> loc,
                                      ArrayRef<int64_t> data, Value r, WindowAttr window, bool ceil,
                                      bool countsPadding, SmallVectorImpl<Type> &types) {
  auto shape = pooledShape(loc, data, window, ceil, countsPadding);
  if (failed(shape))
    return failure();
  if (ArrayRef<int64_t>(*shape) != shapeOf(r))
    return inferError(loc, "r has the shape of the pool's output ", shapeText(*shape), ", found ",
                      shapeText(shapeOf(r)));
  types.push_back(f32Tensor(context, data));
  return success();
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferPool(context, loc, adaptor.getX(), adaptor.getWindow(), adaptor.getCeilMode(),
                   /*countsPadding=*/false, types);
}
LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferPool(context, loc, adaptor.getX(), adaptor.getWindow(), adaptor.getCeilMode(),
                   adaptor.getCountIncludePad(), types);
}
LogicalResult MaxPoolAdjointOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                                 Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferPoolAdjoint(context, loc, shapeOf(adaptor.getX()), adaptor.getR(),
                          adaptor.getWindow(), adaptor.getCeilMode(),
                          /*countsPadding=*/false, types);
}
LogicalResult AvgPoolAdjointOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                                 Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (shapeOf(adaptor.getR()).size() < 3)
    return inferError(loc, "r is samples x channels x spatial, found ",
                      shapeText(shapeOf(adaptor.getR())));
  SmallVector<int64_t> data(shapeOf(adaptor.getR()).take_front(2));
  llvm::append_range(data, adaptor.getSpatial());
  return inferPoolAdjoint(context, loc, data, adaptor.getR(), adaptor.getWindow(),
                          adaptor.getCeilMode(), adaptor.getCountIncludePad(), types);
}

//===------------------------------------------------------------------------------------------===//
// Capabilities
//===------------------------------------------------------------------------------------------===//

Value MaxPoolOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r,
                          ValueRange data) {
  return MaxPoolAdjointOp::create(builder, loc, data.front(), r, getWindowAttr(),
                                  getCeilModeAttr());
}

Value MaxPoolOp::buildWindowMean(OpBuilder &builder, Location loc, Value x) {
  return AvgPoolOp::create(builder, loc, x, getWindow(), /*count_include_pad=*/nullptr,
                           getCeilModeAttr());
}
Value MaxPoolOp::buildWindowMeanAdjoint(OpBuilder &builder, Location loc, Value r) {
  return AvgPoolAdjointOp::create(builder, loc, r, getWindow(), /*count_include_pad=*/nullptr,
                                  getCeilModeAttr(),
                                  builder.getDenseI64ArrayAttr(shapeOf(getX()).drop_front(2)));
}

LayerCapability AvgPoolOp::getCapability() { return LayerCapability::AveragePool; }
/// A mean over cells on data keeps constants; one that counts zeros of a padding does not.
std::optional<ChannelPlace> AvgPoolOp::carryChannels(const ChannelPlace &place) {
  auto isZero = [](int64_t cells) { return cells == 0; };
  bool countsZeros = getCountIncludePad() && !(llvm::all_of(getWindow().getLow(), isZero) &&
                                               llvm::all_of(getWindow().getHigh(), isZero));
  if (!place.isWhole(getX()) || countsZeros)
    return std::nullopt;
  return ChannelPlace::whole(getResult(), place.repeat);
}
WindowAttr AvgPoolOp::getLinearWindow() { return getWindow(); }
Operation *AvgPoolOp::buildWithWeights(OpBuilder &, Location, Value, Value) { return nullptr; }
Value AvgPoolOp::getLinearWeight() { return nullptr; }
Value AvgPoolOp::getLinearBias() { return nullptr; }
int64_t AvgPoolOp::getKernelExtent() { return getWindow().getKernel().front(); }

Value AvgPoolOp::buildLinear(OpBuilder &builder, Location loc, Value weight, Value x) {
  return AvgPoolOp::create(builder, loc, x, getWindowAttr(), getCountIncludePadAttr(),
                           getCeilModeAttr());
}
Value AvgPoolOp::buildAdjoint(OpBuilder &builder, Location loc, Value weight, Value r) {
  return AvgPoolAdjointOp::create(builder, loc, r, getWindowAttr(), getCountIncludePadAttr(),
                                  getCeilModeAttr(),
                                  builder.getDenseI64ArrayAttr(shapeOf(getX()).drop_front(2)));
}
Value AvgPoolOp::buildCorrelate(OpBuilder &builder, Location loc, Value x, Value r) {
  return nullptr;
}
Value AvgPoolOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r,
                          ValueRange data) {
  return buildAdjoint(builder, loc, Value(), r);
}

Sign MaxPoolOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign AvgPoolOp::inferSign(ArrayRef<Sign> operands) {
  Sign sum = operands[0] + operands[0];
  return getWindow().getLow().empty() ? sum : sum.orZero();
}
Sign MaxPoolAdjointOp::inferSign(ArrayRef<Sign> operands) {
  return (operands[1] + operands[1]).orZero();
}
Sign AvgPoolAdjointOp::inferSign(ArrayRef<Sign> operands) {
  return (operands[0] + operands[0]).orZero();
}

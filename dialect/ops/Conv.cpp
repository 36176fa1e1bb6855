// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, derivatives and signs of convolutions.
#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

static LogicalResult checkWindowRank(std::optional<Location> loc, WindowAttr window,
                                     size_t dataRank) {
  if (window.getRank() + 2 != dataRank)
    return inferError(loc, "a convolution's window has one entry per spatial axis, found ",
                      window.getRank(), " for data of rank ", dataRank);
  return success();
}

/// The kernel set's shape without a sample axis, after checking the ranks that conv and its adjoint
/// share.
static FailureOr<ArrayRef<int64_t>> kernelSet(std::optional<Location> loc, Value weight,
                                              size_t dataRank, int64_t samples, WindowAttr window,
                                              int64_t groups) {
  ArrayRef<int64_t> shape = shapeOf(weight);
  if (failed(checkWindowRank(loc, window, dataRank)))
    return failure();
  if (shape.size() == dataRank + 1) {
    if (shape.front() != samples)
      return inferError(loc, "per-sample weights start with the sample axis of extent ", samples,
                        ", found ", shapeText(shape));
    shape = shape.drop_front();
  }
  if (shape.size() != dataRank || shape.drop_front(2) != window.getKernel())
    return inferError(loc, "a convolution's weights are outputs x channels/groups x kernel ",
                      shapeText(window.getKernel()), ", found ", shapeText(shape));
  if (groups < 1 || shape[0] % groups != 0)
    return inferError(loc, "the number of output channels is a multiple of the groups, found ",
                      shape[0], " outputs and ", groups, " groups");
  return shape;
}

/// Appends the output extents of the window over `spatial`.
static LogicalResult appendOutput(std::optional<Location> loc, WindowAttr window,
                                  ArrayRef<int64_t> spatial, bool ceil,
                                  SmallVectorImpl<int64_t> &shape) {
  for (auto [axis, extent] : llvm::enumerate(spatial)) {
    int64_t output = window.getOutputExtent(axis, extent, ceil);
    if (output < 1)
      return inferError(loc, "the window fits into the padded data, found a span of ",
                        window.getSpan(axis), " over ",
                        extent + window.getLow()[axis] + window.getHigh()[axis],
                        " cells of spatial axis ", axis);
    shape.push_back(output);
  }
  return success();
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                       Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  if (x.size() < 3)
    return inferError(loc, "a convolution's data is samples x channels x spatial, found ",
                      shapeText(x));
  auto weight =
      kernelSet(loc, adaptor.getWeight(), x.size(), x[0], adaptor.getWindow(), adaptor.getGroups());
  if (failed(weight))
    return failure();
  int64_t groups = adaptor.getGroups();
  if ((*weight)[1] * groups != x[1])
    return inferError(loc, "weights of ", (*weight)[1], " channels in ", groups, " groups need ",
                      (*weight)[1] * groups, " data channels, found ", x[1]);
  SmallVector<int64_t> shape = {1, (*weight)[0]};
  if (failed(appendOutput(loc, adaptor.getWindow(), x.drop_front(2), false, shape)))
    return failure();
  if (Value bias = adaptor.getBias();
      bias && shapeOf(bias) != weight->take_front(1) && shapeOf(bias) != ArrayRef<int64_t>(shape))
    return inferError(loc, "a convolution's bias has one entry per output channel (", (*weight)[0],
                      "), or one per position too (", shapeText(shape), "), found ",
                      shapeText(shapeOf(bias)));
  shape.front() = x[0];
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult ConvAdjointOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                              Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> r = shapeOf(adaptor.getR());
  if (r.size() < 3 || adaptor.getSpatial().size() != r.size() - 2)
    return inferError(loc, "`spatial` has one extent per spatial axis of r, found ",
                      adaptor.getSpatial().size(), " for ", shapeText(r));
  auto weight =
      kernelSet(loc, adaptor.getWeight(), r.size(), r[0], adaptor.getWindow(), adaptor.getGroups());
  if (failed(weight))
    return failure();
  SmallVector<int64_t> output = {r[0], (*weight)[0]};
  if (failed(appendOutput(loc, adaptor.getWindow(), adaptor.getSpatial(), false, output)))
    return failure();
  if (ArrayRef<int64_t>(output) != r)
    return inferError(loc, "r has the shape of the convolution's output ", shapeText(output),
                      ", found ", shapeText(r));
  SmallVector<int64_t> shape = {r[0], (*weight)[1] * static_cast<int64_t>(adaptor.getGroups())};
  llvm::append_range(shape, adaptor.getSpatial());
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult ConvCorrelateOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                                Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX()), r = shapeOf(adaptor.getR());
  if (x.size() < 3 || x.size() != r.size() || x[0] != r[0])
    return inferError(loc, "x and r are samples x channels x spatial of one batch and rank, found ",
                      shapeText(x), " and ", shapeText(r));
  if (failed(checkWindowRank(loc, adaptor.getWindow(), x.size())))
    return failure();
  SmallVector<int64_t> output = {r[0], r[1]};
  if (failed(appendOutput(loc, adaptor.getWindow(), x.drop_front(2), false, output)))
    return failure();
  if (ArrayRef<int64_t>(output) != r)
    return inferError(loc, "r has the shape of the convolution's output ", shapeText(output),
                      ", found ", shapeText(r));
  int64_t groups = adaptor.getGroups();
  if (groups < 1 || x[1] % groups != 0 || r[1] % groups != 0)
    return inferError(loc, "channels of x and r are multiples of the groups, found ", x[1], ", ",
                      r[1], " and ", groups, " groups");
  SmallVector<int64_t> shape = {x[0], r[1], x[1] / groups};
  llvm::append_range(shape, adaptor.getWindow().getKernel());
  types.push_back(f32Tensor(context, shape));
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Capabilities
//===------------------------------------------------------------------------------------------===//

LayerCapability ConvOp::getCapability() { return LayerCapability::Convolution; }
Value ConvOp::getLinearWeight() { return getWeight(); }
Value ConvOp::getLinearBias() { return getBias(); }
WindowAttr ConvOp::getLinearWindow() { return getWindow(); }
int64_t ConvOp::getLinearGroups() { return getGroups(); }
int64_t ConvOp::getKernelExtent() { return getWindow().getKernel().front(); }
bool ConvOp::isStrided() {
  return llvm::any_of(getWindow().getStrides(), [](int64_t stride) { return stride > 1; });
}
bool ConvOp::hasSamePadding() {
  WindowAttr window = getWindow();
  return llvm::all_of(llvm::seq<int64_t>(window.getRank()), [&](int64_t axis) {
    return window.getLow()[axis] + window.getHigh()[axis] == window.getSpan(axis) - 1;
  });
}
bool ConvOp::isDepthwise() {
  int64_t groups = getGroups();
  return groups > 1 && groups == shapeOf(getX())[1];
}

Operation *ConvOp::buildWithWeights(OpBuilder &builder, Location loc, Value weight, Value bias) {
  return ConvOp::create(builder, loc, getX(), weight, bias, getWindowAttr(), getGroupsAttr());
}

Value ConvOp::buildLinear(OpBuilder &builder, Location loc, Value weight, Value x) {
  return ConvOp::create(builder, loc, x, weight, Value(), getWindowAttr(), getGroupsAttr());
}

Value ConvOp::buildAdjoint(OpBuilder &builder, Location loc, Value weight, Value r) {
  return ConvAdjointOp::create(builder, loc, weight, r, getWindowAttr(), getGroupsAttr(),
                               builder.getDenseI64ArrayAttr(shapeOf(getX()).drop_front(2)));
}

Value ConvOp::buildCorrelate(OpBuilder &builder, Location loc, Value x, Value r) {
  return ConvCorrelateOp::create(builder, loc, x, r, getWindowAttr(), getGroupsAttr());
}

Value ConvOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r,
                       ValueRange data) {
  return buildAdjoint(builder, loc, getWeight(), r);
}

Sign ConvOp::inferSign(ArrayRef<Sign> operands) {
  Sign sum = (operands[0] * operands[1]).orZero();
  sum = sum + sum;
  return getBias() ? sum + operands[2] : sum;
}
Sign ConvAdjointOp::inferSign(ArrayRef<Sign> operands) {
  Sign product = (operands[0] * operands[1]).orZero();
  return product + product;
}
Sign ConvCorrelateOp::inferSign(ArrayRef<Sign> operands) {
  Sign product = (operands[0] * operands[1]).orZero();
  return product + product;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, derivatives and signs of elementwise merges, normalisations and softmax.
#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  int64_t rank = shapeOf(adaptor.getX()).size(), axis = adaptor.getAxis();
  if (axis < 0 || axis >= rank)
    return inferError(loc, "softmax needs an axis in [0, ", rank, "), found ", axis);
  types.push_back(adaptor.getX().getType());
  return success();
}

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (axis < 1 || axis >= int64_t(x.size()))
    return inferError(loc, "a layer norm keeps the sample axis: it starts at an axis in [1, ",
                      x.size(), "), found ", axis);
  for (Value parameter : {adaptor.getGamma(), adaptor.getBeta()})
    if (shapeOf(parameter) != x.drop_front(axis))
      return inferError(loc, "a layer norm's parameters have the extents of its axes (",
                        shapeText(x.drop_front(axis)), "), found ", shapeText(shapeOf(parameter)));
  types.push_back(adaptor.getX().getType());
  return success();
}

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  if (x.size() < 2)
    return inferError(loc, "batch norm's data is samples x channels x spatial, found ",
                      shapeText(x));
  for (Value statistic :
       {adaptor.getGamma(), adaptor.getBeta(), adaptor.getMean(), adaptor.getVariance()})
    if (shapeOf(statistic) != x.slice(1, 1))
      return inferError(loc, "batch norm's parameters have one entry per channel (", x[1],
                        "), found ", shapeText(shapeOf(statistic)));
  types.push_back(adaptor.getX().getType());
  return success();
}

static LogicalResult inferBroadcast(MLIRContext *context, std::optional<Location> loc, Value a,
                                    Value b, SmallVectorImpl<Type> &types) {
  auto shape = broadcastShapes(shapeOf(a), shapeOf(b));
  if (failed(shape))
    return inferError(loc, "operands broadcast to a common shape, found ", shapeText(shapeOf(a)),
                      " and ", shapeText(shapeOf(b)));
  types.push_back(f32Tensor(context, *shape));
  return success();
}

#define SALIENCY_MERGE(OP)                                                                         \
  LogicalResult OP::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,            \
                                     Adaptor adaptor, SmallVectorImpl<Type> &types) {              \
    return inferBroadcast(context, loc, adaptor.getA(), adaptor.getB(), types);                    \
  }                                                                                                \
  SmallVector<unsigned> OP::getDataOperandNumbers() { return {0, 1}; }
SALIENCY_MERGE(AddOp)
SALIENCY_MERGE(SubOp)
SALIENCY_MERGE(MulOp)
SALIENCY_MERGE(DivOp)
#undef SALIENCY_MERGE

MergeKind AddOp::getMergeKind() { return MergeKind::Add; }
MergeKind SubOp::getMergeKind() { return MergeKind::Other; }
MergeKind MulOp::getMergeKind() { return MergeKind::Product; }
/// A quotient by constants is a product with their reciprocals.
MergeKind DivOp::getMergeKind() {
  return getB().getDefiningOp<ConstantOp>() ? MergeKind::Product : MergeKind::Other;
}

//===------------------------------------------------------------------------------------------===//
// Derivatives
//===------------------------------------------------------------------------------------------===//

Value AddOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r, ValueRange data) {
  return buildReduceTo(builder, loc, r, shapeOf(data[number]));
}

Value SubOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r, ValueRange data) {
  return buildReduceTo(builder, loc, number == 0 ? r : arith::NegFOp::create(builder, loc, r),
                       shapeOf(data[number]));
}

Value MulOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r, ValueRange data) {
  Value other = buildBroadcast(builder, loc, data[1 - number], shapeOf(r));
  return buildReduceTo(builder, loc, arith::MulFOp::create(builder, loc, r, other),
                       shapeOf(data[number]));
}

Value DivOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r, ValueRange data) {
  Value b = buildBroadcast(builder, loc, data[1], shapeOf(r));
  Value quotient = arith::DivFOp::create(builder, loc, r, b);
  if (number == 1) { // d(a / b)/db = -a / b^2
    Value a = buildBroadcast(builder, loc, data[0], shapeOf(r));
    Value product =
        arith::MulFOp::create(builder, loc, quotient, arith::DivFOp::create(builder, loc, a, b));
    quotient = arith::NegFOp::create(builder, loc, product);
  }
  return buildReduceTo(builder, loc, quotient, shapeOf(data[number]));
}

Value BatchNormOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange) {
  Value epsilon = buildSplat(builder, loc, shapeOf(getVariance()), getEpsilon().convertToFloat());
  Value deviation = math::SqrtOp::create(
      builder, loc, arith::AddFOp::create(builder, loc, getVariance(), epsilon));
  Value scale = arith::DivFOp::create(builder, loc, getGamma(), deviation);
  return arith::MulFOp::create(builder, loc, r, buildPerChannel(builder, loc, scale, shapeOf(r)));
}

static Value buildReduce(OpBuilder &builder, Location loc, Reduction kind, Value x,
                         ArrayRef<int64_t> axes) {
  return ReduceOp::create(builder, loc, x, ReductionAttr::get(builder.getContext(), kind),
                          builder.getDenseI64ArrayAttr(axes));
}

SmallVector<int64_t> LayerNormOp::getFeatureAxes() {
  return llvm::to_vector(llvm::seq<int64_t>(getAxis(), shapeOf(getX()).size()));
}

Value LayerNormOp::buildMean(OpBuilder &builder, Location loc, Value x) {
  return buildReduce(builder, loc, Reduction::Mean, x, getFeatureAxes());
}

Value LayerNormOp::buildVariance(OpBuilder &builder, Location loc, Value x) {
  Value mean = buildBroadcast(builder, loc, buildMean(builder, loc, x), shapeOf(x));
  Value centred = arith::SubFOp::create(builder, loc, x, mean);
  return buildReduce(builder, loc, Reduction::Mean,
                     arith::MulFOp::create(builder, loc, centred, centred), getFeatureAxes());
}

/// With g = gamma r, d = x - mean and v = variance + epsilon: (g - mean(g) - d mean(g d) / v) /
/// sqrt(v).
Value LayerNormOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange data) {
  auto full = [&](Value value) { return buildBroadcast(builder, loc, value, shapeOf(r)); };
  auto mean = [&](Value value) {
    return full(buildReduce(builder, loc, Reduction::Mean, value, getFeatureAxes()));
  };
  auto mul = [&](Value a, Value b) { return arith::MulFOp::create(builder, loc, a, b); };
  auto sub = [&](Value a, Value b) { return arith::SubFOp::create(builder, loc, a, b); };
  Value x = data[0], centred = sub(x, full(buildMean(builder, loc, x))),
        variance = buildVariance(builder, loc, x);
  Value epsilon = buildSplat(builder, loc, shapeOf(variance), getEpsilon().convertToFloat());
  Value stabilised = arith::AddFOp::create(builder, loc, variance, epsilon);
  Value g = mul(r, full(getGamma()));
  Value along =
      arith::DivFOp::create(builder, loc, mul(centred, mean(mul(g, centred))), full(stabilised));
  return arith::DivFOp::create(builder, loc, sub(sub(g, mean(g)), along),
                               full(math::SqrtOp::create(builder, loc, stabilised)));
}

SmallVector<int64_t> SoftmaxOp::getFeatureAxes() { return {int64_t(getAxis())}; }

/// y (r - sum over the axis of y r).
Value SoftmaxOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange data) {
  if (getAxis() == 0)
    return nullptr;
  Value y = SoftmaxOp::create(builder, loc, data[0], getAxisAttr());
  Value sum = buildReduce(builder, loc, Reduction::Sum, arith::MulFOp::create(builder, loc, y, r),
                          getFeatureAxes());
  Value rest =
      arith::SubFOp::create(builder, loc, r, buildBroadcast(builder, loc, sum, shapeOf(r)));
  return arith::MulFOp::create(builder, loc, y, rest);
}

//===------------------------------------------------------------------------------------------===//
// Signs
//===------------------------------------------------------------------------------------------===//

Sign AddOp::inferSign(ArrayRef<Sign> operands) { return operands[0] + operands[1]; }
Sign SubOp::inferSign(ArrayRef<Sign> operands) { return operands[0] + -operands[1]; }
Sign MulOp::inferSign(ArrayRef<Sign> operands) { return operands[0] * operands[1]; }
Sign DivOp::inferSign(ArrayRef<Sign> operands) { return operands[0] / operands[1]; }
Sign SoftmaxOp::inferSign(ArrayRef<Sign>) { return Sign::nonNegative(); }
Sign LayerNormOp::inferSign(ArrayRef<Sign>) { return Sign::unknown(); }
Sign BatchNormOp::inferSign(ArrayRef<Sign>) { return Sign::unknown(); }

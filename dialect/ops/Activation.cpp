// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the rows of Activation.td leave open: which functions rectify or limit, and the activations
// with trained operands.
#include "dialect/ops/Formula.h"

#include <limits>

using namespace mlir;
using namespace saliency;
using saliency::formula::Formula;

bool ReluOp::isRectifier() { return true; }
bool ClipOp::isRectifier() { return getMin().isZero() && getMax().convertToFloat() > 0; }
std::optional<std::pair<double, double>> ReluOp::getLimits() {
  return std::pair(0.0, std::numeric_limits<double>::infinity());
}
std::optional<std::pair<double, double>> ClipOp::getLimits() {
  return std::pair(getMin().convertToDouble(), getMax().convertToDouble());
}

LogicalResult PReluOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  auto shape = broadcastShapes(x, shapeOf(adaptor.getSlope()));
  if (failed(shape) || ArrayRef<int64_t>(*shape) != x)
    return inferError(loc, "a slope broadcasts to the data, found ",
                      shapeText(shapeOf(adaptor.getSlope())), " for ", shapeText(x));
  types.push_back(adaptor.getX().getType());
  return success();
}

LogicalResult ThresholdOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  if (x.size() < 2)
    return inferError(loc, "a threshold's data is samples x channels x spatial, found ",
                      shapeText(x));
  for (Value bound : {adaptor.getLow(), adaptor.getHigh()})
    if (shapeOf(bound) != x.slice(1, 1))
      return inferError(loc, "a threshold's bounds have one entry per channel (", x[1], "), found ",
                        shapeText(shapeOf(bound)));
  types.push_back(adaptor.getX().getType());
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Derivatives
//===------------------------------------------------------------------------------------------===//

Value PReluOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value arrived,
                        ValueRange data) {
  ImplicitLocOpBuilder here(loc, builder);
  Formula x{&here, data[0]}, r{&here, arrived},
      slope{&here, buildBroadcast(here, loc, getSlope(), shapeOf(data[0]))};
  return (r * choose(x > 0, 1, slope)).value;
}

Value ThresholdOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value arrived,
                            ValueRange data) {
  ImplicitLocOpBuilder here(loc, builder);
  auto bound = [&](Value entries) {
    return Formula{&here, buildPerChannel(here, loc, entries, shapeOf(data[0]))};
  };
  Formula x{&here, data[0]}, r{&here, arrived};
  Formula below = choose(x < bound(getHigh()), 1, 0);
  return (r * choose(x > bound(getLow()), below, 0)).value;
}

//===------------------------------------------------------------------------------------------===//
// Signs
//===------------------------------------------------------------------------------------------===//

Sign PReluOp::inferSign(ArrayRef<Sign> operands) {
  return withNegative(operands[0], Sign::negative() * operands[1]);
}

/// The larger of two numbers.
static Sign larger(Sign a, Sign b) {
  Sign sign = Sign::none();
  if (a.mayBePositive() || b.mayBePositive())
    sign = sign.join(Sign::positive());
  if ((a.mayBeZero() && !b.isUninitialized() && (b.mayBeZero() || b.mayBeNegative())) ||
      (b.mayBeZero() && a.mayBeNegative()))
    sign = sign.join(Sign::zero());
  return a.mayBeNegative() && b.mayBeNegative() ? sign.join(Sign::negative()) : sign;
}
Sign ThresholdOp::inferSign(ArrayRef<Sign> operands) { // min(a, b) = -max(-a, -b)
  return -larger(-larger(operands[0], operands[1]), -operands[2]);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes and signs of what one run of a repetition draws or selects.
#include "dialect/ops/Builders.h"

#include <limits>

using namespace mlir;
using namespace saliency;

/// A draw's entries are numbered with 32 bits.
static LogicalResult inferDraw(MLIRContext *context, std::optional<Location> loc,
                               ArrayRef<int64_t> shape, SmallVectorImpl<Type> &types) {
  int64_t room = std::numeric_limits<uint32_t>::max();
  for (int64_t extent : shape) {
    if (extent < 1 || extent > room)
      return inferError(loc, "a draw has between 1 and 2^32 - 1 entries, found ", shapeText(shape));
    room /= extent;
  }
  types.push_back(f32Tensor(context, shape));
  return success();
}

static LogicalResult inferMask(MLIRContext *context, std::optional<Location> loc,
                               ArrayRef<int64_t> shape, SmallVectorImpl<Type> &types) {
  if (shape.size() < 3 || shape[0] != 1 || shape[1] != 1)
    return inferError(loc, "a mask is 1 x 1 x spatial axes, found ", shapeText(shape));
  return inferDraw(context, loc, shape, types);
}

LogicalResult DrawOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                       Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferDraw(context, loc, adaptor.getShape(), types);
}

LogicalResult WindowMaskOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (adaptor.getExtent() < 1 || adaptor.getStep() < 1)
    return inferError(loc, "a window has a positive extent and step, found ", adaptor.getExtent(),
                      " and ", adaptor.getStep());
  return inferMask(context, loc, adaptor.getShape(), types);
}

LogicalResult GridMaskOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                           Adaptor adaptor, SmallVectorImpl<Type> &types) {
  double probability = adaptor.getProbability().convertToDouble();
  if (adaptor.getCells() < 1 || !(probability >= 0 && probability <= 1))
    return inferError(loc, "a grid has cells and a probability in [0, 1], found ",
                      adaptor.getCells(), " and ", probability);
  return inferMask(context, loc, adaptor.getShape(), types);
}

Sign DrawOp::inferSign(ArrayRef<Sign>) {
  return getDistribution() == Distribution::Uniform ? Sign::nonNegative() : Sign::unknown();
}
Sign WindowMaskOp::inferSign(ArrayRef<Sign>) { return Sign::nonNegative(); }
Sign GridMaskOp::inferSign(ArrayRef<Sign>) { return Sign::nonNegative(); }

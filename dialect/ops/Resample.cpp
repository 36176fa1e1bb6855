// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, derivatives and signs of ops that take the entries of one axis from other places of it.
#include "dialect/ops/Builders.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace saliency;

//===------------------------------------------------------------------------------------------===//
// Places
//===------------------------------------------------------------------------------------------===//

namespace {

/// Which entries of an axis each entry of the result sums, and by what weights.
struct Taps {
  int64_t extent; ///< of the result
  SmallVector<int64_t> indices;
  SmallVector<float> weights;
};

} // namespace

/// The transposed taps, onto an axis of `extent` entries: what entry `index` gave to entry `i` by
/// `weight`, it receives from there.
///
///   indices  0 0 1          entry 0 gave to results 0 and 1, entry 1 to result 2:
///   weights  1 1 1   --->   indices  0 2 | 1 -1
///                           weights  1 1 | 1  0
static Taps transposed(ArrayRef<int64_t> indices, ArrayRef<float> weights, int64_t from,
                       int64_t extent) {
  SmallVector<SmallVector<std::pair<int64_t, float>>> given(extent);
  for (size_t at = 0; at != indices.size(); ++at)
    if (indices[at] >= 0 && weights[at] != 0)
      given[indices[at]].emplace_back(static_cast<int64_t>(at) % from, weights[at]);
  size_t taps = 1;
  for (const auto &receivers : given)
    taps = std::max(taps, receivers.size());
  Taps result{extent, SmallVector<int64_t>(taps * extent, -1),
              SmallVector<float>(taps * extent, 0.0f)};
  for (auto [index, receivers] : llvm::enumerate(given))
    for (auto [tap, receiver] : llvm::enumerate(receivers))
      std::tie(result.indices[tap * extent + index], result.weights[tap * extent + index]) =
          receiver;
  return result;
}

/// The transpose of the taps at `axis`, applied to `r`: the gradient with respect to a tensor of
/// `extent` entries there. One tap of weight 1 is a mere move.
static Value buildTransposed(OpBuilder &builder, Location loc, Value r, int64_t axis,
                             ArrayRef<int64_t> indices, ArrayRef<float> weights, int64_t extent) {
  bool repeatsOne = extent == 1 && llvm::all_of_zip(indices, weights, [](int64_t index, float w) {
                      return index == 0 && w == 1;
                    });
  if (repeatsOne && static_cast<int64_t>(indices.size()) == shapeOf(r)[axis]) {
    SmallVector<int64_t> shape(shapeOf(r)); // a broadcast, whose transpose is a sum
    shape[axis] = 1;
    return buildReduceTo(builder, loc, r, shape);
  }
  Taps taps = transposed(indices, weights, shapeOf(r)[axis], extent);
  bool moves = static_cast<int64_t>(taps.indices.size()) == extent &&
               llvm::all_of_zip(taps.indices, taps.weights, [](int64_t index, float weight) {
                 return index < 0 || weight == 1;
               });
  auto axisAttr = builder.getI64IntegerAttr(axis);
  if (moves)
    return TakeOp::create(builder, loc, r, axisAttr, builder.getDenseI64ArrayAttr(taps.indices));
  return InterpolateOp::create(builder, loc, r, axisAttr, builder.getI64IntegerAttr(extent),
                               builder.getDenseI64ArrayAttr(taps.indices),
                               builder.getDenseF32ArrayAttr(taps.weights));
}

//===------------------------------------------------------------------------------------------===//
// Shapes
//===------------------------------------------------------------------------------------------===//

static LogicalResult checkPlaces(std::optional<Location> loc, ArrayRef<int64_t> x, int64_t axis,
                                 ArrayRef<int64_t> indices) {
  if (axis < 1 || axis >= static_cast<int64_t>(x.size()))
    return inferError(loc, "entries are taken along an axis in [1, ", x.size(), "), found ", axis);
  for (int64_t index : indices)
    if (index < -1 || index >= x[axis])
      return inferError(loc, "places lie in [-1, ", x[axis] - 1, "], found ", index, " on axis ",
                        axis, " of ", shapeText(x));
  return success();
}

LogicalResult TakeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                       Adaptor adaptor, SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(shapeOf(adaptor.getX()));
  if (failed(checkPlaces(loc, shape, adaptor.getAxis(), adaptor.getIndices())))
    return failure();
  if (adaptor.getIndices().empty())
    return inferError(loc, "at least one entry is taken, found no indices");
  shape[adaptor.getAxis()] = adaptor.getIndices().size();
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult InterpolateOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                              Adaptor adaptor, SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(shapeOf(adaptor.getX()));
  int64_t extent = adaptor.getExtent(), count = adaptor.getIndices().size();
  if (failed(checkPlaces(loc, shape, adaptor.getAxis(), adaptor.getIndices())))
    return failure();
  if (extent < 1 || count < extent || count % extent != 0 ||
      adaptor.getWeights().size() != adaptor.getIndices().size())
    return inferError(loc, "every tap has an index and a weight for each of the ", extent,
                      " entries, found ", count, " and ", adaptor.getWeights().size());
  for (float weight : adaptor.getWeights())
    if (!(weight >= 0 && weight <= std::numeric_limits<float>::max()))
      return inferError(loc, "weights of an interpolation are finite and not below 0, found ",
                        weight);
  shape[adaptor.getAxis()] = extent;
  types.push_back(f32Tensor(context, shape));
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Capabilities, derivatives, signs
//===------------------------------------------------------------------------------------------===//

bool TakeOp::addsEntries() { return llvm::is_contained(getIndices(), -1); }

Value TakeOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange data) {
  SmallVector<float> ones(getIndices().size(), 1.0f);
  return buildTransposed(builder, loc, r, getAxis(), getIndices(), ones,
                         shapeOf(data[0])[getAxis()]);
}

Sign TakeOp::inferSign(ArrayRef<Sign> operands) {
  return addsEntries() ? operands[0].orZero() : operands[0];
}

LayerCapability InterpolateOp::getCapability() { return LayerCapability::AveragePool; }
Value InterpolateOp::getLinearWeight() { return nullptr; }
Value InterpolateOp::getLinearBias() { return nullptr; }
int64_t InterpolateOp::getKernelExtent() { return getIndices().size() / getExtent(); }
Operation *InterpolateOp::buildWithWeights(OpBuilder &, Location, Value, Value) { return nullptr; }
Value InterpolateOp::buildLinear(OpBuilder &builder, Location loc, Value, Value x) {
  return InterpolateOp::create(builder, loc, x, getAxisAttr(), getExtentAttr(), getIndicesAttr(),
                               getWeightsAttr());
}
Value InterpolateOp::buildAdjoint(OpBuilder &builder, Location loc, Value, Value r) {
  return buildTransposed(builder, loc, r, getAxis(), getIndices(), getWeights(),
                         shapeOf(getX())[getAxis()]);
}
Value InterpolateOp::buildCorrelate(OpBuilder &, Location, Value, Value) { return nullptr; }
Value InterpolateOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange) {
  return buildAdjoint(builder, loc, Value(), r);
}

Sign InterpolateOp::inferSign(ArrayRef<Sign> operands) {
  return (operands[0] + operands[0]).orZero();
}

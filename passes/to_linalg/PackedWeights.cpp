// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/to_linalg/PackedWeights.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/to_linalg/ConstantRelay.h"

using namespace mlir;

namespace saliency {

int64_t Panels::lanesFor(int64_t features) const {
  for (int64_t step : {vectorLanes, vectorLanes / 2})
    for (int64_t lanes = step ? widest / step * step : 0; lanes > 0; lanes -= step)
      if (features % lanes == 0)
        return lanes;
  for (int64_t lanes = std::min(widest, features); lanes > 1; --lanes)
    if (features % lanes == 0)
      return lanes;
  return 1;
}

KernelSet::KernelSet(Value weight, Value physical, WindowAttr window, int64_t groups, bool adjoint)
    : groups(groups), perSample(logicalShape(weight).size() == window.getRank() + 3),
      weight(weight), physical(physical), adjoint(adjoint) {
  for (int64_t extent : window.getKernel())
    taps.push_back({0, 1, extent});
  ArrayRef<int64_t> shape = logicalShape(weight).drop_front(perSample);
  outputs = shape[0] / groups;
  inputs = shape[1];
  if (adjoint)
    std::swap(outputs, inputs);
}

KernelSet KernelSet::with(ArrayRef<KernelTaps> chosen) const {
  KernelSet set = *this;
  set.taps.assign(chosen.begin(), chosen.end());
  return set;
}

SmallVector<int64_t> KernelSet::unit(size_t coordinate, int64_t step) const {
  SmallVector<int64_t> steps(2 + rank(), 0);
  steps[coordinate] = step;
  return steps;
}

PackedAxis KernelSet::groupAxis() const { return {groups, unit(0, adjoint ? inputs : outputs)}; }

FailureOr<Value> KernelSet::pack(OpBuilder &builder, Location loc, const LoweringContext &context,
                                 ArrayRef<PackedAxis> axes) const {
  SmallVector<int64_t> origin(2 + rank(), 0);
  for (size_t axis = 0; axis != rank(); ++axis)
    origin[2 + axis] = taps[axis].first;
  ElementsAttr constant = constantOf(weight);
  if (!constant || perSample)
    return copied(builder, loc, context, axes, origin);

  SmallVector<int64_t> natural = denseStrides(logicalShape(weight)), shape, strides;
  auto distance = [&](ArrayRef<int64_t> coordinates) {
    return std::inner_product(coordinates.begin(), coordinates.end(), natural.begin(), int64_t(0));
  };
  for (const PackedAxis &axis : axes) {
    shape.push_back(axis.extent);
    strides.push_back(distance(axis.step));
  }
  ElementsAttr packed = context.constants.gather(constant, shape, strides, distance(origin));
  if (!packed)
    return emitError(
        loc, "a constant's data is present when it is re-laid, found a resource without data");
  return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(packed)).getResult();
}

Value KernelSet::copied(OpBuilder &builder, Location loc, const LoweringContext &context,
                        ArrayRef<PackedAxis> axes, ArrayRef<int64_t> origin) const {
  // The innermost loop reads contiguously: a panel that is written out of order stays in the cache,
  // while reading with the stride of a whole kernel set would meet few cache sets.
  size_t rank = logicalShape(weight).size(),
         contiguous = context.layout.permutation(rank).back() - perSample;
  auto readsInOrder = [&](const PackedAxis &axis) { return axis.step[contiguous] == 1; };
  size_t innermost = llvm::find_if(axes, readsInOrder) - axes.begin();

  unsigned next = 0;
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> from, to;
  if (perSample) {
    shape.push_back(logicalShape(weight)[0]);
    to.push_back(getAffineDimExpr(next++, context.mlir));
    from.push_back(to.front());
  }
  unsigned loops = next + axes.size();
  SmallVector<AffineExpr> coordinates = llvm::map_to_vector(
      origin, [&](int64_t at) { return getAffineConstantExpr(at, context.mlir); });
  for (auto [number, axis] : llvm::enumerate(axes)) {
    to.push_back(getAffineDimExpr(number == innermost ? loops - 1 : next++, context.mlir));
    shape.push_back(axis.extent);
    for (auto [coordinate, step] : llvm::zip_equal(coordinates, axis.step))
      coordinate = coordinate + to.back() * step;
  }
  llvm::append_range(from, coordinates);
  return Nest(builder, loc, context, loops)
      .read(physical, from)
      .writeRaw(tensor::EmptyOp::create(builder, loc, shape, builder.getF32Type()), to)
      .buildOne([](ImplicitLocOpBuilder &, ValueRange values) { return values[0]; });
}

bool isReadPacked(OpOperand &use) {
  if (auto conv = dyn_cast<ConvOp>(use.getOwner()))
    return use.getOperandNumber() == 1 &&
           logicalShape(use.get()).size() == conv.getWindow().getRank() + 2;
  if (auto adjoint = dyn_cast<ConvAdjointOp>(use.getOwner()))
    return use.getOperandNumber() == 0 &&
           logicalShape(use.get()).size() == adjoint.getWindow().getRank() + 2;
  return false;
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fills, padding, slices and reorderings of whole tensors.
#include "passes/to_linalg/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace saliency {

Value floatScalar(OpBuilder &builder, Location loc, double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF32FloatAttr(static_cast<float>(value)));
}

Value emptyTensor(OpBuilder &builder, Location loc, const LoweringContext &context,
                  ArrayRef<int64_t> logicalShape, Type element) {
  return tensor::EmptyOp::create(builder, loc, context.layout.toPhysical(logicalShape),
                                 element ? element : builder.getF32Type());
}

Value filledRaw(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape, TypedAttr value) {
  Value scalar = arith::ConstantOp::create(builder, loc, value);
  Value empty = tensor::EmptyOp::create(builder, loc, shape, value.getType());
  return linalg::FillOp::create(builder, loc, scalar, empty).getResult(0);
}

Value filledTensor(OpBuilder &builder, Location loc, const LoweringContext &context,
                   ArrayRef<int64_t> logicalShape, TypedAttr value) {
  return filledRaw(builder, loc, context.layout.toPhysical(logicalShape), value);
}

Value filledTensor(OpBuilder &builder, Location loc, const LoweringContext &context,
                   ArrayRef<int64_t> logicalShape, double value) {
  return filledTensor(builder, loc, context, logicalShape,
                      builder.getF32FloatAttr(static_cast<float>(value)));
}

static SmallVector<OpFoldResult> indices(OpBuilder &builder, const LoweringContext &context,
                                         ArrayRef<int64_t> logical) {
  return getAsIndexOpFoldResult(builder.getContext(), context.layout.toPhysical(logical));
}

Value sliced(OpBuilder &builder, Location loc, const LoweringContext &context, Value x,
             ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  if (context.layout.toPhysical(sizes) == SmallVector<int64_t>(logicalShape(x)))
    return x;
  return tensor::ExtractSliceOp::create(builder, loc, x, indices(builder, context, offsets),
                                        indices(builder, context, sizes),
                                        indices(builder, context, strides));
}

Value inserted(OpBuilder &builder, Location loc, const LoweringContext &context, Value x,
               Value target, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes,
               ArrayRef<int64_t> strides) {
  return tensor::InsertSliceOp::create(builder, loc, x, target, indices(builder, context, offsets),
                                       indices(builder, context, sizes),
                                       indices(builder, context, strides));
}

Value padded(OpBuilder &builder, Location loc, const LoweringContext &context, Value x,
             ArrayRef<int64_t> shape, ArrayRef<int64_t> low, ArrayRef<int64_t> high, double value) {
  size_t rank = shape.size();
  SmallVector<int64_t> ones(rank, 1), start(rank), kept(rank), before(rank), after(rank),
      whole(rank);
  for (size_t axis = 0; axis != rank; ++axis) {
    start[axis] = std::max<int64_t>(-low[axis], 0);
    kept[axis] = shape[axis] - start[axis] - std::max<int64_t>(-high[axis], 0);
    before[axis] = std::max<int64_t>(low[axis], 0);
    after[axis] = std::max<int64_t>(high[axis], 0);
    whole[axis] = before[axis] + kept[axis] + after[axis];
  }
  x = sliced(builder, loc, context, x, start, kept, ones);
  if (whole == kept)
    return x;
  if (context.isTuned()) {
    Value border = filledTensor(builder, loc, context, whole, value);
    return inserted(builder, loc, context, x, border, before, kept, ones);
  }
  return tensor::PadOp::create(builder, loc, context.layout.type(whole, builder.getF32Type()), x,
                               indices(builder, context, before), indices(builder, context, after),
                               floatScalar(builder, loc, value));
}

Value reshaped(OpBuilder &builder, Location loc, Value x, ArrayRef<int64_t> shape) {
  auto from = cast<RankedTensorType>(x.getType());
  auto to = RankedTensorType::get(shape, from.getElementType());
  if (from == to)
    return x;
  if (auto groups = getReassociationIndicesForReshape(from, to)) {
    if (from.getRank() > to.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, to, x, *groups);
    return tensor::ExpandShapeOp::create(builder, loc, to, x, *groups);
  }
  auto allAxes = [](RankedTensorType type) {
    return SmallVector<ReassociationIndices>{
        llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()))};
  };
  Value flat = tensor::CollapseShapeOp::create(builder, loc, x, allAxes(from));
  return tensor::ExpandShapeOp::create(builder, loc, to, flat, allAxes(to));
}

Value transposed(OpBuilder &builder, Location loc, Value x, ArrayRef<int64_t> permutation) {
  ArrayRef<int64_t> shape = logicalShape(x);
  SmallVector<int64_t> result = applyPermutation(shape, permutation);
  SmallVector<int64_t> order; // of the axes that hold more than one entry
  for (int64_t axis : permutation)
    if (shape[axis] != 1)
      order.push_back(axis);
  if (llvm::is_sorted(order))
    return reshaped(builder, loc, x, result);
  Value empty = tensor::EmptyOp::create(builder, loc, result,
                                        cast<RankedTensorType>(x.getType()).getElementType());
  return linalg::TransposeOp::create(builder, loc, x, empty, permutation).getResult()[0];
}

Value toPhysicalOrder(OpBuilder &builder, Location loc, const Layout &layout, Value logical) {
  return transposed(builder, loc, logical, layout.permutation(logicalShape(logical).size()));
}

Value toLogicalOrder(OpBuilder &builder, Location loc, const Layout &layout, Value physical) {
  return transposed(builder, loc, physical,
                    invertPermutationVector(layout.permutation(logicalShape(physical).size())));
}

} // namespace saliency

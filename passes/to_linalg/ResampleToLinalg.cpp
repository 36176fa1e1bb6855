// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entries of one axis taken from other places.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/to_linalg/Nest.h"
#include "passes/to_linalg/Taps.h"

using namespace mlir;
using namespace saliency;

Value saliency::resampled(OpBuilder &builder, Location loc, const LoweringContext &context, Value x,
                          ArrayRef<int64_t> shape, size_t axis, const Taps &taps) {
  size_t rank = shape.size(), count = taps.index.size();
  SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, rank);
  auto table = [&](DenseElementsAttr values) {
    return arith::ConstantOp::create(builder, loc, values);
  };
  auto indexType = RankedTensorType::get(shape[axis], builder.getI64Type());
  auto weightType = RankedTensorType::get(shape[axis], builder.getF32Type());
  Nest nest(builder, loc, context, rank);
  for (const auto &index : taps.index)
    nest.readRaw(table(DenseElementsAttr::get(indexType, ArrayRef(index))), dims[axis]);
  SmallVector<std::optional<size_t>> weightOperands(count);
  for (size_t tap = 0, operand = count; tap != count; ++tap) {
    if (llvm::all_of(taps.weight[tap], [](float weight) { return weight == 1; }))
      continue;
    nest.readRaw(table(DenseElementsAttr::get(weightType, ArrayRef(taps.weight[tap]))), dims[axis]);
    weightOperands[tap] = operand++;
  }
  return nest.write(emptyTensor(builder, loc, context, shape), dims)
      .buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
        SmallVector<Value> at;
        for (size_t i = 0; i != rank; ++i)
          at.push_back(linalg::IndexOp::create(b, i));
        Value sum;
        for (size_t tap = 0; tap != count; ++tap) {
          Value index = arith::IndexCastOp::create(b, b.getIndexType(), values[tap]), isPlace;
          if (llvm::is_contained(taps.index[tap], -1)) {
            Value first = arith::ConstantIndexOp::create(b, 0);
            isPlace = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, index, first);
            index = arith::MaxSIOp::create(b, index, first);
          }
          at[context.layout.physicalAxis(rank, axis)] = index;
          Value term = tensor::ExtractOp::create(b, x, at);
          if (weightOperands[tap])
            term = arith::MulFOp::create(b, term, values[*weightOperands[tap]]);
          if (isPlace)
            term = arith::SelectOp::create(b, isPlace, term, floatScalar(b, b.getLoc(), 0));
          sum = sum ? arith::AddFOp::create(b, sum, term).getResult() : term;
        }
        return sum;
      });
}

namespace {

/// saliency.take -> linalg.generic that reads x at the places of a table.
struct TakeLowering final : Lowering<TakeOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(TakeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Taps taps(1);
    taps.index[0].assign(op.getIndices().begin(), op.getIndices().end());
    taps.weight[0].assign(op.getIndices().size(), 1.0f);
    rewriter.replaceOp(op, resampled(rewriter, op.getLoc(), context, adaptor.getX(),
                                     op.getType().getShape(), op.getAxis(), taps));
    return success();
  }
};

/// saliency.interpolate -> linalg.generic that sums x at the places of tables, by their weights.
struct InterpolateLowering final : Lowering<InterpolateOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(InterpolateOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    size_t extent = op.getExtent(), count = op.getIndices().size() / extent;
    Taps taps(count);
    for (size_t tap = 0; tap != count; ++tap) {
      ArrayRef<int64_t> indices = op.getIndices().slice(tap * extent, extent);
      ArrayRef<float> weights = op.getWeights().slice(tap * extent, extent);
      taps.index[tap].assign(indices.begin(), indices.end());
      taps.weight[tap].assign(weights.begin(), weights.end());
    }
    rewriter.replaceOp(op, resampled(rewriter, op.getLoc(), context, adaptor.getX(),
                                     op.getType().getShape(), op.getAxis(), taps));
    return success();
  }
};

} // namespace

void saliency::populateResamplePatterns(RewritePatternSet &patterns,
                                        const LoweringContext &context) {
  addLowerings<TakeLowering, InterpolateLowering>(patterns, context);
}

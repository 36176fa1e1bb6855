// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/to_linalg/Reductions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace saliency;

/// A last axis of at least this many entries is reduced in rows of lanes.
static constexpr int64_t kLongAxis = 64;

/// Largest divisor of `extent` that does not exceed its square root.
static int64_t balancedDivisor(int64_t extent) {
  int64_t best = 1;
  for (int64_t divisor = 2; divisor * divisor <= extent; ++divisor)
    if (extent % divisor == 0)
      best = divisor;
  return best;
}

static TypedAttr neutral(OpBuilder &builder, Reduction kind) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  switch (kind) {
  case Reduction::Sum:
  case Reduction::Mean:
    return builder.getF32FloatAttr(0.0f);
  case Reduction::Max:
    return builder.getF32FloatAttr(-infinity);
  case Reduction::Min:
    return builder.getF32FloatAttr(infinity);
  case Reduction::CountNonZero:
    return builder.getI32IntegerAttr(0);
  }
  llvm_unreachable("all reductions are handled");
}

static Value combine(ImplicitLocOpBuilder &b, Reduction kind, Value sum, Value x) {
  switch (kind) {
  case Reduction::Sum:
  case Reduction::Mean:
    return arith::AddFOp::create(b, sum, x);
  case Reduction::Max:
    return arith::MaximumFOp::create(b, sum, x);
  case Reduction::Min:
    return arith::MinimumFOp::create(b, sum, x);
  case Reduction::CountNonZero:
    return arith::AddIOp::create(b, sum, x);
  }
  llvm_unreachable("all reductions are handled");
}

/// 1 where x is not zero, as i32; integers pass.
static Value countable(ImplicitLocOpBuilder &b, Value x) {
  if (!isa<FloatType>(x.getType()))
    return x;
  Value nonZero =
      arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, x, floatScalar(b, b.getLoc(), 0.0));
  return arith::ExtUIOp::create(b, b.getI32Type(), nonZero);
}

/// Reduces one axis of a raw tensor.
static Value reduceAxis(OpBuilder &builder, Location loc, const LoweringContext &context, Value x,
                        int64_t axis, Reduction kind) {
  SmallVector<int64_t> shape(logicalShape(x));
  SmallVector<AffineExpr> dims, kept;
  for (size_t i = 0; i != shape.size(); ++i) {
    dims.push_back(getAffineDimExpr(i, context.mlir));
    if (int64_t(i) != axis)
      kept.push_back(dims.back());
  }
  shape.erase(shape.begin() + axis);
  return Nest(builder, loc, context, dims.size())
      .readRaw(x, dims)
      .writeRaw(filledRaw(builder, loc, shape, neutral(builder, kind)), kept)
      .reduce(dims[axis])
      .buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) {
        return combine(b, kind, values[1],
                       kind == Reduction::CountNonZero ? countable(b, values[0]) : values[0]);
      });
}

Value saliency::reduceAxes(OpBuilder &builder, Location loc, const LoweringContext &context,
                           Value x, ArrayRef<int64_t> axes, Reduction kind) {
  SmallVector<int64_t> sorted(axes);
  llvm::sort(sorted);
  int64_t cells = 1;
  for (int64_t axis : sorted)
    cells *= logicalShape(x)[axis];
  // Earlier axes are gone when a later one is reduced.
  for (auto [gone, axis] : llvm::enumerate(sorted)) {
    int64_t position = axis - gone;
    SmallVector<int64_t> shape(logicalShape(x));
    int64_t extent = shape[position], rows = balancedDivisor(extent);
    if (position + 1 == int64_t(shape.size()) && extent >= kLongAxis && rows > 1) {
      shape[position] = extent / rows;
      shape.insert(shape.begin() + position, rows);
      x = reduceAxis(builder, loc, context, reshaped(builder, loc, x, shape), position, kind);
    }
    x = reduceAxis(builder, loc, context, x, position, kind);
  }
  if (kind != Reduction::CountNonZero && (kind != Reduction::Mean || cells == 1))
    return x;
  SmallVector<AffineExpr> dims;
  for (size_t i = 0; i != logicalShape(x).size(); ++i)
    dims.push_back(getAffineDimExpr(i, context.mlir));
  Value init = tensor::EmptyOp::create(builder, loc, logicalShape(x), builder.getF32Type());
  return Nest(builder, loc, context, dims.size())
      .readRaw(x, dims)
      .writeRaw(init, dims)
      .buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
        if (kind == Reduction::Mean)
          return arith::DivFOp::create(b, values[0], floatScalar(b, loc, cells));
        return arith::SIToFPOp::create(b, b.getF32Type(), countable(b, values[0]));
      });
}

SmallVector<int64_t> saliency::sampleAxes(size_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(1, rank));
}

namespace {

/// saliency.reduce -> one linalg.generic per axis, then the unit axes back by tensor.expand_shape.
struct ReduceLowering final : Lowering<ReduceOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ReduceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = logicalShape(op.getX());
    llvm::SmallSetVector<int64_t, 4> axes;
    for (int64_t axis : op.getAxes())
      axes.insert(context.layout.physicalAxis(shape.size(), axis));
    Value reduced = reduceAxes(rewriter, op.getLoc(), context, adaptor.getX(), axes.getArrayRef(),
                               op.getKind());
    rewriter.replaceOp(op, reshaped(rewriter, op.getLoc(), reduced,
                                    context.layout.toPhysical(op.getType().getShape())));
    return success();
  }
};

} // namespace

void saliency::populateReductionPatterns(RewritePatternSet &patterns,
                                         const LoweringContext &context) {
  addLowerings<ReduceLowering>(patterns, context);
}

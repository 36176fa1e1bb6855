// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Max pool and the routing of relevance to the winners. The channel axis is the innermost loop in
// channels-last order, so that comparisons run over contiguous lanes.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/to_linalg/PoolSpace.h"

using namespace mlir;
using namespace saliency;

static constexpr double kLowest = -std::numeric_limits<double>::infinity();

namespace {

/// saliency.max_pool -> padding by -inf, linalg.generic { maximumf }.
struct MaxPoolLowering final : Lowering<MaxPoolOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(MaxPoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    PoolSpace space(context, op.getWindow());
    Value x = PaddedData(op.getWindow(), logicalShape(op.getX()), shape)
                  .pad(rewriter, loc, context, adaptor.getX(), kLowest);
    rewriter.replaceOp(
        op, Nest(rewriter, loc, context, space.loops)
                .read(x, space.data)
                .readRaw(space.kernelShape(rewriter, loc), space.kernel)
                .write(filledTensor(rewriter, loc, context, shape, kLowest), space.output)
                .reduce(space.kernel)
                .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
                  return arith::MaximumFOp::create(b, values[2], values[0]);
                }));
    return success();
  }
};

/// The number of the kernel's first cell that lies on data, per window: what wins where nothing
/// exceeds -inf.
Value firstCells(OpBuilder &builder, Location loc, const LoweringContext &context,
                 WindowAttr window, ArrayRef<int64_t> shape) {
  if (llvm::all_of(window.getLow(), [](int64_t cells) { return cells == 0; }))
    return filledTensor(builder, loc, context, shape, builder.getI32IntegerAttr(0));
  SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, shape.size());
  return Nest(builder, loc, context, shape.size())
      .write(emptyTensor(builder, loc, context, shape, builder.getI32Type()), dims)
      .buildOne([&](ImplicitLocOpBuilder &b, ValueRange) -> Value {
        auto index = [&](int64_t value) -> Value {
          return arith::ConstantIndexOp::create(b, value);
        };
        Value cell = index(0);
        for (size_t axis = 0; axis != window.getRank(); ++axis) {
          Value position =
              linalg::IndexOp::create(b, cast<AffineDimExpr>(dims[axis + 2]).getPosition());
          Value start = arith::MulIOp::create(b, position, index(window.getStrides()[axis]));
          Value outside = arith::MaxSIOp::create(
              b, arith::SubIOp::create(b, index(window.getLow()[axis]), start), index(0));
          int64_t dilation = window.getDilations()[axis];
          Value skipped = arith::DivUIOp::create(
              b, arith::AddIOp::create(b, outside, index(dilation - 1)), index(dilation));
          cell = arith::AddIOp::create(
              b, arith::MulIOp::create(b, cell, index(window.getKernel()[axis])), skipped);
        }
        return arith::IndexCastOp::create(b, b.getI32Type(), cell);
      });
}

/// saliency.max_pool_adjoint -> the winner's cell number of every window (first strict maximum),
/// then image[cell] += winner == cell ? r : 0.
struct MaxPoolAdjointLowering final : Lowering<MaxPoolAdjointOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(MaxPoolAdjointOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    WindowAttr window = op.getWindow();
    ArrayRef<int64_t> shape = logicalShape(op.getR());
    PoolSpace space(context, window);
    PaddedData data(window, logicalShape(op.getX()), shape);

    linalg::GenericOp search =
        Nest(rewriter, loc, context, space.loops)
            .read(data.pad(rewriter, loc, context, adaptor.getX(), kLowest), space.data)
            .readRaw(space.kernelShape(rewriter, loc), space.kernel)
            .write(filledTensor(rewriter, loc, context, shape, kLowest), space.output)
            .write(firstCells(rewriter, loc, context, window, shape), space.output)
            .reduce(space.kernel)
            .build([&](ImplicitLocOpBuilder &b, ValueRange values) -> SmallVector<Value> {
              Value better =
                  arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, values[0], values[2]);
              return {arith::SelectOp::create(b, better, values[0], values[2]),
                      arith::SelectOp::create(b, better, space.cellNumber(b), values[3])};
            });
    auto share = [&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
      Value wins =
          arith::CmpIOp::create(b, arith::CmpIPredicate::eq, values[1], space.cellNumber(b));
      return arith::SelectOp::create(b, wins, values[0], floatScalar(b, loc, 0.0));
    };
    rewriter.replaceOp(op, space.scatter(rewriter, loc, data, shape,
                                         {adaptor.getR(), search.getResult(1)}, share));
    return success();
  }
};

} // namespace

void saliency::populateMaxPoolPatterns(RewritePatternSet &patterns,
                                       const LoweringContext &context) {
  addLowerings<MaxPoolLowering, MaxPoolAdjointLowering>(patterns, context);
}

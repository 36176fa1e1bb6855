// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Average pool and its adjoint.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/to_linalg/PoolSpace.h"

using namespace mlir;
using namespace saliency;

namespace {

/// The number of cells that a window's sum is divided by, for every window position in row-major
/// order.
SmallVector<float> cellCounts(WindowAttr window, ArrayRef<int64_t> data, ArrayRef<int64_t> output,
                              bool countPadding) {
  SmallVector<float> counts = {1.0f};
  for (size_t axis = 0; axis != window.getRank(); ++axis) {
    int64_t low = window.getLow()[axis], extent = data[axis];
    int64_t first = countPadding ? 0 : low,
            end = countPadding ? low + extent + window.getHigh()[axis] : low + extent;
    SmallVector<float> next;
    for (float count : counts)
      for (int64_t position = 0; position != output[axis]; ++position) {
        int64_t inside = 0;
        for (int64_t cell = 0; cell != window.getKernel()[axis]; ++cell) {
          int64_t at = position * window.getStrides()[axis] + cell * window.getDilations()[axis];
          inside += at >= first && at < end;
        }
        next.push_back(count * static_cast<float>(inside));
      }
    counts = std::move(next);
  }
  return counts;
}

/// sums / cells of the window, both N x C x output spatial.
Value dividedByCells(OpBuilder &builder, Location loc, const LoweringContext &context, Value sums,
                     ArrayRef<int64_t> shape, ArrayRef<float> counts) {
  SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, shape.size());
  Nest nest(builder, loc, context, shape.size());
  nest.read(sums, dims);
  Value uniform;
  if (llvm::all_equal(counts)) {
    uniform = floatScalar(builder, loc, counts.front());
  } else {
    auto type = RankedTensorType::get(shape.drop_front(2), builder.getF32Type());
    nest.readRaw(arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, counts)),
                 ArrayRef(dims).drop_front(2));
  }
  nest.write(emptyTensor(builder, loc, context, shape), dims);
  return nest.buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
    return arith::DivFOp::create(b, values[0], uniform ? uniform : values[1]);
  });
}

/// saliency.avg_pool -> tensor.pad, linalg.generic { addf }, linalg.generic { divf }.
struct AvgPoolLowering final : Lowering<AvgPoolOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(AvgPoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    WindowAttr window = op.getWindow();
    ArrayRef<int64_t> data = logicalShape(op.getX()), shape = op.getType().getShape();
    PoolSpace space(context, window);
    Value sums =
        Nest(rewriter, loc, context, space.loops)
            .read(PaddedData(window, data, shape).pad(rewriter, loc, context, adaptor.getX()),
                  space.data)
            .readRaw(space.kernelShape(rewriter, loc), space.kernel)
            .write(filledTensor(rewriter, loc, context, shape, 0.0), space.output)
            .reduce(space.kernel)
            .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
              return arith::AddFOp::create(b, values[2], values[0]);
            });
    SmallVector<float> counts =
        cellCounts(window, data.drop_front(2), shape.drop_front(2), op.getCountIncludePad());
    rewriter.replaceOp(op, dividedByCells(rewriter, loc, context, sums, shape, counts));
    return success();
  }
};

/// saliency.avg_pool_adjoint -> linalg.generic { divf }, linalg.generic { image[cell] += share }.
struct AvgPoolAdjointLowering final : Lowering<AvgPoolAdjointOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(AvgPoolAdjointOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    WindowAttr window = op.getWindow();
    ArrayRef<int64_t> shape = logicalShape(op.getR());
    PaddedData data(window, op.getType().getShape(), shape);
    SmallVector<float> counts =
        cellCounts(window, op.getSpatial(), shape.drop_front(2), op.getCountIncludePad());
    Value shares = dividedByCells(rewriter, loc, context, adaptor.getR(), shape, counts);
    auto share = [](ImplicitLocOpBuilder &, ValueRange values) { return values[0]; };
    rewriter.replaceOp(
        op, PoolSpace(context, window).scatter(rewriter, loc, data, shape, shares, share));
    return success();
  }
};

} // namespace

void saliency::populateAvgPoolPatterns(RewritePatternSet &patterns,
                                       const LoweringContext &context) {
  addLowerings<AvgPoolLowering, AvgPoolAdjointLowering>(patterns, context);
}

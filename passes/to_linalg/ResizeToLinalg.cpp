// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resampling of the spatial axes.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/to_linalg/Nest.h"

using namespace mlir;
using namespace saliency;

namespace {

/// Where the entries of one resampled axis come from: x[lower] (1 - weight) + x[upper] weight.
struct Taps {
  SmallVector<int64_t> lower, upper;
  SmallVector<float> weight;
};

Taps linearTaps(ResizeMode mode, int64_t from, int64_t to) {
  Taps taps;
  for (int64_t position = 0; position != to; ++position) {
    double source = mode == ResizeMode::AlignCorners ? (to > 1 ? double(position) * (from - 1) / (to - 1) : 0.0)
                                                     : (position + 0.5) * from / to - 0.5;
    source = std::clamp(source, 0.0, double(from - 1));
    int64_t lower = static_cast<int64_t>(source);
    taps.lower.push_back(lower);
    taps.upper.push_back(std::min(lower + 1, from - 1));
    taps.weight.push_back(static_cast<float>(source - lower));
  }
  return taps;
}

/// saliency.resize: nearest -> one linalg.generic with floordiv maps; bilinear -> one interpolating linalg.generic per axis,
/// last axis first.
struct ResizeLowering final : Lowering<ResizeOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ResizeOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    if (op.getMode() == ResizeMode::Nearest) {
      rewriter.replaceOp(op, nearest(rewriter, op, adaptor.getX()));
      return success();
    }
    Value x = adaptor.getX();
    SmallVector<int64_t> shape(logicalShape(op.getX()));
    for (size_t axis = shape.size(); axis-- > 2;) {
      int64_t extent = op.getSpatial()[axis - 2];
      if (shape[axis] == extent)
        continue;
      Taps taps = linearTaps(op.getMode(), shape[axis], extent);
      shape[axis] = extent;
      x = interpolated(rewriter, op.getLoc(), x, shape, axis, taps);
    }
    rewriter.replaceOp(op, x);
    return success();
  }

private:
  Value nearest(OpBuilder &builder, ResizeOp op, Value x) const {
    ArrayRef<int64_t> from = logicalShape(op.getX()), to = op.getType().getShape();
    SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, to.size()), index(dims);
    for (size_t axis = 2; axis != to.size(); ++axis)
      if (from[axis] != to[axis])
        index[axis] = (dims[axis] * from[axis]).floorDiv(to[axis]);
    return Nest(builder, op.getLoc(), context, to.size())
        .read(x, index)
        .write(emptyTensor(builder, op.getLoc(), context, to), dims)
        .buildOne([](ImplicitLocOpBuilder &, ValueRange values) { return values[0]; });
  }

  /// x resampled along logical axis `axis` to `shape`.
  Value interpolated(OpBuilder &builder, Location loc, Value x, ArrayRef<int64_t> shape, size_t axis, const Taps &taps) const {
    size_t rank = shape.size();
    SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, rank);
    auto table = [&](DenseElementsAttr values) { return arith::ConstantOp::create(builder, loc, values); };
    auto indexType = RankedTensorType::get(shape[axis], builder.getI64Type());
    auto weightType = RankedTensorType::get(shape[axis], builder.getF32Type());
    return Nest(builder, loc, context, rank)
        .readRaw(table(DenseElementsAttr::get(indexType, ArrayRef(taps.lower))), dims[axis])
        .readRaw(table(DenseElementsAttr::get(indexType, ArrayRef(taps.upper))), dims[axis])
        .readRaw(table(DenseElementsAttr::get(weightType, ArrayRef(taps.weight))), dims[axis])
        .write(emptyTensor(builder, loc, context, shape), dims)
        .buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
          SmallVector<Value> index;
          for (size_t i = 0; i != rank; ++i)
            index.push_back(linalg::IndexOp::create(b, i));
          auto sample = [&](Value position) -> Value {
            index[context.layout.physicalAxis(rank, axis)] = arith::IndexCastOp::create(b, b.getIndexType(), position);
            return tensor::ExtractOp::create(b, x, index);
          };
          Value rest = arith::SubFOp::create(b, floatScalar(b, loc, 1.0), values[2]);
          Value lower = arith::MulFOp::create(b, sample(values[0]), rest);
          Value upper = arith::MulFOp::create(b, sample(values[1]), values[2]);
          return arith::AddFOp::create(b, lower, upper);
        });
  }
};

} // namespace

void saliency::populateResizePatterns(RewritePatternSet &patterns, const LoweringContext &context) {
  addLowerings<ResizeLowering>(patterns, context);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resampling of the spatial axes.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/to_linalg/Nest.h"

#include <cmath>

using namespace mlir;
using namespace saliency;

namespace {

/// Where the entries of one resampled axis come from: the sum over taps of x[index] weight.
struct Taps {
  explicit Taps(size_t count) : index(count), weight(count) {}
  SmallVector<SmallVector<int64_t>> index; // by tap, then by entry
  SmallVector<SmallVector<float>> weight;
};

Taps linearTaps(ResizeMode mode, int64_t from, int64_t to) {
  Taps taps(2);
  for (int64_t position = 0; position != to; ++position) {
    double source = mode == ResizeMode::AlignCorners
                        ? (to > 1 ? double(position) * (from - 1) / (to - 1) : 0.0)
                        : (position + 0.5) * from / to - 0.5;
    source = std::clamp(source, 0.0, double(from - 1));
    int64_t lower = static_cast<int64_t>(source);
    float upperWeight = static_cast<float>(source - lower);
    taps.index[0].push_back(lower);
    taps.index[1].push_back(std::min(lower + 1, from - 1));
    taps.weight[0].push_back(1.0f - upperWeight);
    taps.weight[1].push_back(upperWeight);
  }
  return taps;
}

/// Keys 1981 (IEEE ASSP 29), a = -1/2. Taps outside have no weight; the others add up to 1, as in
/// TensorFlow.
Taps cubicTaps(int64_t from, int64_t to) {
  auto kernel = [](double distance) {
    double d = std::abs(distance);
    return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0.0;
  };
  Taps taps(4);
  for (int64_t position = 0; position != to; ++position) {
    double source = (position + 0.5) * from / to - 0.5, sum = 0;
    int64_t first = static_cast<int64_t>(std::floor(source)) - 1;
    double weights[4];
    for (int tap = 0; tap != 4; ++tap) {
      bool inside = first + tap >= 0 && first + tap < from;
      sum += weights[tap] = inside ? kernel(source - double(first + tap)) : 0;
    }
    for (int tap = 0; tap != 4; ++tap) {
      taps.index[tap].push_back(std::clamp<int64_t>(first + tap, 0, from - 1));
      taps.weight[tap].push_back(static_cast<float>(weights[tap] / sum));
    }
  }
  return taps;
}

/// saliency.resize: nearest -> one linalg.generic with floordiv maps; else -> one interpolating
/// linalg.generic per axis, last axis first.
struct ResizeLowering final : Lowering<ResizeOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ResizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
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
      bool cubic = op.getMode() == ResizeMode::Cubic;
      Taps taps =
          cubic ? cubicTaps(shape[axis], extent) : linearTaps(op.getMode(), shape[axis], extent);
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
  Value interpolated(OpBuilder &builder, Location loc, Value x, ArrayRef<int64_t> shape,
                     size_t axis, const Taps &taps) const {
    size_t rank = shape.size();
    SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, rank);
    auto table = [&](DenseElementsAttr values) {
      return arith::ConstantOp::create(builder, loc, values);
    };
    auto indexType = RankedTensorType::get(shape[axis], builder.getI64Type());
    auto weightType = RankedTensorType::get(shape[axis], builder.getF32Type());
    size_t count = taps.index.size();
    Nest nest(builder, loc, context, rank);
    for (const auto &index : taps.index)
      nest.readRaw(table(DenseElementsAttr::get(indexType, ArrayRef(index))), dims[axis]);
    for (const auto &weight : taps.weight)
      nest.readRaw(table(DenseElementsAttr::get(weightType, ArrayRef(weight))), dims[axis]);
    return nest.write(emptyTensor(builder, loc, context, shape), dims)
        .buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
          SmallVector<Value> at;
          for (size_t i = 0; i != rank; ++i)
            at.push_back(linalg::IndexOp::create(b, i));
          Value sum;
          for (size_t tap = 0; tap != count; ++tap) {
            at[context.layout.physicalAxis(rank, axis)] =
                arith::IndexCastOp::create(b, b.getIndexType(), values[tap]);
            Value term =
                arith::MulFOp::create(b, tensor::ExtractOp::create(b, x, at), values[count + tap]);
            sum = sum ? arith::AddFOp::create(b, sum, term).getResult() : term;
          }
          return sum;
        });
  }
};

} // namespace

void saliency::populateResizePatterns(RewritePatternSet &patterns, const LoweringContext &context) {
  addLowerings<ResizeLowering>(patterns, context);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resampling of the spatial axes.
#include "passes/to_linalg/Nest.h"
#include "passes/to_linalg/Taps.h"

#include <cmath>

using namespace mlir;
using namespace saliency;

namespace {

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
      x = resampled(rewriter, op.getLoc(), context, x, shape, axis, taps);
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
};

} // namespace

void saliency::populateResizePatterns(RewritePatternSet &patterns, const LoweringContext &context) {
  addLowerings<ResizeLowering>(patterns, context);
}

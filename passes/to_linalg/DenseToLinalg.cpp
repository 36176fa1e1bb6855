// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dense layers and matrix products in their natural form.
#include "passes/to_linalg/Windows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace saliency;

namespace {

/// Loops of a dense layer whose data has `rank` axes: those of the output in memory order, then the
/// inputs k. The index of the weights, of the data (`inputs`) and of the result (`outputs`).
struct DenseSpace {
  DenseSpace(const LoweringContext &context, Value weight, size_t rank)
      : outputs(context.layout.dims(context.mlir, rank)) {
    n = outputs.front(), m = outputs.back(), k = getAffineDimExpr(rank, context.mlir);
    inputs = outputs;
    inputs.back() = k;
    weights = logicalShape(weight).size() == 3 ? SmallVector<AffineExpr>{n, m, k}
                                               : SmallVector<AffineExpr>{m, k};
  }
  unsigned loops() const { return outputs.size() + 1; }
  AffineExpr n, m, k;
  SmallVector<AffineExpr> inputs, outputs, weights;
};

/// The start of a dense layer's sum: the bias, one entry per feature, or zero.
Value initialFeatures(OpBuilder &builder, Location loc, const LoweringContext &context, Value bias,
                      ArrayRef<int64_t> shape) {
  if (!bias || shape.size() == 2) // then the features are the channels
    return initialOutput(builder, loc, context, bias, shape);
  SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, shape.size());
  return Nest(builder, loc, context, shape.size())
      .readRaw(bias, dims.back())
      .write(emptyTensor(builder, loc, context, shape), dims)
      .buildOne([](ImplicitLocOpBuilder &, ValueRange values) { return values[0]; });
}

/// saliency.gemm -> linalg.generic { y[n, .., m] += x[n, .., k] * w[m, k] } starting at the bias.
struct GemmLowering final : Lowering<GemmOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(GemmOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    DenseSpace d(context, op.getWeight(), shape.size());
    Value init = initialFeatures(rewriter, op.getLoc(), context, adaptor.getBias(), shape);
    rewriter.replaceOp(op, Nest(rewriter, op.getLoc(), context, d.loops())
                               .read(adaptor.getX(), d.inputs)
                               .read(adaptor.getWeight(), d.weights)
                               .write(init, d.outputs)
                               .reduce(d.k)
                               .buildMultiplyAdd(context.isTuned()));
    return success();
  }
};

/// saliency.gemm_adjoint -> linalg.generic { x[n, .., k] += w[m, k] * r[n, .., m] }.
struct GemmAdjointLowering final : Lowering<GemmAdjointOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(GemmAdjointOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    DenseSpace d(context, op.getWeight(), shape.size());
    rewriter.replaceOp(
        op, Nest(rewriter, op.getLoc(), context, d.loops())
                .read(adaptor.getWeight(), d.weights)
                .read(adaptor.getR(), d.outputs)
                .write(filledTensor(rewriter, op.getLoc(), context, shape, 0.0), d.inputs)
                .reduce(d.m)
                .buildMultiplyAdd(context.isTuned()));
    return success();
  }
};

/// saliency.gemm_correlate -> linalg.generic { w[n, m, k] = x[n, k] * r[n, m] }, summed over the
/// axes between.
struct GemmCorrelateLowering final : Lowering<GemmCorrelateOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(GemmCorrelateOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<AffineExpr> d = context.layout.dims(context.mlir, 3);
    if (size_t between = logicalShape(op.getX()).size() - 2; between != 0) {
      SmallVector<AffineExpr> summed, x, r;
      for (size_t axis = 0; axis != between; ++axis)
        summed.push_back(getAffineDimExpr(3 + axis, context.mlir));
      for (auto [index, features] : {std::pair(&x, d[2]), {&r, d[1]}}) {
        index->push_back(d[0]);
        llvm::append_range(*index, summed);
        index->push_back(features);
      }
      rewriter.replaceOp(
          op,
          Nest(rewriter, op.getLoc(), context, 3 + between)
              .read(adaptor.getX(), x)
              .read(adaptor.getR(), r)
              .write(filledTensor(rewriter, op.getLoc(), context, op.getType().getShape(), 0.0), d)
              .reduce(summed)
              .buildMultiplyAdd(context.isTuned()));
      return success();
    }
    rewriter.replaceOp(
        op, Nest(rewriter, op.getLoc(), context, 3)
                .read(adaptor.getX(), {d[0], d[2]})
                .read(adaptor.getR(), {d[0], d[1]})
                .write(emptyTensor(rewriter, op.getLoc(), context, op.getType().getShape()), d)
                .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
                  return arith::MulFOp::create(b, values[0], values[1]);
                }));
    return success();
  }
};

/// saliency.matmul -> linalg.generic { y[.., i, j] += a[.., i, k] * b[.., k, j] }, leading axes
/// broadcast.
struct MatMulLowering final : Lowering<MatMulOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(MatMulOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    size_t rank = shape.size();
    SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, rank);
    AffineExpr k = getAffineDimExpr(rank, context.mlir);
    auto index = [&](Value operand, AffineExpr row, AffineExpr column) {
      SmallVector<AffineExpr> exprs;
      ArrayRef<int64_t> extents = logicalShape(operand);
      for (size_t axis = 0, missing = rank - extents.size(); axis + 2 != extents.size(); ++axis)
        exprs.push_back(extents[axis] == shape[axis + missing]
                            ? dims[axis + missing]
                            : getAffineConstantExpr(0, context.mlir));
      exprs.append({row, column});
      return exprs;
    };
    Value product = Nest(rewriter, op.getLoc(), context, rank + 1)
                        .read(adaptor.getA(), index(op.getA(), dims[rank - 2], k))
                        .read(adaptor.getB(), index(op.getB(), k, dims[rank - 1]))
                        .write(filledTensor(rewriter, op.getLoc(), context, shape, 0.0), dims)
                        .reduce(k)
                        .buildMultiplyAdd(context.isTuned());
    rewriter.replaceOp(op, product);
    return success();
  }
};

} // namespace

void saliency::populateDensePatterns(RewritePatternSet &patterns, const LoweringContext &context) {
  addLowerings<GemmLowering, GemmAdjointLowering, GemmCorrelateLowering, MatMulLowering>(patterns,
                                                                                         context);
}

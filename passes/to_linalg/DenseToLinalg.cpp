// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dense layers and matrix products in their natural form.
#include "passes/to_linalg/Windows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace saliency;

namespace {

/// Samples, outputs and inputs of a dense layer, and the index of its weights.
struct DenseSpace {
  DenseSpace(const LoweringContext &context, Value weight) {
    bindDims(context.mlir, n, m, k);
    weights = logicalShape(weight).size() == 3 ? SmallVector<AffineExpr>{n, m, k} : SmallVector<AffineExpr>{m, k};
  }
  AffineExpr n, m, k;
  SmallVector<AffineExpr> weights;
};

/// saliency.gemm -> linalg.generic { y[n, m] += x[n, k] * w[m, k] } starting at the bias.
struct GemmLowering final : Lowering<GemmOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(GemmOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    DenseSpace d(context, op.getWeight());
    Value init = initialOutput(rewriter, op.getLoc(), context, adaptor.getBias(), op.getType().getShape());
    rewriter.replaceOp(op, Nest(rewriter, op.getLoc(), context, 3)
                               .read(adaptor.getX(), {d.n, d.k})
                               .read(adaptor.getWeight(), d.weights)
                               .write(init, {d.n, d.m})
                               .reduce(d.k)
                               .buildMultiplyAdd(context.isTuned()));
    return success();
  }
};

/// saliency.gemm_adjoint -> linalg.generic { x[n, k] += w[m, k] * r[n, m] }.
struct GemmAdjointLowering final : Lowering<GemmAdjointOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(GemmAdjointOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    DenseSpace d(context, op.getWeight());
    rewriter.replaceOp(op, Nest(rewriter, op.getLoc(), context, 3)
                               .read(adaptor.getWeight(), d.weights)
                               .read(adaptor.getR(), {d.n, d.m})
                               .write(filledTensor(rewriter, op.getLoc(), context, op.getType().getShape(), 0.0), {d.n, d.k})
                               .reduce(d.m)
                               .buildMultiplyAdd(context.isTuned()));
    return success();
  }
};

/// saliency.gemm_correlate -> linalg.generic { w[n, m, k] = x[n, k] * r[n, m] }.
struct GemmCorrelateLowering final : Lowering<GemmCorrelateOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(GemmCorrelateOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    SmallVector<AffineExpr> d = context.layout.dims(context.mlir, 3);
    rewriter.replaceOp(op, Nest(rewriter, op.getLoc(), context, 3)
                               .read(adaptor.getX(), {d[0], d[2]})
                               .read(adaptor.getR(), {d[0], d[1]})
                               .write(emptyTensor(rewriter, op.getLoc(), context, op.getType().getShape()), d)
                               .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
                                 return arith::MulFOp::create(b, values[0], values[1]);
                               }));
    return success();
  }
};

/// saliency.matmul -> linalg.generic { y[.., i, j] += a[.., i, k] * b[.., k, j] }, leading axes broadcast.
struct MatMulLowering final : Lowering<MatMulOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(MatMulOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    size_t rank = shape.size();
    SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, rank);
    AffineExpr k = getAffineDimExpr(rank, context.mlir);
    auto index = [&](Value operand, AffineExpr row, AffineExpr column) {
      SmallVector<AffineExpr> exprs;
      ArrayRef<int64_t> extents = logicalShape(operand);
      for (size_t axis = 0, missing = rank - extents.size(); axis + 2 != extents.size(); ++axis)
        exprs.push_back(extents[axis] == shape[axis + missing] ? dims[axis + missing] : getAffineConstantExpr(0, context.mlir));
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
  addLowerings<GemmLowering, GemmAdjointLowering, GemmCorrelateLowering, MatMulLowering>(patterns, context);
}

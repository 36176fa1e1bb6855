// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/buffers/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace saliency {
#define GEN_PASS_DEF_LOWERMATHPASS
#include "passes/codegen/buffers/Passes.h.inc"

using namespace mlir;

namespace {

/// floor(x) -> t - (t > x) with t = x without its fraction; x itself from 2^23
/// on, where f32 has no fractions. LLVM calls floorf for machines without a
/// rounding instruction.
struct ExpandFloor : OpRewritePattern<math::FloorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::FloorOp op, PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!getElementTypeOrSelf(type).isF32())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto splat = [&](float value) -> Value {
      TypedAttr attribute = b.getF32FloatAttr(value);
      if (auto shaped = dyn_cast<ShapedType>(type))
        attribute = DenseElementsAttr::get(shaped, Attribute(attribute));
      return arith::ConstantOp::create(b, attribute);
    };
    Type integers = b.getI32Type();
    if (auto shaped = dyn_cast<ShapedType>(type))
      integers = shaped.clone(integers);
    Value x = op.getOperand();
    Value truncated = arith::SIToFPOp::create(b, type, arith::FPToSIOp::create(b, integers, x));
    Value above = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, truncated, x);
    Value step = arith::SelectOp::create(b, above, splat(1), splat(0));
    Value floor = arith::SubFOp::create(b, truncated, step);
    Value small = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, math::AbsFOp::create(b, x),
                                        splat(8388608));
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, small, floor, x);
    return success();
  }
};

/// vector.fma -> product and sum.
struct SplitFma : OpRewritePattern<vector::FMAOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(vector::FMAOp op, PatternRewriter &rewriter) const override {
    Value product = arith::MulFOp::create(rewriter, op.getLoc(), op.getLhs(), op.getRhs());
    rewriter.replaceOpWithNewOp<arith::AddFOp>(op, product, op.getAcc());
    return success();
  }
};

struct LowerMathPass : impl::LowerMathPassBase<LowerMathPass> {
  using LowerMathPassBase::LowerMathPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMathPolynomialApproximationPatterns(patterns, [](StringRef) { return true; });
    SmallVector<StringRef> expanded = {"tan",       "sinh",  "cosh", "asinh", "acosh",
                                       "atanh",     "exp2",  "powf", "fpowi", "round",
                                       "roundeven", "rsqrt", "ceil"};
    if (!fma)
      expanded.push_back("fma");
    math::populateExpansionPatterns(patterns, expanded);
    patterns.add<ExpandFloor>(&getContext());
    if (!fma)
      patterns.add<SplitFma>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace saliency

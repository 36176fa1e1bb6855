// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations, elementwise merges, and upstream's elementwise arith and math ops on tensors.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/to_linalg/Boundary.h"
#include "passes/to_linalg/Nest.h"

using namespace mlir;
using namespace saliency;

namespace {

using ScalarBuilder = ImplicitLocOpBuilder;

/// a < b ? x : y. With a NaN in `a` the answer is y, so callers put the value that hands on a NaN
/// there.
Value selectLess(ScalarBuilder &b, Value a, Value limit, Value x, Value y) {
  Value less = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, a, limit);
  return arith::SelectOp::create(b, less, x, y);
}

/// The scalar functions of the activations; a NaN stays a NaN.
Value evaluate(ReluOp, ScalarBuilder &b, Value x) {
  Value zero = floatScalar(b, b.getLoc(), 0.0);
  return selectLess(b, x, zero, zero, x);
}
Value evaluate(ClipOp op, ScalarBuilder &b, Value x) {
  Value low = floatScalar(b, b.getLoc(), op.getMin().convertToDouble());
  Value high = floatScalar(b, b.getLoc(), op.getMax().convertToDouble());
  Value raised = selectLess(b, x, low, low, x);
  Value above = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, raised, high);
  return arith::SelectOp::create(b, above, high, raised);
}
Value evaluate(LeakyReluOp op, ScalarBuilder &b, Value x) {
  Value alpha = floatScalar(b, b.getLoc(), op.getAlpha().convertToDouble());
  Value positive =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, floatScalar(b, b.getLoc(), 0.0));
  return arith::SelectOp::create(b, positive, x, arith::MulFOp::create(b, alpha, x));
}
Value evaluate(SigmoidOp, ScalarBuilder &b, Value x) {
  Value one = floatScalar(b, b.getLoc(), 1.0);
  Value decay = math::ExpOp::create(b, arith::NegFOp::create(b, x));
  return arith::DivFOp::create(b, one, arith::AddFOp::create(b, one, decay));
}
Value evaluate(TanhOp, ScalarBuilder &b, Value x) { return math::TanhOp::create(b, x); }

/// saliency.relu %x -> linalg.generic { select(x < 0, 0, x) } and likewise.
template <typename OpT> struct ActivationLowering final : Lowering<OpT> {
  using Lowering<OpT>::Lowering;
  LogicalResult matchAndRewrite(OpT op, typename OpT::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, elementwise(rewriter, op.getLoc(), this->context, op.getType().getShape(),
                        ElementwiseOperand(op.getX(), adaptor.getX()), rewriter.getF32Type(),
                        [&](ScalarBuilder &b, ValueRange x) { return evaluate(op, b, x[0]); }));
    return success();
  }
};

/// saliency.add %a, %b -> linalg.generic { arith.addf } with broadcasting maps.
template <typename OpT, typename ScalarOp> struct MergeLowering final : Lowering<OpT> {
  using Lowering<OpT>::Lowering;
  LogicalResult matchAndRewrite(OpT op, typename OpT::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ElementwiseOperand operands[] = {{op.getA(), adaptor.getA()}, {op.getB(), adaptor.getB()}};
    rewriter.replaceOp(op, elementwise(rewriter, op.getLoc(), this->context,
                                       op.getType().getShape(), operands, rewriter.getF32Type(),
                                       [](ScalarBuilder &b, ValueRange values) -> Value {
                                         return ScalarOp::create(b, values[0], values[1]);
                                       }));
    return success();
  }
};

/// arith.addf %a, %b : tensor<..> -> linalg.generic { arith.addf }; splat operands become scalars.
struct UpstreamLowering final : ConversionPattern {
  explicit UpstreamLowering(const LoweringContext &context)
      : ConversionPattern(context.types, MatchAnyOpTypeTag(), 1, context.mlir), context(context) {}

  LogicalResult matchAndRewrite(Operation *op, ArrayRef<Value> adapted,
                                ConversionPatternRewriter &rewriter) const override {
    if (!isElementwiseOnTensors(op) || op->getNumResults() != 1)
      return failure();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (!type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "elementwise ops are lowered on static shapes");
    SmallVector<ElementwiseOperand> operands;
    for (auto [logical, physical] : llvm::zip_equal(op->getOperands(), adapted))
      operands.emplace_back(logical, physical);
    Type element = type.getElementType();
    rewriter.replaceOp(op, elementwise(rewriter, op->getLoc(), context, type.getShape(), operands,
                                       element, [&](ScalarBuilder &b, ValueRange values) {
                                         OperationState state(b.getLoc(), op->getName(), values,
                                                              element, op->getAttrs());
                                         state.attributes.erase(kValueNameAttr);
                                         return b.create(state)->getResult(0);
                                       }));
    return success();
  }

  const LoweringContext &context;
};

} // namespace

void saliency::populateElementwisePatterns(RewritePatternSet &patterns,
                                           const LoweringContext &context) {
  addLowerings<ActivationLowering<ReluOp>, ActivationLowering<ClipOp>,
               ActivationLowering<LeakyReluOp>, ActivationLowering<SigmoidOp>,
               ActivationLowering<TanhOp>, MergeLowering<AddOp, arith::AddFOp>,
               MergeLowering<SubOp, arith::SubFOp>, MergeLowering<MulOp, arith::MulFOp>,
               MergeLowering<DivOp, arith::DivFOp>, UpstreamLowering>(patterns, context);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise merges, and upstream's elementwise arith and math ops on tensors.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/to_linalg/Boundary.h"
#include "passes/to_linalg/Nest.h"

using namespace mlir;
using namespace saliency;

namespace {

using ScalarBuilder = ImplicitLocOpBuilder;

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
  addLowerings<MergeLowering<AddOp, arith::AddFOp>, MergeLowering<SubOp, arith::SubFOp>,
               MergeLowering<MulOp, arith::MulFOp>, MergeLowering<DivOp, arith::DivFOp>,
               UpstreamLowering>(patterns, context);
}

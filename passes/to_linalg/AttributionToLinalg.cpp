// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Named divisions, broadcasts and seeds.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/to_linalg/Reductions.h"

using namespace mlir;
using namespace saliency;

namespace {

/// a / b by `division` with stabiliser `epsilon`. Zero counts as positive; a NaN in b gives a NaN.
Value divide(ImplicitLocOpBuilder &b, Division division, Value a, Value divisor, Value epsilon) {
  Value zero = floatScalar(b, b.getLoc(), 0.0);
  auto compare = [&](arith::CmpFPredicate predicate) -> Value {
    return arith::CmpFOp::create(b, predicate, divisor, zero);
  };
  auto quotient = [&](Value by) -> Value { return arith::DivFOp::create(b, a, by); };
  switch (division) {
  case Division::Plain:
    return quotient(divisor);
  case Division::Stab:
  case Division::StabRms: {
    Value signedEpsilon = arith::SelectOp::create(b, compare(arith::CmpFPredicate::OLT),
                                                  arith::NegFOp::create(b, epsilon), epsilon);
    return quotient(arith::AddFOp::create(b, divisor, signedEpsilon));
  }
  case Division::StabClip: {
    Value limited = arith::MaximumFOp::create(b, math::AbsFOp::create(b, divisor), epsilon);
    return quotient(arith::SelectOp::create(b, compare(arith::CmpFPredicate::OLT),
                                            arith::NegFOp::create(b, limited), limited));
  }
  case Division::ZeroSafe:
    return arith::SelectOp::create(b, compare(arith::CmpFPredicate::OEQ), zero, quotient(divisor));
  case Division::ZeroBump:
    return quotient(
        arith::SelectOp::create(b, compare(arith::CmpFPredicate::OEQ), epsilon, divisor));
  case Division::Plus:
    return quotient(arith::AddFOp::create(b, divisor, epsilon));
  case Division::PlusMasked:
    return arith::SelectOp::create(b, compare(arith::CmpFPredicate::OEQ), zero,
                                   quotient(arith::AddFOp::create(b, divisor, epsilon)));
  }
  llvm_unreachable("all divisions are handled");
}

/// saliency.divide -> linalg.generic; stab_rms first takes the root mean square of b over every
/// sample.
struct DivideLowering final : Lowering<DivideOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(DivideOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    SmallVector<ElementwiseOperand> operands = {{op.getA(), adaptor.getA()},
                                                {op.getB(), adaptor.getB()}};
    if (op.getDivision() == Division::StabRms)
      operands.push_back(rmsEpsilon(rewriter, op, adaptor.getB()));
    Value epsilon = floatScalar(rewriter, loc, op.getEpsilon().convertToDouble());
    rewriter.replaceOp(op,
                       elementwise(rewriter, loc, context, shape, operands, rewriter.getF32Type(),
                                   [&](ImplicitLocOpBuilder &b, ValueRange values) {
                                     return divide(b, op.getDivision(), values[0], values[1],
                                                   values.size() == 3 ? values[2] : epsilon);
                                   }));
    return success();
  }

private:
  /// epsilon times the root mean square of b, one entry per sample.
  ElementwiseOperand rmsEpsilon(OpBuilder &builder, DivideOp op, Value b) const {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    Type f32 = builder.getF32Type();
    Value squares = elementwise(builder, loc, context, shape, ElementwiseOperand(b, shape), f32,
                                [](ImplicitLocOpBuilder &b, ValueRange v) -> Value {
                                  return arith::MulFOp::create(b, v[0], v[0]);
                                });
    Value mean =
        reduceAxes(builder, loc, context, squares, sampleAxes(shape.size()), Reduction::Mean);
    Value scaled = elementwise(
        builder, loc, context, shape.take_front(1), ElementwiseOperand(mean, shape.take_front(1)),
        f32, [&](ImplicitLocOpBuilder &b, ValueRange v) -> Value {
          Value epsilon = floatScalar(b, loc, op.getEpsilon().convertToDouble());
          return arith::MulFOp::create(b, epsilon, math::SqrtOp::create(b, v[0]));
        });
    SmallVector<int64_t> perSample(shape.size(), 1);
    perSample[0] = shape[0];
    return ElementwiseOperand(reshaped(builder, loc, scaled, perSample), perSample);
  }
};

/// saliency.broadcast -> linalg.generic that copies.
struct BroadcastLowering final : Lowering<saliency::BroadcastOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(saliency::BroadcastOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, elementwise(rewriter, op.getLoc(), context, op.getShape(),
                        ElementwiseOperand(op.getX(), adaptor.getX()), rewriter.getF32Type(),
                        [](ImplicitLocOpBuilder &, ValueRange values) { return values[0]; }));
    return success();
  }
};

/// saliency.one_hot -> linalg.generic { index == class ? 1 : 0 }.
struct OneHotLowering final : Lowering<OneHotOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(OneHotOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    AffineExpr n, k;
    bindDims(context.mlir, n, k);
    Value hot =
        Nest(rewriter, op.getLoc(), context, 2)
            .readRaw(adaptor.getIndex(), n)
            .writeRaw(emptyTensor(rewriter, op.getLoc(), context, op.getType().getShape()), {n, k})
            .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
              Value number =
                  arith::IndexCastOp::create(b, b.getI64Type(), linalg::IndexOp::create(b, 1));
              Value equal = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, values[0], number);
              return arith::UIToFPOp::create(b, b.getF32Type(), equal);
            });
    rewriter.replaceOp(op, hot);
    return success();
  }
};

} // namespace

void saliency::populateAttributionPatterns(RewritePatternSet &patterns,
                                           const LoweringContext &context) {
  addLowerings<DivideLowering, BroadcastLowering, OneHotLowering>(patterns, context);
}

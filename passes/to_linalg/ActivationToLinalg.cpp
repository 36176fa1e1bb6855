// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The elementwise functions of Activation.td.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/to_linalg/Nest.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace saliency;

namespace {

/// A scalar in a formula.
struct Scalar {
  ImplicitLocOpBuilder *builder;
  Value value;

  Scalar number(double entry) const {
    return {builder, floatScalar(*builder, builder->getLoc(), entry)};
  }
  template <typename OpT> Scalar apply() const { return {builder, OpT::create(*builder, value)}; }
  Scalar compare(arith::CmpFPredicate predicate, const Scalar &limit) const {
    return {builder, arith::CmpFOp::create(*builder, predicate, value, limit.value)};
  }
  Scalar compare(arith::CmpFPredicate predicate, double limit) const {
    return compare(predicate, number(limit));
  }
  /// As a condition: a where it holds, else b.
  Scalar choose(const Scalar &a, const Scalar &b) const {
    return {builder, arith::SelectOp::create(*builder, value, a.value, b.value)};
  }
  Scalar exp() const { return apply<math::ExpOp>(); }
  Scalar tanh() const { return apply<math::TanhOp>(); }
};

Scalar operator+(const Scalar &a, const Scalar &b) {
  return {a.builder, arith::AddFOp::create(*a.builder, a.value, b.value)};
}
Scalar operator*(const Scalar &a, const Scalar &b) {
  return {a.builder, arith::MulFOp::create(*a.builder, a.value, b.value)};
}
Scalar operator/(const Scalar &a, const Scalar &b) {
  return {a.builder, arith::DivFOp::create(*a.builder, a.value, b.value)};
}
Scalar operator-(const Scalar &a) {
  return {a.builder, arith::NegFOp::create(*a.builder, a.value)};
}
Scalar operator+(const Scalar &a, double b) { return a + a.number(b); }
Scalar operator*(double a, const Scalar &b) { return b.number(a) * b; }
Scalar operator/(double a, const Scalar &b) { return b.number(a) / b; }

// A NaN fails every comparison: the value that hands it on stands where the comparison fails.
constexpr auto kAbove = arith::CmpFPredicate::OGT, kBelow = arith::CmpFPredicate::OLT;

Scalar limited(const Scalar &x, const Scalar &low, const Scalar &high) {
  Scalar raised = x.compare(kBelow, low).choose(low, x);
  return raised.compare(kAbove, high).choose(high, raised);
}
Scalar limited(const Scalar &x, double low, double high) {
  return limited(x, x.number(low), x.number(high));
}
Scalar sigmoid(const Scalar &x) { return 1 / ((-x).exp() + 1); }
/// max(x, 0) + log(1 + exp(-|x|)), which neither overflows nor loses small values.
Scalar softplus(const Scalar &x) {
  Scalar rest = (-x.apply<math::AbsFOp>()).exp().apply<math::Log1pOp>();
  return x.compare(kBelow, 0).choose(x.number(0), x) + rest;
}

Scalar evaluate(AbsOp, const Scalar &x) { return x.apply<math::AbsFOp>(); }
Scalar evaluate(NegOp, const Scalar &x) { return -x; }
Scalar evaluate(ExpOp, const Scalar &x) { return x.exp(); }
Scalar evaluate(LogOp, const Scalar &x) { return x.apply<math::LogOp>(); }
Scalar evaluate(SqrtOp, const Scalar &x) { return x.apply<math::SqrtOp>(); }
Scalar evaluate(ReciprocalOp, const Scalar &x) { return 1 / x; }
Scalar evaluate(ErfOp, const Scalar &x) { return x.apply<math::ErfOp>(); }
Scalar evaluate(SoftplusOp, const Scalar &x) { return softplus(x); }
Scalar evaluate(SoftsignOp, const Scalar &x) { return x / (x.apply<math::AbsFOp>() + 1); }
Scalar evaluate(SiluOp, const Scalar &x) { return x * sigmoid(x); }
Scalar evaluate(MishOp, const Scalar &x) { return x * softplus(x).tanh(); }
Scalar evaluate(HardSwishOp, const Scalar &x) { return x * limited(1.0 / 6 * x + 0.5, 0, 1); }
Scalar evaluate(GeluOp op, const Scalar &x) {
  if (op.getTanh())
    return 0.5 * x *
           ((std::numbers::sqrt2 * std::numbers::inv_sqrtpi * (x + 0.044715 * (x * x * x))).tanh() +
            1);
  return 0.5 * x * ((std::numbers::sqrt2 / 2 * x).apply<math::ErfOp>() + 1);
}
Scalar evaluate(HardSigmoidOp op, const Scalar &x) {
  return limited(op.getAlpha().convertToDouble() * x + op.getBeta().convertToDouble(), 0, 1);
}
Scalar evaluate(EluOp op, const Scalar &x) {
  double scale = op.getScale().convertToDouble(), alpha = op.getAlpha().convertToDouble();
  return x.compare(kAbove, 0).choose(scale * x, scale * alpha * x.apply<math::ExpM1Op>());
}

/// Small whole exponents and square roots are computed exactly.
Scalar evaluate(PowOp op, const Scalar &x) {
  double exponent = op.getExponent().convertToDouble(), size = std::abs(exponent);
  Scalar power = x;
  if (size == 0.5)
    power = x.apply<math::SqrtOp>();
  else if (size == 1 || size == 2 || size == 3 || size == 4)
    for (int factor = 1; factor != size; ++factor)
      power = power * x;
  else
    return {x.builder, math::PowFOp::create(*x.builder, x.value, x.number(exponent).value)};
  return exponent < 0 ? 1 / power : power;
}

/// saliency.gelu %x -> linalg.generic { x / 2 (1 + erf(x / sqrt 2)) } and likewise.
template <typename OpT> struct FunctionLowering final : Lowering<OpT> {
  using Lowering<OpT>::Lowering;
  LogicalResult matchAndRewrite(OpT op, typename OpT::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, elementwise(rewriter, op.getLoc(), this->context, op.getType().getShape(),
                        ElementwiseOperand(op.getX(), adaptor.getX()), rewriter.getF32Type(),
                        [&](ImplicitLocOpBuilder &b, ValueRange x) {
                          return evaluate(op, Scalar{&b, x[0]}).value;
                        }));
    return success();
  }
};

/// saliency.prelu %x, %slope -> linalg.generic { x > 0 ? x : slope x }.
struct PReluLowering final : Lowering<PReluOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(PReluOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ElementwiseOperand operands[] = {{op.getX(), adaptor.getX()},
                                     {op.getSlope(), adaptor.getSlope()}};
    rewriter.replaceOp(op, elementwise(rewriter, op.getLoc(), context, op.getType().getShape(),
                                       operands, rewriter.getF32Type(),
                                       [](ImplicitLocOpBuilder &b, ValueRange values) {
                                         Scalar x{&b, values[0]}, slope{&b, values[1]};
                                         return x.compare(kAbove, 0).choose(x, slope * x).value;
                                       }));
    return success();
  }
};

/// saliency.threshold %x, %low, %high -> linalg.generic { min(max(x, low), high) }, bounds read by
/// channel.
struct ThresholdLowering final : Lowering<ThresholdOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ThresholdOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, shape.size());
    rewriter.replaceOp(op, Nest(rewriter, op.getLoc(), context, shape.size())
                               .read(adaptor.getX(), dims)
                               .readRaw(adaptor.getLow(), dims[1])
                               .readRaw(adaptor.getHigh(), dims[1])
                               .write(emptyTensor(rewriter, op.getLoc(), context, shape), dims)
                               .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) {
                                 return limited(Scalar{&b, values[0]}, Scalar{&b, values[1]},
                                                Scalar{&b, values[2]})
                                     .value;
                               }));
    return success();
  }
};

} // namespace

void saliency::populateActivationPatterns(RewritePatternSet &patterns,
                                          const LoweringContext &context) {
  addLowerings<FunctionLowering<AbsOp>, FunctionLowering<NegOp>, FunctionLowering<ExpOp>,
               FunctionLowering<LogOp>, FunctionLowering<SqrtOp>, FunctionLowering<ReciprocalOp>,
               FunctionLowering<ErfOp>, FunctionLowering<SoftplusOp>, FunctionLowering<SoftsignOp>,
               FunctionLowering<SiluOp>, FunctionLowering<MishOp>, FunctionLowering<HardSwishOp>,
               FunctionLowering<GeluOp>, FunctionLowering<HardSigmoidOp>, FunctionLowering<EluOp>,
               FunctionLowering<PowOp>, PReluLowering, ThresholdLowering>(patterns, context);
}

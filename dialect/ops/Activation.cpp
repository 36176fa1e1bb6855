// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types, derivatives and signs of the functions of Activation.td.
#include "dialect/ops/Builders.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace saliency;

SALIENCY_INFER_SAME(AbsOp)
SALIENCY_INFER_SAME(NegOp)
SALIENCY_INFER_SAME(ExpOp)
SALIENCY_INFER_SAME(LogOp)
SALIENCY_INFER_SAME(SqrtOp)
SALIENCY_INFER_SAME(ReciprocalOp)
SALIENCY_INFER_SAME(ErfOp)
SALIENCY_INFER_SAME(SoftplusOp)
SALIENCY_INFER_SAME(SoftsignOp)
SALIENCY_INFER_SAME(SiluOp)
SALIENCY_INFER_SAME(MishOp)
SALIENCY_INFER_SAME(HardSwishOp)
SALIENCY_INFER_SAME(GeluOp)
SALIENCY_INFER_SAME(HardSigmoidOp)
SALIENCY_INFER_SAME(EluOp)
SALIENCY_INFER_SAME(PowOp)

LogicalResult PReluOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  auto shape = broadcastShapes(x, shapeOf(adaptor.getSlope()));
  if (failed(shape) || ArrayRef<int64_t>(*shape) != x)
    return inferError(loc, "a slope broadcasts to the data, found ",
                      shapeText(shapeOf(adaptor.getSlope())), " for ", shapeText(x));
  types.push_back(adaptor.getX().getType());
  return success();
}

LogicalResult ThresholdOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  if (x.size() < 2)
    return inferError(loc, "a threshold's data is samples x channels x spatial, found ",
                      shapeText(x));
  for (Value bound : {adaptor.getLow(), adaptor.getHigh()})
    if (shapeOf(bound) != x.slice(1, 1))
      return inferError(loc, "a threshold's bounds have one entry per channel (", x[1], "), found ",
                        shapeText(shapeOf(bound)));
  types.push_back(adaptor.getX().getType());
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Derivatives
//===------------------------------------------------------------------------------------------===//

namespace {

/// A tensor in a formula, so that derivatives read as they are written on paper.
struct Term {
  ImplicitLocOpBuilder *builder;
  Value value;

  Term number(double entry) const {
    return {builder, buildSplat(*builder, builder->getLoc(), shapeOf(value), entry)};
  }
  Term square() const { return {builder, arith::MulFOp::create(*builder, value, value)}; }
  template <typename OpT> Term apply() const { return {builder, OpT::create(*builder, value)}; }
  Term compare(arith::CmpFPredicate predicate, const Term &limit) const {
    return {builder, arith::CmpFOp::create(*builder, predicate, value, limit.value)};
  }
  Term compare(arith::CmpFPredicate predicate, double limit) const {
    return compare(predicate, number(limit));
  }
  /// As a condition: a where it holds, else b.
  Term choose(const Term &a, const Term &b) const {
    return {builder, arith::SelectOp::create(*builder, value, a.value, b.value)};
  }
};

Term operator+(const Term &a, const Term &b) {
  return {a.builder, arith::AddFOp::create(*a.builder, a.value, b.value)};
}
Term operator-(const Term &a, const Term &b) {
  return {a.builder, arith::SubFOp::create(*a.builder, a.value, b.value)};
}
Term operator*(const Term &a, const Term &b) {
  return {a.builder, arith::MulFOp::create(*a.builder, a.value, b.value)};
}
Term operator/(const Term &a, const Term &b) {
  return {a.builder, arith::DivFOp::create(*a.builder, a.value, b.value)};
}
Term operator+(const Term &a, double b) { return a + a.number(b); }
Term operator-(double a, const Term &b) { return b.number(a) - b; }
Term operator*(double a, const Term &b) { return b * b.number(a); }

constexpr auto kAbove = arith::CmpFPredicate::OGT, kBelow = arith::CmpFPredicate::OLT;

/// The derivative of op's function at x.
Term derivative(AbsOp, const Term &x) {
  return x.compare(kAbove, 0).choose(x.number(1),
                                     x.compare(kBelow, 0).choose(x.number(-1), x.number(0)));
}
Term derivative(NegOp, const Term &x) { return x.number(-1); }
Term derivative(ExpOp, const Term &x) { return x.apply<ExpOp>(); }
Term derivative(LogOp, const Term &x) { return x.number(1) / x; }
Term derivative(SqrtOp, const Term &x) { return x.number(0.5) / x.apply<SqrtOp>(); }
Term derivative(ReciprocalOp, const Term &x) { return x.number(-1) / x.square(); }
Term derivative(ErfOp, const Term &x) {
  return 2 * std::numbers::inv_sqrtpi * (-1 * x.square()).apply<ExpOp>();
}
Term derivative(SoftplusOp, const Term &x) { return x.apply<SigmoidOp>(); }
Term derivative(SoftsignOp, const Term &x) { return x.number(1) / (x.apply<AbsOp>() + 1).square(); }
Term derivative(SiluOp, const Term &x) {
  Term s = x.apply<SigmoidOp>();
  return s * (x * (1 - s) + 1);
}
Term derivative(MishOp, const Term &x) {
  Term t = x.apply<SoftplusOp>().apply<TanhOp>();
  return t + x * (1 - t.square()) * x.apply<SigmoidOp>();
}
Term derivative(HardSwishOp, const Term &x) {
  Term inside = x.compare(kAbove, 3).choose(x.number(1), 1.0 / 3 * x + 0.5);
  return x.compare(kBelow, -3).choose(x.number(0), inside);
}
Term derivative(GeluOp op, const Term &x) {
  if (!op.getTanh()) { // Phi(x) + x phi(x)
    Term cumulative = 0.5 * ((std::numbers::sqrt2 / 2 * x).apply<ErfOp>() + 1);
    return cumulative + std::numbers::inv_sqrtpi / std::numbers::sqrt2 *
                            (x * (-0.5 * x.square()).apply<ExpOp>());
  }
  double scale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
  Term t = (scale * (x * (0.044715 * x.square() + 1))).apply<TanhOp>();
  return 0.5 * (t + 1) + 0.5 * scale * (x * (1 - t.square()) * (3 * 0.044715 * x.square() + 1));
}
Term derivative(HardSigmoidOp op, const Term &x) {
  double alpha = op.getAlpha().convertToFloat();
  Term line = alpha * x + op.getBeta().convertToFloat();
  return line.compare(kAbove, 0).choose(
      line.compare(kBelow, 1).choose(x.number(alpha), x.number(0)), x.number(0));
}
Term derivative(EluOp op, const Term &x) {
  double scale = op.getScale().convertToFloat();
  Term below = scale * op.getAlpha().convertToFloat() * x.apply<ExpOp>();
  return x.compare(kAbove, 0).choose(x.number(scale), below);
}
Term derivative(PowOp op, const Term &x) {
  double exponent = op.getExponent().convertToFloat();
  if (exponent == 2)
    return 2 * x;
  Value power = PowOp::create(*x.builder, x.value, x.builder->getF32FloatAttr(exponent - 1));
  return exponent * Term{x.builder, power};
}
Term derivative(PReluOp op, const Term &x) {
  Value slope = buildBroadcast(*x.builder, x.builder->getLoc(), op.getSlope(), shapeOf(x.value));
  return x.compare(kAbove, 0).choose(x.number(1), {x.builder, slope});
}
Term derivative(ThresholdOp op, const Term &x) {
  auto bound = [&](Value entries) {
    return Term{x.builder,
                buildPerChannel(*x.builder, x.builder->getLoc(), entries, shapeOf(x.value))};
  };
  Term below = x.compare(kBelow, bound(op.getHigh())).choose(x.number(1), x.number(0));
  return x.compare(kAbove, bound(op.getLow())).choose(below, x.number(0));
}

} // namespace

/// r f'(x).
#define SALIENCY_VJP(OP)                                                                           \
  Value OP::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange data) {       \
    ImplicitLocOpBuilder here(loc, builder);                                                       \
    return (Term{&here, r} * derivative(*this, Term{&here, data[0]})).value;                       \
  }
SALIENCY_VJP(AbsOp)
SALIENCY_VJP(NegOp)
SALIENCY_VJP(ExpOp)
SALIENCY_VJP(LogOp)
SALIENCY_VJP(SqrtOp)
SALIENCY_VJP(ReciprocalOp)
SALIENCY_VJP(ErfOp)
SALIENCY_VJP(SoftplusOp)
SALIENCY_VJP(SoftsignOp)
SALIENCY_VJP(SiluOp)
SALIENCY_VJP(MishOp)
SALIENCY_VJP(HardSwishOp)
SALIENCY_VJP(GeluOp)
SALIENCY_VJP(HardSigmoidOp)
SALIENCY_VJP(EluOp)
SALIENCY_VJP(PowOp)
SALIENCY_VJP(PReluOp)
SALIENCY_VJP(ThresholdOp)
#undef SALIENCY_VJP

//===------------------------------------------------------------------------------------------===//
// Signs
//===------------------------------------------------------------------------------------------===//

/// `x` where not negative, `below` for the negative entries.
static Sign withNegative(Sign x, Sign below) {
  Sign sign = x.mayBeNegative() ? below : Sign::none();
  if (x.mayBeZero())
    sign = sign.join(Sign::zero());
  return x.mayBePositive() ? sign.join(Sign::positive()) : sign;
}

Sign AbsOp::inferSign(ArrayRef<Sign> operands) {
  return withNegative(operands[0], Sign::positive());
}
Sign NegOp::inferSign(ArrayRef<Sign> operands) { return -operands[0]; }
Sign ExpOp::inferSign(ArrayRef<Sign>) { return Sign::nonNegative(); }
Sign LogOp::inferSign(ArrayRef<Sign>) { return Sign::unknown(); }
Sign SqrtOp::inferSign(ArrayRef<Sign> operands) {
  return withNegative(operands[0], Sign::nonNegative());
}
Sign ReciprocalOp::inferSign(ArrayRef<Sign> operands) { return Sign::positive() / operands[0]; }
Sign ErfOp::inferSign(ArrayRef<Sign> operands) { return operands[0].orZero(); } // may underflow
Sign SoftplusOp::inferSign(ArrayRef<Sign>) { return Sign::nonNegative(); }
Sign SoftsignOp::inferSign(ArrayRef<Sign> operands) { return operands[0].orZero(); }
Sign SiluOp::inferSign(ArrayRef<Sign> operands) { return operands[0].orZero(); }
Sign MishOp::inferSign(ArrayRef<Sign> operands) { return operands[0].orZero(); }
Sign HardSwishOp::inferSign(ArrayRef<Sign> operands) { return operands[0].orZero(); }
Sign GeluOp::inferSign(ArrayRef<Sign> operands) { return operands[0].orZero(); }
Sign HardSigmoidOp::inferSign(ArrayRef<Sign>) { return Sign::nonNegative(); }
Sign EluOp::inferSign(ArrayRef<Sign> operands) {
  bool keeps = getAlpha().convertToFloat() >= 0 && getScale().convertToFloat() > 0;
  return keeps ? operands[0].orZero() : Sign::unknown();
}
Sign PowOp::inferSign(ArrayRef<Sign> operands) {
  double exponent = getExponent().convertToFloat();
  bool even = std::fmod(exponent, 2.0) == 0;
  return even || operands[0].isNonNegative() ? Sign::nonNegative() : Sign::unknown();
}
Sign PReluOp::inferSign(ArrayRef<Sign> operands) {
  return withNegative(operands[0], Sign::negative() * operands[1]);
}

/// The larger of two numbers.
static Sign larger(Sign a, Sign b) {
  Sign sign = Sign::none();
  if (a.mayBePositive() || b.mayBePositive())
    sign = sign.join(Sign::positive());
  if ((a.mayBeZero() && !b.isUninitialized() && (b.mayBeZero() || b.mayBeNegative())) ||
      (b.mayBeZero() && a.mayBeNegative()))
    sign = sign.join(Sign::zero());
  return a.mayBeNegative() && b.mayBeNegative() ? sign.join(Sign::negative()) : sign;
}
Sign ThresholdOp::inferSign(ArrayRef<Sign> operands) { // min(a, b) = -max(-a, -b)
  return -larger(-larger(operands[0], operands[1]), -operands[2]);
}

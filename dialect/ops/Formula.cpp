// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/ops/Formula.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;

namespace saliency::formula {

Formula Formula::lift(double number) const {
  if (isTensor())
    return {builder, buildSplat(*builder, builder->getLoc(), shapeOf(value), number)};
  return {builder, arith::ConstantOp::create(*builder,
                                             builder->getF32FloatAttr(static_cast<float>(number)))};
}

Formula add(const Formula &a, const Formula &b) {
  return {a.builder, arith::AddFOp::create(*a.builder, a.value, b.value)};
}
Formula subtract(const Formula &a, const Formula &b) {
  return {a.builder, arith::SubFOp::create(*a.builder, a.value, b.value)};
}
Formula multiply(const Formula &a, const Formula &b) {
  return {a.builder, arith::MulFOp::create(*a.builder, a.value, b.value)};
}
Formula divide(const Formula &a, const Formula &b) {
  return {a.builder, arith::DivFOp::create(*a.builder, a.value, b.value)};
}
Formula operator-(const Formula &a) {
  return {a.builder, arith::NegFOp::create(*a.builder, a.value)};
}

Condition compare(arith::CmpFPredicate predicate, const Formula &a, const Formula &b) {
  return {a, arith::CmpFOp::create(*a.builder, predicate, a.value, b.value)};
}
Condition operator&(const Condition &a, const Condition &b) {
  return {a.like, arith::AndIOp::create(*a.like.builder, a.value, b.value)};
}
Formula select(const Condition &condition, const Formula &a, const Formula &b) {
  ImplicitLocOpBuilder &builder = *condition.like.builder;
  return {&builder, arith::SelectOp::create(builder, condition.value, a.value, b.value)};
}

/// The dialect's op on tensors, the upstream one on scalars.
template <typename OnTensors, typename OnScalars> static Formula apply(const Formula &x) {
  Value result = x.isTensor() ? Value(OnTensors::create(*x.builder, x.value))
                              : Value(OnScalars::create(*x.builder, x.value));
  return {x.builder, result};
}

Formula exp(const Formula &x) { return apply<ExpOp, math::ExpOp>(x); }
Formula expm1(const Formula &x) { return apply<math::ExpM1Op, math::ExpM1Op>(x); }
Formula log(const Formula &x) { return apply<LogOp, math::LogOp>(x); }
Formula log1p(const Formula &x) { return apply<math::Log1pOp, math::Log1pOp>(x); }
Formula sqrt(const Formula &x) { return apply<SqrtOp, math::SqrtOp>(x); }
Formula abs(const Formula &x) { return apply<AbsOp, math::AbsFOp>(x); }
Formula tanh(const Formula &x) { return apply<TanhOp, math::TanhOp>(x); }
Formula erf(const Formula &x) { return apply<ErfOp, math::ErfOp>(x); }
Formula sin(const Formula &x) { return apply<SinOp, math::SinOp>(x); }
Formula cos(const Formula &x) { return apply<CosOp, math::CosOp>(x); }
Formula floor(const Formula &x) { return apply<FloorOp, math::FloorOp>(x); }
Formula ceil(const Formula &x) { return apply<CeilOp, math::CeilOp>(x); }
Formula round(const Formula &x) { return apply<RoundOp, math::RoundEvenOp>(x); }

Formula sigmoid(const Formula &x) {
  if (x.isTensor())
    return {x.builder, SigmoidOp::create(*x.builder, x.value)};
  return 1 / (1 + exp(-x));
}

/// max(x, 0) + log(1 + exp(-|x|)), which neither overflows nor loses small values.
Formula softplus(const Formula &x) {
  if (x.isTensor())
    return {x.builder, SoftplusOp::create(*x.builder, x.value)};
  return choose(x < 0, 0, x) + log1p(exp(-abs(x)));
}

Formula pow(const Formula &x, double exponent) {
  if (x.isTensor()) {
    if (exponent == 1)
      return x;
    return {x.builder, PowOp::create(*x.builder, x.value,
                                     x.builder->getF32FloatAttr(static_cast<float>(exponent)))};
  }
  double size = std::abs(exponent);
  Formula power = x;
  if (size == 0.5)
    power = sqrt(x);
  else if (size == 1 || size == 2 || size == 3 || size == 4)
    for (int factor = 1; factor != size; ++factor)
      power = power * x;
  else
    return {x.builder, math::PowFOp::create(*x.builder, x.value, x.lift(exponent).value)};
  return exponent < 0 ? 1 / power : power;
}

} // namespace saliency::formula

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vocabulary in which Activation.td writes functions and their gradients. A formula there is at
// once a C++ expression, which builds ops by what stands here, and a Python expression, which
// test/gradients evaluates in float64. It may use:
//
//   x, r, y()          the operand, the gradient that arrives, the op's own result at x
//   the parameters     by name
//   + - * /, numbers, sqrt2, inv_sqrtpi (1 over the square root of pi)
//   a > b, a < b, (a > b) & (c < d)     conditions, false where a NaN takes part
//   choose(condition, a, b)             a where it holds, else b
//   limit(x, low, high)                 low below low, high above high; a NaN stays one
//   exp expm1 log log1p sqrt abs tanh erf sigmoid softplus square pow(x, number)
//   sin cos floor ceil round (to the even one of two)
//
// On tensors (gradients) functions that are ops of the dialect become these ops, so that the sign
// analysis sees through them and equal ones become one; on scalars (lowering) all become arith and
// math.
#ifndef SALIENCY_OPS_FORMULA_H
#define SALIENCY_OPS_FORMULA_H

#include "dialect/ops/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <concepts>
#include <numbers>

namespace saliency::formula {

using std::numbers::inv_sqrtpi;
using std::numbers::sqrt2;

/// A float32 scalar or tensor under construction.
struct Formula {
  mlir::ImplicitLocOpBuilder *builder;
  mlir::Value value;

  bool isTensor() const { return llvm::isa<mlir::RankedTensorType>(value.getType()); }
  /// A number of this formula's type.
  Formula lift(double number) const;
  Formula lift(const Formula &other) const { return other; }
};

/// A boolean of the same extents, with a formula that numbers take their type from.
struct Condition {
  Formula like;
  mlir::Value value;
};

template <typename T>
concept Operand = std::same_as<T, Formula> || std::is_arithmetic_v<T>;
/// One of the two is a formula.
template <typename A, typename B>
concept Operands =
    Operand<A> && Operand<B> && (std::same_as<A, Formula> || std::same_as<B, Formula>);

Formula add(const Formula &a, const Formula &b);
Formula subtract(const Formula &a, const Formula &b);
Formula multiply(const Formula &a, const Formula &b);
Formula divide(const Formula &a, const Formula &b);
Condition compare(mlir::arith::CmpFPredicate predicate, const Formula &a, const Formula &b);
Formula select(const Condition &condition, const Formula &a, const Formula &b);

/// function(a, b) with a number among them made a formula of the other's type.
template <typename A, typename B> auto lifted(auto function, const A &a, const B &b) {
  if constexpr (std::same_as<A, Formula>)
    return function(a, a.lift(b));
  else
    return function(b.lift(a), b);
}

template <typename A, typename B>
  requires Operands<A, B>
Formula operator+(const A &a, const B &b) {
  return lifted(add, a, b);
}
template <typename A, typename B>
  requires Operands<A, B>
Formula operator-(const A &a, const B &b) {
  return lifted(subtract, a, b);
}
template <typename A, typename B>
  requires Operands<A, B>
Formula operator*(const A &a, const B &b) {
  return lifted(multiply, a, b);
}
template <typename A, typename B>
  requires Operands<A, B>
Formula operator/(const A &a, const B &b) {
  return lifted(divide, a, b);
}
Formula operator-(const Formula &a);

template <Operand B> Condition operator>(const Formula &a, const B &b) {
  return compare(mlir::arith::CmpFPredicate::OGT, a, a.lift(b));
}
template <Operand B> Condition operator<(const Formula &a, const B &b) {
  return compare(mlir::arith::CmpFPredicate::OLT, a, a.lift(b));
}
Condition operator&(const Condition &a, const Condition &b);

template <Operand A, Operand B> Formula choose(const Condition &condition, const A &a, const B &b) {
  return select(condition, condition.like.lift(a), condition.like.lift(b));
}
template <Operand A, Operand B> Formula limit(const Formula &x, const A &low, const B &high) {
  Formula raised = choose(x < low, low, x);
  return choose(raised > high, high, raised);
}

Formula exp(const Formula &x);
Formula expm1(const Formula &x);
Formula log(const Formula &x);
Formula log1p(const Formula &x);
Formula sqrt(const Formula &x);
Formula abs(const Formula &x);
Formula tanh(const Formula &x);
Formula erf(const Formula &x);
Formula sin(const Formula &x);
Formula cos(const Formula &x);
Formula floor(const Formula &x);
Formula ceil(const Formula &x);
Formula round(const Formula &x);
Formula sigmoid(const Formula &x);
Formula softplus(const Formula &x);
inline Formula square(const Formula &x) { return multiply(x, x); }
/// x to the power of a number; small whole exponents and square roots are exact.
Formula pow(const Formula &x, double exponent);

} // namespace saliency::formula

#endif // SALIENCY_OPS_FORMULA_H

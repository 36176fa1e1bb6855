// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What exporters write in place of one layer, read off the ops that spell it: numbers, sums and
// products of them in any order and nesting, means. The matchers go into MLIR's own:
//
//   x / 2 (1 + erf(x / sqrt 2))     Product(y): 0.5, factors x and g;  g matches
//                                   m_PlusNumber(1, m_Op<ErfOp>(m_Scaled(sqrt(0.5), m_Val(x))))
#ifndef SALIENCY_TRANSFORMS_SPELLEDARITHMETIC_H
#define SALIENCY_TRANSFORMS_SPELLEDARITHMETIC_H

#include "dialect/SaliencyDialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

namespace saliency {

/// The one number that a constant repeats.
std::optional<double> numberOf(mlir::Value value);
/// Whether `found` is `expected` as exporters round it.
bool isRounded(double found, double expected);

/// The op where it is a sum or a product of two operands; null elsewhere. A quotient is no product
/// here, whatever it divides by.
MergeOpInterface asSum(mlir::Operation *op);
MergeOpInterface asProduct(mlir::Operation *op);
/// The exponent, where `value` is a power with a constant one.
std::optional<double> exponentOf(mlir::Value value);

/// The operand of an op of two beside the first one that satisfies `wanted`; null where neither
/// does.
mlir::Value otherOperand(mlir::Operation *op, llvm::function_ref<bool(mlir::Value)> wanted);

/// A product as it is written: factors that are no products themselves, the numbers among them
/// multiplied, divisions by numbers and squares and cubes taken apart.
struct Product {
  double number = 1;
  llvm::SmallVector<mlir::Value> factors;
  explicit Product(mlir::Value value) { collect(value, /*isRoot=*/true); }

  /// coefficient x^count, count >= 1.
  bool isPower(mlir::Value x, size_t count, double coefficient) const {
    return factors.size() == count &&
           llvm::all_of(factors, [&](mlir::Value factor) { return factor == x; }) &&
           isRounded(number, coefficient);
  }

private:
  void collect(mlir::Value value, bool isRoot);
};

/// The value whose mean over its last axes `value` is, and the first of these axes, which all stay
/// with extent 1; x is null where `value` is none.
struct TrailingMean {
  mlir::Value x;
  int64_t axis = 0;
  explicit TrailingMean(mlir::Value value);
};

namespace detail {
/// mlir::matchPattern takes a value to the op that makes it; a matcher of values needs none.
template <class Inner> bool matchValue(mlir::Value value, Inner &inner) {
  if constexpr (requires { inner.match(value); })
    return inner.match(value);
  else
    return matchPattern(value, inner);
}
template <class Inner> struct PlusNumberMatcher {
  double number;
  Inner inner;
  bool match(mlir::Operation *op) {
    if (!asSum(op))
      return false;
    mlir::Value rest = otherOperand(op, [&](mlir::Value operand) {
      std::optional<double> found = numberOf(operand);
      return found && isRounded(*found, number);
    });
    return rest && matchValue(rest, inner);
  }
};
template <class Inner> struct ScaledMatcher {
  double number;
  Inner inner;
  bool match(mlir::Value value) {
    Product product(value);
    return product.factors.size() == 1 && isRounded(product.number, number) &&
           matchValue(product.factors.front(), inner);
  }
};
struct PlusPowerMatcher {
  mlir::Value x;
  double coefficient;
  unsigned exponent;
  bool match(mlir::Operation *op) const {
    if (!asSum(op))
      return false;
    mlir::Value power = otherOperand(op, [&](mlir::Value operand) { return operand == x; });
    return power && Product(power).isPower(x, exponent, coefficient);
  }
};
} // namespace detail

/// inner + number.
template <class Inner> detail::PlusNumberMatcher<Inner> m_PlusNumber(double number, Inner inner) {
  return {number, inner};
}
/// number * inner.
template <class Inner> detail::ScaledMatcher<Inner> m_Scaled(double number, Inner inner) {
  return {number, inner};
}
/// x + coefficient x^exponent.
inline detail::PlusPowerMatcher m_PlusPower(mlir::Value x, double coefficient, unsigned exponent) {
  return {x, coefficient, exponent};
}

/// A constant with the entries of `constant`, each by `map`, in another shape of as many; a splat
/// may take any shape. Null where `constant` is none of float32 or has no entries.
mlir::Value buildConstantLike(
    mlir::OpBuilder &builder, mlir::Value constant, llvm::ArrayRef<int64_t> shape,
    llvm::function_ref<float(float)> map = [](float entry) { return entry; });
/// A constant of one number.
mlir::Value buildNumbers(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::ArrayRef<int64_t> shape, float value);

/// Puts `layer` in the place of `op`: it makes the ONNX value of op's name.
void replaceBySpelled(mlir::PatternRewriter &rewriter, mlir::Operation *op, mlir::Operation *layer);

/// Whom the counters of the pass recognise-layers belong to.
inline constexpr llvm::StringLiteral kRecogniseLayers = "recognise-layers";
/// The pass's patterns, by subject; each counts what it recognises.
void addLayerNormPatterns(mlir::RewritePatternSet &patterns);
void addActivationPatterns(mlir::RewritePatternSet &patterns);

} // namespace saliency

#endif // SALIENCY_TRANSFORMS_SPELLEDARITHMETIC_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that are only evaluated on constants: the rest of what exporters write into shape
// computations.
#include "dialect/import/Axes.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace saliency {

LogicalResult requireConstants(Node &node) {
  if (node.allConstant())
    return success();
  return node.unsupported()
         << "this operator is evaluated on constants only, found a computed operand";
}

//===------------------------------------------------------------------------------------------===//
// One operand
//===------------------------------------------------------------------------------------------===//

template <typename Fn> static LogicalResult foldUnary(Node &node, Fn compute) {
  if (failed(requireConstants(node)))
    return failure();
  FailureOr<HostTensor> x = node.getConstant(0, "the operand");
  if (failed(x))
    return failure();
  return visitNumeric(node, x->getType(), [&](auto zero) {
    using T = decltype(zero);
    return fillResult<T>(node, x->getType(), x->getShape(), x->isSplat(),
                         [&](int64_t i) { return static_cast<T>(compute(x->at<T>(i))); });
  });
}

/// Functions that ONNX defines for floats.
template <typename Fn> static LogicalResult foldFloat(Node &node, Fn compute) {
  if (Operand *x = node.getInput(0); x && x->isConstant() && x->constant->isInteger())
    return node.badInput() << "the operand is a float, found " << nameOf(x->constant->getType());
  return foldUnary(node, [&](auto x) { return compute(static_cast<double>(x)); });
}

template <typename T> static T negate(T x) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(-static_cast<std::make_unsigned_t<T>>(x));
  else
    return -x;
}

LogicalResult foldNeg(Node &node) {
  return foldUnary(node, [](auto x) { return negate(x); });
}
LogicalResult foldAbs(Node &node) {
  return foldUnary(node, [](auto x) { return x < 0 ? negate(x) : x; });
}
LogicalResult foldSqrt(Node &node) {
  return foldFloat(node, [](double x) { return std::sqrt(x); });
}
LogicalResult foldReciprocal(Node &node) {
  return foldFloat(node, [](double x) { return 1.0 / x; });
}
LogicalResult foldFloor(Node &node) {
  return foldFloat(node, [](double x) { return std::floor(x); });
}
LogicalResult foldCeil(Node &node) {
  return foldFloat(node, [](double x) { return std::ceil(x); });
}

/// To the even one of two neighbours, as the default rounding of floating point has it.
LogicalResult foldRound(Node &node) {
  return foldFloat(node, [](double x) { return std::nearbyint(x); });
}
LogicalResult foldSign(Node &node) {
  return foldUnary(node, [](auto x) { return (x > 0) - (x < 0); });
}
LogicalResult foldSin(Node &node) {
  return foldFloat(node, [](double x) { return std::sin(x); });
}
LogicalResult foldCos(Node &node) {
  return foldFloat(node, [](double x) { return std::cos(x); });
}
LogicalResult foldExp(Node &node) {
  return foldFloat(node, [](double x) { return std::exp(x); });
}
LogicalResult foldLog(Node &node) {
  return foldFloat(node, [](double x) { return std::log(x); });
}

LogicalResult foldNot(Node &node) {
  if (failed(requireConstants(node)))
    return failure();
  FailureOr<HostTensor> x = node.getConstant(0, "the operand");
  if (failed(x))
    return failure();
  if (x->getType() != ElementType::Bool)
    return node.badInput() << "the operand is bool, found " << nameOf(x->getType());
  return fillResult<uint8_t>(node, ElementType::Bool, x->getShape(), x->isSplat(),
                             [&](int64_t i) -> uint8_t { return !x->at<uint8_t>(i); });
}

//===------------------------------------------------------------------------------------------===//
// Two operands
//===------------------------------------------------------------------------------------------===//

template <typename Fn> static LogicalResult foldBinary(Node &node, Fn compute) {
  if (failed(requireConstants(node)))
    return failure();
  FailureOr<HostPair> pair = broadcastInputs(node);
  if (failed(pair))
    return failure();
  const auto &[a, b] = *pair;
  return visitNumeric(node, a.getType(), [&](auto zero) {
    using T = decltype(zero);
    return fillResult<T>(node, a.getType(), a.getShape(), a.isSplat() && b.isSplat(),
                         [&](int64_t i) {
                           return static_cast<T>(compute(a.template at<T>(i), b.template at<T>(i)));
                         });
  });
}

template <typename Fn> static LogicalResult foldComparison(Node &node, Fn compare) {
  if (failed(requireConstants(node)))
    return failure();
  FailureOr<HostPair> pair = broadcastInputs(node);
  if (failed(pair))
    return failure();
  const auto &[a, b] = *pair;
  return visitElementType(a.getType(), [&](auto zero) {
    using T = decltype(zero);
    return fillResult<uint8_t>(
        node, ElementType::Bool, a.getShape(), a.isSplat() && b.isSplat(),
        [&](int64_t i) -> uint8_t { return compare(a.template at<T>(i), b.template at<T>(i)); });
  });
}

LogicalResult foldEqual(Node &node) {
  return foldComparison(node, [](auto a, auto b) { return a == b; });
}
LogicalResult foldLess(Node &node) {
  return foldComparison(node, [](auto a, auto b) { return a < b; });
}
LogicalResult foldLessOrEqual(Node &node) {
  return foldComparison(node, [](auto a, auto b) { return a <= b; });
}
LogicalResult foldGreater(Node &node) {
  return foldComparison(node, [](auto a, auto b) { return a > b; });
}
LogicalResult foldGreaterOrEqual(Node &node) {
  return foldComparison(node, [](auto a, auto b) { return a >= b; });
}
LogicalResult foldAnd(Node &node) {
  return foldComparison(node, [](auto a, auto b) { return a != 0 && b != 0; });
}
LogicalResult foldOr(Node &node) {
  return foldComparison(node, [](auto a, auto b) { return a != 0 || b != 0; });
}

LogicalResult foldMod(Node &node) {
  bool fmod = false;
  if (failed(node.read("fmod", fmod)) || failed(requireConstants(node)))
    return failure();
  FailureOr<HostTensor> divisor = node.getConstant(1, "the divisor");
  if (failed(divisor))
    return failure();
  for (int64_t i = 0, count = divisor->isInteger() ? divisor->size() : 0; i != count; ++i)
    if (divisor->asInt(i) == 0)
      return node.badInput() << "an integer divisor is not 0, found 0 at entry " << i;
  return foldBinary(node, [&](auto a, auto b) {
    if constexpr (std::is_integral_v<decltype(a)>) {
      decltype(a) rest = b == -1 ? 0 : a % b;
      return !fmod && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    } else {
      return std::fmod(a, b);
    }
  });
}

/// The nearest T to a real number towards 0; NaN gives 0.
template <typename T> static T saturate(double x) {
  using Limits = std::numeric_limits<T>;
  if (x != x)
    return 0;
  if (x >= static_cast<double>(Limits::max()))
    return Limits::max();
  return x <= static_cast<double>(Limits::min()) ? Limits::min() : static_cast<T>(x);
}

/// The exponent may have another type than the base, which decides the result's.
LogicalResult foldPow(Node &node) {
  if (failed(requireConstants(node)))
    return failure();
  FailureOr<HostTensor> base = node.getConstant(0, "the base"), exponent = failure();
  if (failed(base) || failed(exponent = node.getConstant(1, "the exponent")))
    return failure();
  FailureOr<SmallVector<int64_t>> shape =
      broadcastShape(node, base->getShape(), exponent->getShape());
  if (failed(shape) || failed(base = broadcastTo(node, *base, *shape)) ||
      failed(exponent = broadcastTo(node, *exponent, *shape)))
    return failure();
  return visitNumeric(node, base->getType(), [&](auto zero) {
    using T = decltype(zero);
    return fillResult<T>(node, base->getType(), *shape, base->isSplat() && exponent->isSplat(),
                         [&](int64_t i) -> T {
                           double power = std::pow(base->asDouble(i), exponent->asDouble(i));
                           if constexpr (std::is_integral_v<T>)
                             return saturate<T>(power);
                           else
                             return static_cast<T>(power);
                         });
  });
}

LogicalResult foldMin(Node &node) {
  if (node.getNumInputs() != 2)
    return node.unsupported() << "two constants are compared, found " << node.getNumInputs()
                              << " operands";
  return foldBinary(node, [](auto a, auto b) { return std::min(a, b); });
}
LogicalResult foldMax(Node &node) {
  if (node.getNumInputs() != 2)
    return node.unsupported() << "two constants are compared, found " << node.getNumInputs()
                              << " operands";
  return foldBinary(node, [](auto a, auto b) { return std::max(a, b); });
}

LogicalResult foldWhere(Node &node) {
  if (failed(requireConstants(node)))
    return failure();
  FailureOr<HostTensor> condition = node.getConstant(0, "the condition"), a = failure(),
                        b = failure();
  if (failed(condition) || failed(a = node.getConstant(1, "the first choice")) ||
      failed(b = node.getConstant(2, "the second choice")))
    return failure();
  if (condition->getType() != ElementType::Bool || a->getType() != b->getType())
    return node.badInput() << "the condition is bool and the choices have one type, found "
                           << nameOf(condition->getType()) << ", " << nameOf(a->getType())
                           << " and " << nameOf(b->getType());
  FailureOr<SmallVector<int64_t>> shape = broadcastShape(node, a->getShape(), b->getShape());
  if (failed(shape) || failed(shape = broadcastShape(node, *shape, condition->getShape())) ||
      failed(condition = broadcastTo(node, *condition, *shape)) ||
      failed(a = broadcastTo(node, *a, *shape)) || failed(b = broadcastTo(node, *b, *shape)))
    return failure();
  bool splat = condition->isSplat() && a->isSplat() && b->isSplat();
  return visitElementType(a->getType(), [&](auto zero) {
    using T = decltype(zero);
    return fillResult<T>(node, a->getType(), *shape, splat, [&](int64_t i) {
      return condition->at<uint8_t>(i) ? a->at<T>(i) : b->at<T>(i);
    });
  });
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Add, Sub, Mul, Div-7, 13, 14 and Sum-6, 8, 13: an op on data, folded on constants. Integers wrap
// as in ONNX runtimes.
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

/// Wrapping integer arithmetic goes through the unsigned type, where C++ defines it.
template <typename T, typename Fn> static T wrap(T a, T b, Fn compute) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(compute(static_cast<U>(a), static_cast<U>(b)));
  } else {
    return compute(a, b);
  }
}

struct Plus {
  template <typename T> static T apply(T a, T b) {
    return wrap(a, b, [](auto a, auto b) { return a + b; });
  }
};
struct Minus {
  template <typename T> static T apply(T a, T b) {
    return wrap(a, b, [](auto a, auto b) { return a - b; });
  }
};
struct Times {
  template <typename T> static T apply(T a, T b) {
    return wrap(a, b, [](auto a, auto b) { return a * b; });
  }
};
struct Over {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>)
      if (b == -1) // the lowest number divided by -1 overflows
        return Minus::apply(T(0), a);
    return a / b;
  }
};

static LogicalResult checkDivisor(Node &node, const HostTensor &divisor) {
  for (int64_t i = 0, count = divisor.isSplat() ? 1 : divisor.size(); i != count; ++i)
    if (divisor.asInt(i) == 0)
      return node.badInput() << "an integer divisor is not 0, found 0 at entry " << i;
  return success();
}

template <typename Function> static LogicalResult fold(Node &node) {
  FailureOr<HostPair> pair = broadcastInputs(node);
  if (failed(pair))
    return failure();
  const auto &[a, b] = *pair;
  if (std::is_same_v<Function, Over> && b.isInteger() && failed(checkDivisor(node, b)))
    return failure();
  return visitNumeric(node, a.getType(), [&](auto zero) {
    using T = decltype(zero);
    return fillResult<T>(
        node, a.getType(), a.getShape(), a.isSplat() && b.isSplat(),
        [&](int64_t i) { return Function::apply(a.template at<T>(i), b.template at<T>(i)); });
  });
}

template <typename OpT, typename Function> static LogicalResult importBinary(Node &node) {
  if (node.allConstant())
    return fold<Function>(node);
  FailureOr<Value> a = node.getValue(0), b = failure();
  if (failed(a) || failed(b = node.getValue(1)))
    return failure();
  return node.replaceWith<OpT>({*a, *b});
}

LogicalResult importAdd(Node &node) { return importBinary<AddOp, Plus>(node); }
LogicalResult importSub(Node &node) { return importBinary<SubOp, Minus>(node); }
LogicalResult importMul(Node &node) { return importBinary<MulOp, Times>(node); }
LogicalResult importDiv(Node &node) { return importBinary<DivOp, Over>(node); }

LogicalResult importSum(Node &node) {
  FailureOr<Value> sum = node.getValue(0);
  if (failed(sum))
    return failure();
  if (node.getNumInputs() == 1)
    return node.replaceWith<IdentityOp>({*sum});
  for (size_t i = 1; i < node.getNumInputs(); ++i) {
    FailureOr<Value> next = node.getValue(i);
    if (failed(next) || failed(sum = node.build<AddOp>({*sum, *next})))
      return failure();
  }
  return node.setResult(0, *sum);
}

} // namespace saliency

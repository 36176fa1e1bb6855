// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/Scope.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/Emitters.h"

using namespace mlir;
using namespace saliency;
using rules::NodeId;

Value Scope::y() const { return placeAs<AtValue>() ? place().x : read(&AtOp::y); }

FailureOr<Term> Scope::term(NodeId id) {
  if (auto found = memo.find(id); found != memo.end())
    return found->second;
  if (const auto *sums = read(&RunPlace::sums))
    if (Value sum = sums->lookup(id))
      return Term{sum};
  FailureOr<Term> result = emitNode(*this, node(id));
  if (succeeded(result))
    memo[id] = *result;
  return result;
}

FailureOr<Value> Scope::value(NodeId id, ArrayRef<int64_t> shape) {
  FailureOr<Term> result = term(id);
  return failed(result) ? FailureOr<Value>(failure()) : FailureOr<Value>(tensor(*result, shape));
}

FailureOr<double> Scope::number(NodeId id) {
  FailureOr<Term> result = term(id);
  if (failed(result))
    return failure();
  if (!result->isNumber())
    return error("this part of a rule is a number once the method is compiled, found a tensor");
  return result->number;
}

FailureOr<Value> Scope::emit(NodeId id, ArrayRef<int64_t> shape) {
  FailureOr<Term> result = term(id);
  if (failed(result))
    return failure();
  if (result->isNumber() && shape.empty()) // the same everywhere in the space of x
    shape = shapeOf(place().x);
  return shape.empty() ? result->value : tensor(*result, shape);
}

Value Scope::tensor(const Term &term, ArrayRef<int64_t> shape) {
  if (term.isNumber())
    return splat(shape, term.number);
  Value value = term.value;
  ArrayRef<int64_t> own = shapeOf(value);
  if (own.size() < shape.size() &&
      llvm::all_of(own.drop_front(), [](int64_t extent) { return extent == 1; })) {
    SmallVector<int64_t> padded(own);
    padded.resize(shape.size(), 1);
    value = reshape(value, padded);
  }
  return buildBroadcast(builder(), loc(), value, shape);
}

Value Scope::splat(ArrayRef<int64_t> shape, double entry) {
  return buildSplat(builder(), loc(), shape, entry);
}

Value Scope::constant(ArrayRef<int64_t> shape, ArrayRef<float> entries) {
  return make<ConstantOp>(
      DenseElementsAttr::get(f32Tensor(builder().getContext(), shape), entries));
}

LogicalResult Scope::error(const Twine &message) const { return emitError(loc()) << message; }

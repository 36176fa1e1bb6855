// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emit reader of the rule language from outside: a method's expression at a place becomes ops.
// Inside, a scope (Scope.h) keeps the state and one function a word (Emitters.h) makes the ops. It
// knows the words of the language, not methods, and asks ops only for what their capability offers.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_EMITEXPRESSION_H
#define SALIENCY_ATTRIBUTION_EMISSION_EMITEXPRESSION_H

#include "passes/attribution/emission/Scope.h"

namespace saliency {

class ExpressionEmitter {
public:
  ExpressionEmitter(const BoundMethod &method, ExpressionSources &sources)
      : method(method), sources(sources) {}

  /// Emits node `id` at the builder's place, broadcast to `shape` where that is not empty. Failure
  /// is reported at the place's location.
  mlir::FailureOr<mlir::Value> emit(mlir::OpBuilder &builder, rules::NodeId id, const Place &place,
                                    llvm::ArrayRef<int64_t> shape) const {
    return Scope(method, sources, builder, place).emit(id, shape);
  }
  /// The number that node `id` is once the method is bound to its parameters; reports other values.
  mlir::FailureOr<double> evaluate(mlir::OpBuilder &builder, rules::NodeId id,
                                   const Place &place) const {
    return Scope(method, sources, builder, place).number(id);
  }

private:
  const BoundMethod &method;
  ExpressionSources &sources;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_EMITEXPRESSION_H

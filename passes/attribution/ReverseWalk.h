// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reverse walk: relevance from where it is seeded back to the input, op by op, each by the method's row for its
// capability, or by the ordinary derivative.
#ifndef SALIENCY_ATTRIBUTION_REVERSEWALK_H
#define SALIENCY_ATTRIBUTION_REVERSEWALK_H

#include "passes/attribution/EmitExpression.h"
#include "passes/attribution/Network.h"

namespace saliency {

class ReverseWalk {
public:
  /// Walks by the rows of `method`, or by ordinary derivatives where it is null.
  ReverseWalk(const Network &network, const BoundMethod *method, ExpressionSources *sources)
      : network(network), method(method), sources(sources) {}

  /// Relevance of `end` when `relevance` is put on `start`. Reports ops that the method has no rule for. Null where no
  /// relevance reaches `end`.
  mlir::FailureOr<mlir::Value> run(mlir::OpBuilder &builder, mlir::Value start, mlir::Value relevance, mlir::Value end);

  /// Relevance of every value that the walk met, in the order met.
  llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> getRelevance() const { return met; }

private:
  using Uses = llvm::SmallVector<mlir::Value, 2>;
  mlir::FailureOr<mlir::Value> combine(mlir::OpBuilder &builder, mlir::Value value, const Uses &uses);
  mlir::LogicalResult visit(mlir::OpBuilder &builder, LayerOpInterface layer, mlir::Value relevance);
  mlir::LogicalResult derive(mlir::OpBuilder &builder, LayerOpInterface layer, mlir::Value relevance);
  mlir::LogicalResult applyRow(mlir::OpBuilder &builder, LayerOpInterface layer, const rules::Row &row, mlir::Value relevance);
  bool holds(const rules::Condition &condition, LayerOpInterface layer) const;

  const Network &network;
  const BoundMethod *method;
  ExpressionSources *sources;
  llvm::DenseMap<mlir::Value, Uses> incoming;
  llvm::SmallVector<std::pair<mlir::Value, mlir::Value>> met;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_REVERSEWALK_H

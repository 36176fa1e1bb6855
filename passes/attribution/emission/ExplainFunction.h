// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The function `explain`: a network's forward function with other arguments and results, each of
// which says by its role (dialect/Roles.h) what it is.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_EXPLAINFUNCTION_H
#define SALIENCY_ATTRIBUTION_EMISSION_EXPLAINFUNCTION_H

#include "dialect/Roles.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace saliency {

/// Results of `explain` with their roles, in order.
struct Outputs {
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<mlir::NamedAttribute> roles;
  void add(const Role &role, mlir::Value value) {
    values.push_back(value);
    roles.push_back(roleAttribute(value.getContext(), role));
  }
};

/// A further argument of `function`.
mlir::Value addArgument(mlir::func::FuncOp function, mlir::RankedTensorType type, const Role &role);

/// Gives `function` its results, their roles, and the name of an explainer.
void finishExplain(mlir::func::FuncOp function, const Outputs &outputs);

/// The same interface around the network alone: explain(input) -> map, logits, where the map is the
/// class scores.
mlir::LogicalResult keepForward(mlir::func::FuncOp forward);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_EXPLAINFUNCTION_H

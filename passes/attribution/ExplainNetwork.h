// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a network's forward function to one method's explanation of it.
#ifndef SALIENCY_ATTRIBUTION_EXPLAINNETWORK_H
#define SALIENCY_ATTRIBUTION_EXPLAINNETWORK_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/attribution/binding/BoundMethod.h"
#include "passes/request/CompileRequest.h"

#include <memory>
#include <optional>
#include <vector>

namespace saliency {

/// What is asked of the explanation, with the steps bound to their parameters.
struct AttributionOptions : AttributionRequest {
  /// Steps that refine the method's 2-D map, in order.
  std::vector<std::shared_ptr<const BoundMethod>> steps;
};

/// Checks what the user asked of this network: class in range, layer name known, numbers per
/// channel. Reports the first mistake. `forward` is left as it is.
mlir::LogicalResult checkRequest(mlir::func::FuncOp forward, const BoundMethod &method,
                                 const AttributionOptions &options);

/// The target layer of a method on a network, null where it reads none; built at the end of
/// `function` where it is a mean of class maps. Reports a name that is no value, and a network
/// without such a layer.
mlir::FailureOr<mlir::Value> targetLayerOf(mlir::func::FuncOp function, const Network &network,
                                           const BoundMethod &method);
/// Where relevance starts and where the method reads it; `layer` is the target layer.
mlir::Value startOf(const Network &network, const BoundMethod &method, mlir::Value layer);
mlir::Value endOf(const Network &network, const BoundMethod &method, mlir::Value layer);

/// Turns `forward(input) -> logits` into
///   explain(input, target, call tensors...) -> map, map2d, logits, target, layers...
/// with the forward pass kept and the method's backward code after it. Reports ops that the method
/// has no rule for.
mlir::LogicalResult attribute(mlir::func::FuncOp forward, const BoundMethod &method,
                              const AttributionOptions &options);

/// The same interface around the network alone: explain(input) -> map, logits, where the map is the
/// class scores.
mlir::LogicalResult keepForward(mlir::func::FuncOp forward);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EXPLAINNETWORK_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a user asks of one method on one network, and the checks of it before any code is made.
#ifndef SALIENCY_ATTRIBUTION_REQUEST_H
#define SALIENCY_ATTRIBUTION_REQUEST_H

#include "passes/attribution/binding/BoundMethod.h"
#include "passes/request/CompileRequest.h"

#include <memory>
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

/// Whether the method's files fit `forward`, a network in canonical form: an array for each layer
/// whose rule reads one, in the shape of the weights, and dual to them where the parameter says so.
/// Reports the first layer where that is not so.
mlir::LogicalResult checkLayerData(mlir::func::FuncOp forward, const BoundMethod &method);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_REQUEST_H

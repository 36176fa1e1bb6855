// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a network's forward function to one method's explanation of it.
#ifndef SALIENCY_ATTRIBUTION_BUILDEXPLAINER_H
#define SALIENCY_ATTRIBUTION_BUILDEXPLAINER_H

#include "passes/attribution/Request.h"
#include "passes/attribution/emission/ExplainFunction.h"

namespace saliency {

/// Turns `forward(input) -> logits` into
///   explain(input, target, call tensors...) -> map, map2d, logits, target, layers...
/// with the forward pass kept and the method's backward code after it. Reports ops that the method
/// has no rule for.
mlir::LogicalResult attribute(mlir::func::FuncOp forward, const BoundMethod &method,
                              const AttributionOptions &options);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BUILDEXPLAINER_H

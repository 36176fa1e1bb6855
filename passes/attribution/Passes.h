// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_ATTRIBUTION_PASSES_H
#define SALIENCY_ATTRIBUTION_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "passes/attribution/BuildExplainer.h"
#include "passes/attribution/reports/LayerStatistics.h"

namespace saliency {

#define GEN_PASS_DECL
#include "passes/attribution/Passes.h.inc"

/// The pass for a method bound to its parameters; null `method`: keep the forward pass only.
std::unique_ptr<mlir::Pass> createAttributePass(std::shared_ptr<const BoundMethod> method,
                                                const AttributionOptions &options);

/// Registers --saliency-attribute and, from the list of methods alone,
/// --saliency-attribute-<method> for each.
void registerAttributionPasses();

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_PASSES_H

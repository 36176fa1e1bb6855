// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Facts of single layers that binding a method to a network asks for.
#ifndef SALIENCY_ATTRIBUTION_BINDING_LAYERFACTS_H
#define SALIENCY_ATTRIBUTION_BINDING_LAYERFACTS_H

#include "dialect/SaliencyDialect.h"
#include "passes/rules/settings/Conservation.h"

namespace saliency {

/// What the conservation class of a rule depends on of the layer that it serves.
rules::LayerFacts factsOf(LayerOpInterface layer);

/// Whether a rearrangement puts constants around its input, which then take relevance away.
bool addsEntries(LayerOpInterface layer);

/// The parts of y = gamma (x - mean) / sqrt(variance + epsilon) + beta, one entry per channel each.
/// Mean and variance are null where the layer takes the data's own (layer norm).
struct NormParts {
  mlir::Value gamma, beta, mean, variance;
  double epsilon;
};
/// Of a normalisation, batch norm or layer norm; none of any other layer.
std::optional<NormParts> normPartsOf(mlir::Operation *layer);

/// The mean of `x` over each window of a pool that selects, padding not counted; null where the
/// layer selects by no windows.
mlir::Value buildWindowMean(mlir::OpBuilder &builder, mlir::Location loc, mlir::Operation *layer,
                            mlir::Value x);
/// The derivative of the same: `r`, one entry a window, shared out to its cells.
mlir::Value buildWindowMeanVjp(mlir::OpBuilder &builder, mlir::Location loc, mlir::Operation *layer,
                               mlir::Value r);

/// The axis of a value's channels: the first one that the layer combines which makes the value.
int64_t channelAxis(mlir::Value value);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BINDING_LAYERFACTS_H

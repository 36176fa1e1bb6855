// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// First and second moments of what each layer with weights sees, as a function that the compiler
// emits: the input of estimators of signals (Kindermans et al. 2018).
#ifndef SALIENCY_ATTRIBUTION_REPORTS_LAYERSTATISTICS_H
#define SALIENCY_ATTRIBUTION_REPORTS_LAYERSTATISTICS_H

#include "passes/attribution/network/Network.h"

namespace saliency {

/// Which of a unit's outputs count. Always: all of them. Rectified: those above 0, where a
/// rectifier follows; all, elsewhere. Positive: those above 0.
enum class ActiveUnits { Always, Rectified, Positive };

/// The layers with weights that depend on the input, in the order of the network.
llvm::SmallVector<LinearMapOpInterface> findWeightedLayers(const Network &network);

/// Turns `forward(input) -> logits` into the explainer's interface around the network with, for
/// each layer called NAME with weights of shape M x ..., four results more. Sums run over a
/// sample's positions; `a` is 1 where the unit counts, else 0.
///   NAME:xy     N x M x ...   sum of a y times the input patch: the correlation of x and a y
///   NAME:x      N x M x ...   sum of a times the input patch
///   NAME:count  N x M         sum of a
///   NAME:y      N x M         sum of y, over all positions
/// Reports a layer without a name.
mlir::LogicalResult emitLayerStatistics(mlir::func::FuncOp forward, ActiveUnits active);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_REPORTS_LAYERSTATISTICS_H

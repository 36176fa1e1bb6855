// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Several methods in one call: their functions, each with a forward pass of its own, become one.
// What they have in common (the forward pass, gradients, reference activations) is then the same
// code twice, which CSE removes; no method knows of another.
#ifndef SALIENCY_ATTRIBUTION_MERGEEXPLAINERS_H
#define SALIENCY_ATTRIBUTION_MERGEEXPLAINERS_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace saliency {

/// One method's explainer of a network, with the name under which its maps and layers are known.
struct NamedExplainer {
  std::string name;
  mlir::func::FuncOp function;
};

/// Appends the bodies of all explainers, which may lie in different modules, to the first one's.
/// Arguments of the same role are one; per-call tensors of different types under one name are
/// reported. The result gives each method's map and 2-D map in turn, and the relevance of layers as
/// `layer:METHOD/VALUE`.
mlir::LogicalResult mergeExplainers(llvm::ArrayRef<NamedExplainer> explainers);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_MERGEEXPLAINERS_H

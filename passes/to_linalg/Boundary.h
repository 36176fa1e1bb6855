// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which tensors the lowering may reorder, and the conversions where they meet code that it does not
// touch.
#ifndef SALIENCY_TO_LINALG_BOUNDARY_H
#define SALIENCY_TO_LINALG_BOUNDARY_H

#include "mlir/IR/Operation.h"
#include "passes/to_linalg/Layout.h"

namespace saliency {

/// Ops that this lowering rewrites: saliency ops, elementwise arithmetic on tensors, tensor
/// constants, scf structure.
bool isLoweredHere(mlir::Operation *op);
/// Elementwise arith or math op on tensors.
bool isElementwiseOnTensors(mlir::Operation *op);

/// Types of tensors in logical order carry a mark while the lowering runs, since an order cannot be
/// told from a shape (a 4 x 4 x 4 tensor has the same type in both).
mlir::RankedTensorType markLogical(mlir::RankedTensorType type);
bool isMarkedLogical(mlir::Type type);

/// Marks every tensor below `root` that the lowering will reorder. Where such a tensor is made or
/// used by code that stays (function arguments and results, calls, tensor ops), inserts the
/// reordering, which keeps that code in logical order.
void markLogicalTensors(mlir::Operation *root, const Layout &layout);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_BOUNDARY_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operations of an explainer depend on the target, and so run once per
// target, and which run once per image.
#ifndef SALIENCY_CODEGEN_INTERFACE_SHAREDFORWARD_H
#define SALIENCY_CODEGEN_INTERFACE_SHAREDFORWARD_H

#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseSet.h"

namespace saliency {

/// The operations of `block` that must run per target: those reached from
/// `target` (may be null), and cheap ones that only those use, which are
/// recomputed because their result would otherwise stay in memory during the
/// whole backward pass.
llvm::DenseSet<mlir::Operation *> perTargetOperations(mlir::Block &block, mlir::Value target);

} // namespace saliency

#endif // SALIENCY_CODEGEN_INTERFACE_SHAREDFORWARD_H

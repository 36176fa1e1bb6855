// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TO_LINALG_LOOPSTOSCF_H
#define SALIENCY_TO_LINALG_LOOPSTOSCF_H

#include "mlir/IR/BuiltinOps.h"

namespace saliency {

/// Writes loops, choices and what they read of a call's tensors with scf and tensor, in logical
/// order; their bodies stay as they are.
void lowerLoops(mlir::ModuleOp module);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_LOOPSTOSCF_H

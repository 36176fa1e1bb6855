// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TRANSFORMS_PASSES_H
#define SALIENCY_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace saliency {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

#endif // SALIENCY_TRANSFORMS_PASSES_H

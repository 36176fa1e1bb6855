// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one stage of the compiler may expect of the stage before it, as passes that fail with a
// located message.
#ifndef SALIENCY_PASSES_CONTRACTS_H
#define SALIENCY_PASSES_CONTRACTS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace saliency {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/Contracts.h.inc"
} // namespace saliency

#endif // SALIENCY_PASSES_CONTRACTS_H

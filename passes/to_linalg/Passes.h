// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TO_LINALG_PASSES_H
#define SALIENCY_TO_LINALG_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "passes/to_linalg/Layout.h"
#include "passes/to_linalg/ToLinalg.h"

namespace saliency {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/to_linalg/Passes.h.inc"

} // namespace saliency

#endif // SALIENCY_TO_LINALG_PASSES_H

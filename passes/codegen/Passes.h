// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_PASSES_H
#define SALIENCY_CODEGEN_PASSES_H

#include "mlir/Pass/Pass.h"

#include <memory>
#include <string>

namespace saliency {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/codegen/Passes.h.inc"

/// Dialects and interface implementations that these passes rely on beyond what
/// they load themselves.
void registerCodegenDialects(mlir::DialectRegistry &registry);

} // namespace saliency

#endif // SALIENCY_CODEGEN_PASSES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_BUFFERS_PASSES_H
#define SALIENCY_CODEGEN_BUFFERS_PASSES_H

#include "mlir/Pass/Pass.h"
#include "passes/codegen/interface/Interface.h"

#include <memory>
#include <string>

namespace saliency {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/codegen/buffers/Passes.h.inc"

} // namespace saliency

#endif // SALIENCY_CODEGEN_BUFFERS_PASSES_H

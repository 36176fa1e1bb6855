// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of CompiledModel::compile, one file each.
#ifndef SALIENCY_CODEGEN_EMIT_PARTS_H
#define SALIENCY_CODEGEN_EMIT_PARTS_H

#include "passes/codegen/emit/CompiledModel.h"

namespace saliency {

/// Defines saliency_model_kernel(buffers, counts, hooks), which calls @explain.
void addBridge(llvm::Module &module, const Interface &interface);

/// Defines the constant saliency_model_description.
void addDescription(llvm::Module &module, const CompiledModel &model);

/// Links the C entry, renames its functions to the prefix, and hides the rest.
llvm::Error linkEntry(llvm::Module &module, const EmitOptions &options);

} // namespace saliency

#endif // SALIENCY_CODEGEN_EMIT_PARTS_H

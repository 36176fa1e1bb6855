// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A compiled explainer as files.
#ifndef SALIENCY_CODEGEN_EMIT_FILES_H
#define SALIENCY_CODEGEN_EMIT_FILES_H

#include "passes/codegen/emit/CompiledModel.h"
#include "passes/codegen/emit/OutputSet.h"

namespace saliency {

/// All add to `outputs`, and nothing appears before it is committed. The header
/// and the weights lie beside `path`, with its stem.
/// path.o, path.h, path.weights.
llvm::Error emitObject(const CompiledModel &model, llvm::StringRef path, OutputSet &outputs);
/// path.so, path.h, path.weights. Needs a linker: lld, ld or a C compiler.
llvm::Error emitSharedLibrary(const CompiledModel &model, llvm::StringRef path, OutputSet &outputs);
/// path.ll, path.h, path.weights.
llvm::Error emitLLVM(const CompiledModel &model, llvm::StringRef path, OutputSet &outputs);

} // namespace saliency

#endif // SALIENCY_CODEGEN_EMIT_FILES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The system's linker as a function: lld, ld or a C compiler, the first found.
#ifndef SALIENCY_CODEGEN_EMIT_LINKER_H
#define SALIENCY_CODEGEN_EMIT_LINKER_H

#include "passes/codegen/emit/CompiledModel.h"

namespace saliency {

/// Whether there is a linker for the machine.
bool hasLinker(const llvm::Triple &triple);

/// Writes a shared library of the objects. Fails with the linker's own words.
llvm::Error linkShared(const llvm::Triple &triple, llvm::ArrayRef<ObjectCode> objects,
                       llvm::StringRef library);

/// One object of several, whose hidden symbols become local.
llvm::Expected<ObjectCode> joinObjects(const llvm::Triple &triple,
                                       llvm::ArrayRef<ObjectCode> objects);

} // namespace saliency

#endif // SALIENCY_CODEGEN_EMIT_LINKER_H

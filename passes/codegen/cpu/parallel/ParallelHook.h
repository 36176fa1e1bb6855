// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How generated code reaches the caller's threads.
#ifndef SALIENCY_CODEGEN_CPU_PARALLEL_PARALLELHOOK_H
#define SALIENCY_CODEGEN_CPU_PARALLEL_PARALLELHOOK_H

#include "llvm/IR/Module.h"

namespace saliency {

/// On the call that stands for a parallel loop: its number of iterations.
inline constexpr llvm::StringLiteral kParallelCountAttr = "saliency.parallel_count";
/// int (hooks, void (*body)(void *data, int64_t index), void *data, count)
inline constexpr llvm::StringLiteral kParallelHook = "saliency_parallel";

/// Defines kParallelHook if the module declares it.
void defineParallelHook(llvm::Module &module);

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_PARALLEL_PARALLELHOOK_H

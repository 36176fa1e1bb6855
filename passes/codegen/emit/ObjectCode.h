// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From LLVM IR to object code, for explainers and for whatever is to be compiled as they are.
#ifndef SALIENCY_CODEGEN_EMIT_OBJECTCODE_H
#define SALIENCY_CODEGEN_EMIT_OBJECTCODE_H

#include "passes/codegen/target/Target.h"

#include "llvm/IR/Module.h"

namespace saliency {

using ObjectCode = llvm::SmallVector<char, 0>;

/// 0 to 3. Kernels arrive tiled and vectorised: 2 makes them no faster.
inline constexpr unsigned kUsualOptimisation = 1;

/// Gives `module` the names and the data layout of the machine that it is compiled for.
void setMachine(llvm::Module &module, const llvm::TargetMachine &machine);

/// LLVM's optimisations of this level, without those that repeat what schedules have done, and
/// without calls of a C library beside memcpy, memset and memmove.
void optimise(llvm::Module &module, llvm::TargetMachine &machine, unsigned optimisation);

/// Optimises `module` and makes object code of it.
llvm::Expected<ObjectCode> makeObject(llvm::Module &module, const Target &target,
                                      unsigned optimisation);

} // namespace saliency

#endif // SALIENCY_CODEGEN_EMIT_OBJECTCODE_H

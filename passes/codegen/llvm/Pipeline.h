// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From loops to the LLVM dialect, in two steps: between them a target lowers calls of its own.
#ifndef SALIENCY_CODEGEN_LLVM_PIPELINE_H
#define SALIENCY_CODEGEN_LLVM_PIPELINE_H

#include "passes/codegen/target/TargetSupport.h"

namespace saliency {

/// Loops, vectors and views to the LLVM dialect.
void addLLVMConversion(mlir::OpPassManager &pm, const TargetFacts &facts);

/// Cleans up and fails where anything else is left, or a function is called that neither the
/// module nor the target defines; `hooks` are the target's.
void addMachineCodeCheck(mlir::OpPassManager &pm, llvm::ArrayRef<std::string> hooks);

/// The dialects of all stages of code generation, and the implementations of MLIR's interfaces that
/// the passes rely on.
void registerCodegenDialects(mlir::DialectRegistry &registry);

} // namespace saliency

#endif // SALIENCY_CODEGEN_LLVM_PIPELINE_H

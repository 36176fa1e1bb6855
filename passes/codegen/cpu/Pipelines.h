// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stages from linalg on buffers to the LLVM dialect, for processors.
#ifndef SALIENCY_CODEGEN_CPU_PIPELINES_H
#define SALIENCY_CODEGEN_CPU_PIPELINES_H

#include "passes/codegen/cpu/CpuTarget.h"

namespace saliency {

TargetFacts cpuFacts(const CpuOptions &options);

/// linalg on buffers to loops and vectors, with all memory planned.
void buildCpuSchedulePipeline(mlir::OpPassManager &pm, const CpuOptions &options);

/// Loops and vectors to the LLVM dialect, checked to be self-contained.
void buildCpuLLVMPipeline(mlir::OpPassManager &pm, const CpuOptions &options);

/// linalg on tensors to the LLVM dialect: stage `buffers` and the two above.
void buildCpuPipeline(mlir::OpPassManager &pm, const CpuOptions &options);

/// The pipelines as `--saliency-cpu-pipeline{schedule=plain|vector ...}` etc.
void registerCpuPipelines();

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_PIPELINES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stages from linalg on tensors to the LLVM dialect.
#ifndef SALIENCY_CODEGEN_PIPELINES_H
#define SALIENCY_CODEGEN_PIPELINES_H

#include "passes/codegen/cpu/contraction/Machine.h"

#include "mlir/Pass/PassManager.h"

namespace saliency {

enum class Schedule { Plain, Vector };

struct CpuOptions {
  Schedule schedule = Schedule::Plain;
  Machine machine = Machine::host();
  /// Parts of a parallel loop: part of the compiled program, so that no number
  /// depends on how many threads run it.
  int64_t chunks = 16;
  /// Let buffers share workspace; off for comparison.
  bool reuseMemory = true;
};

/// Tensors to buffers: interface, weights, fusion, bufferisation.
void buildBufferPipeline(mlir::OpPassManager &pm, const CpuOptions &options);

/// linalg on buffers to loops and vectors, with all memory planned.
void buildSchedulePipeline(mlir::OpPassManager &pm, const CpuOptions &options);

/// Loops and vectors to the LLVM dialect, checked to be self-contained.
void buildLLVMPipeline(mlir::OpPassManager &pm, const CpuOptions &options);

/// The three of them.
void buildCpuPipeline(mlir::OpPassManager &pm, const CpuOptions &options);

/// The pipelines as `--saliency-cpu-pipeline{schedule=plain|vector ...}` etc.
void registerCodegenPipelines();

} // namespace saliency

#endif // SALIENCY_CODEGEN_PIPELINES_H

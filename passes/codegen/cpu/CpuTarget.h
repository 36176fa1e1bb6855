// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Processors as a target.
#ifndef SALIENCY_CODEGEN_CPU_CPUTARGET_H
#define SALIENCY_CODEGEN_CPU_CPUTARGET_H

#include "passes/codegen/cpu/contraction/Machine.h"
#include "passes/codegen/target/TargetSupport.h"

namespace saliency {

struct CpuOptions {
  Schedule schedule = Schedule::Plain;
  Machine machine = Machine::host();
  /// Parts of a parallel loop: part of the compiled program, so that no number depends on how many
  /// threads run it.
  int64_t chunks = 16;
  /// Let buffers share workspace; off for comparison.
  bool reuseMemory = true;
};

/// Code for `machine`, whose processor `options` describes.
std::shared_ptr<const TargetSupport> createCpuTarget(const Target &machine,
                                                     const CpuOptions &options);

/// The same with the processor that the request names.
std::shared_ptr<const TargetSupport> createCpuTarget(const TargetRequest &request);

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_CPUTARGET_H

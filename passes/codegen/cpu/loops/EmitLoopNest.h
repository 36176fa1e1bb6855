// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_CPU_LOOPS_EMITLOOPNEST_H
#define SALIENCY_CODEGEN_CPU_LOOPS_EMITLOOPNEST_H

#include "passes/codegen/cpu/loops/LoopNest.h"

namespace saliency {

/// Emits an arranged nest. With `inParallel` the first loops become one
/// scf.parallel.
void emitLoopNest(mlir::OpBuilder &b, const LoopNest &nest, bool inParallel);

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_LOOPS_EMITLOOPNEST_H

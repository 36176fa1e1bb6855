// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a contraction and its schedule to loops around register tiles.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_EMITCONTRACTION_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_EMITCONTRACTION_H

#include "passes/codegen/cpu/contraction/Schedule.h"

#include "mlir/IR/Builders.h"

namespace saliency::contraction {

struct EmitOptions {
  /// The output's old contents count as zero.
  bool fromZero = false;
  /// Outermost parallel loops become scf.parallel.
  bool parallel = false;
};

/// Emits `contraction` at the builder's insertion point.
void emitContraction(mlir::OpBuilder &builder, mlir::Location loc, const Contraction &contraction,
                     const Schedule &schedule, EmitOptions options);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_EMITCONTRACTION_H

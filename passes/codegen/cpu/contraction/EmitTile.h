// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The register tile: accumulators for a small rectangle of output elements,
// carried through all reduction loops as scf.for iter_args.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_EMITTILE_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_EMITTILE_H

#include "passes/codegen/cpu/contraction/Schedule.h"

#include "mlir/IR/Builders.h"

namespace saliency::contraction {

/// Where each operand stands, in elements: a running index and a constant.
struct Position {
  std::array<mlir::Value, 3> base;
  std::array<int64_t, 3> offset = {0, 0, 0};
};

/// What all tiles of one contraction share.
struct TileContext {
  const Contraction &contraction;
  const Schedule &schedule;
  /// The operands as one-dimensional memrefs.
  std::array<mlir::Value, 3> flat;
  /// Accumulators start from zero instead of the output's old contents.
  bool fromZero;
};

/// Emits one tile at `position`. `piece[loop]` is the piece of each loop
/// outside the accumulators that the tile lies in.
void emitTile(mlir::OpBuilder &builder, mlir::Location loc, const TileContext &context,
              const Position &position, llvm::ArrayRef<Piece> piece);

/// `position` advanced by `iteration * step` of `loop`.
Position advance(mlir::OpBuilder &builder, mlir::Location loc, const Position &position,
                 const ContractionLoop &loop, mlir::Value iteration, int64_t step);

/// `position` advanced by a constant number of iterations.
Position advance(Position position, const ContractionLoop &loop, int64_t iterations);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_EMITTILE_H

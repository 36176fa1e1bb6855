// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A linalg operation on static memrefs as loops that move each operand by a
// constant number of elements, and the order in which they run.
#ifndef SALIENCY_CODEGEN_CPU_LOOPS_LOOPNEST_H
#define SALIENCY_CODEGEN_CPU_LOOPS_LOOPNEST_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace saliency {

struct NestLoop {
  int64_t extent = 1;
  /// Elements by which each operand moves per iteration.
  llvm::SmallVector<int64_t, 4> strides;
  bool reduction = false;
  /// The op's loop that this is, if the body asks for its index; otherwise -1.
  int64_t dim = -1;
};

/// Loops from the outermost in: parallel ones, reductions that move an output
/// (their iterations may meet in one element, so they keep their order), the
/// lane loop if there is one, and sums, which run in registers.
class LoopNest {
public:
  /// Fails unless all strides are constants.
  static mlir::FailureOr<LoopNest> match(mlir::linalg::GenericOp op);

  /// Chooses the lane loop, to run in vectors of `vectorLanes` numbers, orders the loops and joins
  /// those that every operand walks through in one stride.
  void arrange(int64_t vectorLanes);

  /// Cuts the only loop of a nest into `count` parallel blocks of a multiple of
  /// `unit`; what is left over becomes the second nest.
  std::pair<LoopNest, std::optional<LoopNest>> cut(int64_t count, int64_t unit) const;

  mutable mlir::linalg::GenericOp op;
  llvm::SmallVector<NestLoop> loops;
  /// Element at which each operand starts, on top of its memref's own offset.
  llvm::SmallVector<int64_t, 4> offsets;

  /// Loops [0, parallel) may run at the same time; [sums, size) sum into
  /// registers. Loop `sums - 1` is vectorised in `lanes` lanes if lanes > 1.
  unsigned parallel = 0, sums = 0;
  int64_t lanes = 1;

  /// Loops `sums - 2` and `sums - 1` run in square tiles: some input is
  /// contiguous in the former, the outputs in the latter.
  bool tiled = false;

  /// Makes an outer parallel loop of blocks of the lane loop, if it is the only
  /// loop that may run in parallel.
  void splitLane();

  int64_t iterations() const;
  bool isLane(unsigned loop) const { return lanes > 1 && loop + 1 == sums; }
  /// Whether the body reads or writes the operand, beyond its shape.
  bool isAccessed(unsigned operand) const;

private:
  bool isOutput(unsigned operand) const { return operand >= op.getNumDpsInputs(); }
  bool scatters(const NestLoop &loop) const;
  bool mayBeLane(const NestLoop &loop) const;
  bool canJoin(const NestLoop &outer, const NestLoop &inner) const;
  bool mayBeTileLane(const NestLoop &loop) const;
  bool mayCrossTile(const NestLoop &loop, const NestLoop &lane) const;
  NestLoop takeJoined(unsigned loop);
  std::optional<NestLoop> takeLane();
  std::optional<std::pair<NestLoop, NestLoop>> takeTile();
};

/// Whether every operation of the body can work on vectors, and no operand is a
/// memref of single bits (whose vectors have another layout).
bool hasVectorBody(mlir::linalg::GenericOp op);

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_LOOPS_LOOPNEST_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The schedule of one contraction: what SelectSchedule decides, what
// ApplySchedule obeys. On the op it is the dictionary `saliency.schedule`:
//
//   {loops = [[0], [1, 2], [3]],    dims of the op, one list per loop
//    form = "broadcast",            how lanes meet, see LaneForm
//    lanes = array<i64: 0, 16, 2>,  loop, lanes of a vector, vectors
//    registers = [[1, 14]],         loop, iterations held in registers
//    blocks = [],                   reduction loop, iterations per block
//    unroll = array<i64>,           reduction loops spelt out
//    order = array<i64: 0, 1>}      loops outside the accumulators, outermost
//                                   first; other reductions are inside
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_SCHEDULE_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_SCHEDULE_H

#include "passes/codegen/cpu/contraction/Contraction.h"

namespace saliency {

inline constexpr llvm::StringLiteral scheduleAttrName = "saliency.schedule";
/// Unit attribute: the outermost loops may run in any order, at the same time.
inline constexpr llvm::StringLiteral parallelAttrName = "saliency.parallel";

} // namespace saliency

namespace saliency::contraction {

/// How the lanes of a vector are used.
///   Broadcast: one output element each; one operand supplies a vector, the
///              other one value for all lanes (convolution, matrix product).
///   Pairwise:  one output element each; both operands supply a vector
///              (depthwise convolution).
///   Dot:       partial sums of one output element; both operands supply a
///              vector (row times row).
enum class LaneForm { Broadcast, Pairwise, Dot };

struct LoopBlock {
  int64_t loop;
  int64_t size;
};

struct Schedule {
  LoopGroups loops;
  LaneForm form = LaneForm::Broadcast;
  int64_t lane = 0;
  int64_t width = 1;
  int64_t vectors = 1;
  llvm::SmallVector<LoopBlock, 2> registers;
  llvm::SmallVector<LoopBlock, 1> blocks;
  llvm::SmallVector<int64_t, 2> unroll;
  llvm::SmallVector<int64_t, 6> order;

  mlir::DictionaryAttr toAttr(mlir::MLIRContext *context) const;

  /// Reads and checks a schedule against the contraction it is for, which is
  /// collapsed accordingly; on failure `why` says what rule is broken.
  static mlir::FailureOr<Schedule> fromAttr(mlir::Attribute attr, Contraction &contraction,
                                            std::string &why);

  /// Iterations of `loop` that one register tile covers.
  int64_t blockOf(int64_t loop) const;
  bool isOuter(int64_t loop) const { return llvm::is_contained(order, loop); }
  bool isUnrolled(int64_t loop) const { return llvm::is_contained(unroll, loop); }
};

/// Whether two accumulators of a tile would be one output element, which only
/// loops that scatter can bring about.
bool meetsItself(const Contraction &contraction, const Schedule &schedule);

/// Whether the loops `meeting`, which are contraction.meeting(), come in their own order in
/// `order`, and every other loop that scatters inside all of them.
bool keepsOrder(const Contraction &contraction, llvm::ArrayRef<int64_t> meeting,
                llvm::ArrayRef<int64_t> order);

/// A run of equal blocks of one loop. For the lane loop, `vectors` lists the
/// widths that make up the block.
struct Piece {
  int64_t begin = 0;
  int64_t trips = 1;
  int64_t size = 1;
  llvm::SmallVector<int64_t, 4> vectors;
};

/// Cuts `extent` into full blocks and one smaller remainder.
llvm::SmallVector<Piece> cutLoop(int64_t extent, int64_t block);

/// Cuts the lane loop: blocks of `vectors` full vectors, then the remainder in
/// full and ever narrower vectors, at most `vectors` to a piece.
llvm::SmallVector<Piece> cutLanes(int64_t extent, int64_t width, int64_t vectors);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_SCHEDULE_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/EmitContraction.h"

#include "passes/codegen/cpu/contraction/EmitTile.h"
#include "passes/codegen/cpu/contraction/WorthThreads.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace saliency::contraction {
namespace {

class LoopEmitter {
public:
  LoopEmitter(OpBuilder &builder, Location loc, const TileContext &context)
      : b(builder), loc(loc), context(context), loops(context.contraction.loops),
        schedule(context.schedule), piece(loops.size()) {}

  void emit(const Position &position, bool parallel) {
    emitBand(parallel ? bandDepth() : 0, 0, position, {});
  }

private:
  SmallVector<Piece> piecesOf(int64_t loop) {
    if (loop == schedule.lane)
      return cutLanes(loops[loop].extent, schedule.width, schedule.vectors);
    return cutLoop(loops[loop].extent, schedule.blockOf(loop));
  }
  unsigned bandDepth();
  void emitBand(unsigned depth, unsigned level, const Position &position,
                SmallVector<int64_t> band);
  void emitParallel(const Position &position, ArrayRef<int64_t> band);
  void emitLoop(unsigned level, const Position &position);

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

  OpBuilder &b;
  Location loc;
  const TileContext &context;
  ArrayRef<ContractionLoop> loops;
  const Schedule &schedule;
  /// The piece of each outer loop that is being emitted.
  SmallVector<Piece> piece;
};

/// How many of the outermost loops make up the parallel band: parallel ones,
/// until there are enough iterations.
unsigned LoopEmitter::bandDepth() {
  unsigned depth = 0;
  int64_t iterations = 1;
  for (int64_t loop : schedule.order) {
    if (loops[loop].reduction || iterations >= kEnoughIterations)
      break;
    iterations *= piecesOf(loop).front().trips;
    ++depth;
  }
  return depth;
}

/// One scf.parallel for every combination of pieces of the band's loops.
void LoopEmitter::emitBand(unsigned depth, unsigned level, const Position &position,
                           SmallVector<int64_t> band) {
  if (level == depth) {
    if (band.empty())
      return emitLoop(level, position);
    return emitParallel(position, band);
  }
  int64_t loop = schedule.order[level];
  band.push_back(loop);
  for (const Piece &next : piecesOf(loop)) {
    piece[loop] = next;
    emitBand(depth, level + 1, advance(position, loops[loop], next.begin), band);
  }
}

/// The band's iterations as one loop, the last loop of the band fastest.
void LoopEmitter::emitParallel(const Position &position, ArrayRef<int64_t> band) {
  int64_t total = 1;
  for (int64_t loop : band)
    total *= piece[loop].trips;
  OpBuilder::InsertionGuard guard(b);
  Position inner = position;
  if (total > 1) {
    auto parallel = scf::ParallelOp::create(b, loc, ValueRange{constant(0)},
                                            ValueRange{constant(total)}, ValueRange{constant(1)});
    b.setInsertionPointToStart(parallel.getBody());
    Value rest = parallel.getInductionVars()[0];
    for (auto [at, loop] : llvm::enumerate(llvm::reverse(band))) {
      int64_t trips = piece[loop].trips;
      if (trips == 1)
        continue;
      Value iteration = rest;
      if (total > trips) {
        iteration = arith::RemUIOp::create(b, loc, rest, constant(trips));
        rest = arith::DivUIOp::create(b, loc, rest, constant(trips));
      }
      total /= trips;
      inner = advance(b, loc, inner, loops[loop], iteration, piece[loop].size);
    }
  }
  emitLoop(band.size(), inner);
}

void LoopEmitter::emitLoop(unsigned level, const Position &position) {
  if (level == schedule.order.size())
    return emitTile(b, loc, context, position, piece);
  int64_t loop = schedule.order[level];
  for (const Piece &next : piecesOf(loop)) {
    piece[loop] = next;
    Position begin = advance(position, loops[loop], next.begin);
    if (next.trips == 1) {
      emitLoop(level + 1, begin);
      continue;
    }
    OpBuilder::InsertionGuard guard(b);
    auto forOp = scf::ForOp::create(b, loc, constant(0), constant(next.trips), constant(1));
    b.setInsertionPointToStart(forOp.getBody());
    emitLoop(level + 1, advance(b, loc, begin, loops[loop], forOp.getInductionVar(), next.size));
  }
}

/// `memref` as a one-dimensional memref from the start of its buffer, and the
/// index of its first element there.
std::pair<Value, Value> flatten(OpBuilder &b, Location loc, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  (void)type.getStridesAndOffset(strides, offset);
  int64_t span = 1;
  for (auto [extent, stride] : llvm::zip(type.getShape(), strides))
    span += (extent - 1) * stride;

  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, memref);
  Value start = metadata.getOffset();
  OpFoldResult size;
  int64_t staticSize = ShapedType::kDynamic;
  if (ShapedType::isDynamic(offset)) {
    Value length = arith::ConstantIndexOp::create(b, loc, span);
    size = Value(arith::AddIOp::create(b, loc, start, length));
  } else {
    start = arith::ConstantIndexOp::create(b, loc, offset);
    size = b.getIndexAttr(offset + span);
    staticSize = offset + span;
  }
  auto flatType = MemRefType::get({staticSize}, type.getElementType(), MemRefLayoutAttrInterface{},
                                  type.getMemorySpace());
  Value flat = memref::ReinterpretCastOp::create(b, loc, flatType, metadata.getBaseBuffer(),
                                                 b.getIndexAttr(0), ArrayRef<OpFoldResult>{size},
                                                 ArrayRef<OpFoldResult>{b.getIndexAttr(1)});
  return {flat, start};
}

} // namespace

void emitContraction(OpBuilder &builder, Location loc, const Contraction &contraction,
                     const Schedule &schedule, EmitOptions options) {
  TileContext context{contraction, schedule, {}, options.fromZero};
  Position position;
  position.offset = contraction.offset;
  for (Operand operand : {Lhs, Rhs, Out})
    std::tie(context.flat[operand], position.base[operand]) =
        flatten(builder, loc, contraction.memref(operand));
  LoopEmitter(builder, loc, context).emit(position, options.parallel);
}

} // namespace saliency::contraction

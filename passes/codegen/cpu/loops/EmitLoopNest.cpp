// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/loops/EmitLoopNest.h"

#include "passes/codegen/cpu/contraction/WorthThreads.h"
#include "passes/codegen/cpu/loops/Transpose.h"
#include "passes/codegen/cpu/loops/VectorBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace saliency {
namespace {

/// Part of the lane loop that runs with vectors of one width.
struct Piece {
  int64_t begin, trips, width;
};

/// Wide vectors first, then half as many lanes as long as they fit.
SmallVector<Piece> piecesOf(int64_t extent, int64_t widest) {
  SmallVector<Piece> pieces;
  int64_t begin = 0;
  for (int64_t width = widest; begin < extent; width /= 2) {
    if (width == 2)
      width = 1;
    if (int64_t trips = (extent - begin) / width) {
      pieces.push_back({begin, trips, width});
      begin += trips * width;
    }
  }
  return pieces;
}

class Emitter {
public:
  Emitter(OpBuilder &b, const LoopNest &nest)
      : b(b), nest(nest), op(nest.op), loc(nest.op.getLoc()) {
    flatten();
    zero = constant(0);
    one = constant(1);
    indices.assign(op.getNumLoops(), zero);
  }

  void emit(bool inParallel);

private:
  using Positions = SmallVector<Value, 4>;

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }
  void flatten();
  bool isUsed(unsigned operand) { return !op.getBody()->getArgument(operand).use_empty(); }
  Positions advance(const Positions &from, const NestLoop &loop, Value by, int64_t step = 1);
  void setIndex(const NestLoop &loop, Value iteration);
  Value lanesFrom(Value first, int64_t width);
  int64_t widest();

  void emitParallel(unsigned depth, const Positions &at);
  void emitLoop(unsigned level, const Positions &at);
  void emitLanes(unsigned level, const Positions &at);
  void emitTiles(const Positions &at, int64_t across, int64_t along, int64_t acrossBegin,
                 int64_t alongBegin);
  void emitTile(const Positions &at, Value across, Value along, int64_t width);
  void emitElements(const Positions &at, int64_t width);
  SmallVector<Value> emitSums(unsigned level, const Positions &at, int64_t width,
                              SmallVector<Value> sums);
  SmallVector<Value> emitOnce(const Positions &at, int64_t width, ArrayRef<Value> sums);
  Value load(unsigned operand, const Positions &at, int64_t width);
  void store(Value value, unsigned operand, const Positions &at);

  OpBuilder &b;
  const LoopNest &nest;
  linalg::GenericOp op;
  Location loc;
  Value zero, one;
  /// Each operand as a one-dimensional memref; scalars as they are.
  SmallVector<Value> flat;
  Positions starts;
  SmallVector<Value> indices;
};

void Emitter::flatten() {
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type || !nest.isAccessed(i)) {
      flat.push_back(operand);
      starts.push_back({});
      continue;
    }
    SmallVector<int64_t> strides;
    int64_t offset, span = 1;
    (void)type.getStridesAndOffset(strides, offset);
    for (auto [extent, stride] : llvm::zip(type.getShape(), strides))
      span += (extent - 1) * stride;
    Value base = operand, start = constant(nest.offsets[i]);
    OpFoldResult size = b.getIndexAttr(span);
    int64_t staticSize = span;
    if (ShapedType::isDynamic(offset)) {
      auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, operand);
      base = metadata.getBaseBuffer();
      start = arith::AddIOp::create(b, loc, start, metadata.getOffset());
      size = Value(arith::AddIOp::create(b, loc, constant(span), metadata.getOffset()));
      staticSize = ShapedType::kDynamic;
    } else if (offset) {
      start = constant(nest.offsets[i] + offset);
      staticSize = span + offset;
      size = b.getIndexAttr(staticSize);
    }
    flat.push_back(memref::ReinterpretCastOp::create(
        b, loc, MemRefType::get({staticSize}, type.getElementType()), base, b.getIndexAttr(0),
        ArrayRef<OpFoldResult>{size}, ArrayRef<OpFoldResult>{b.getIndexAttr(1)}));
    starts.push_back(start);
  }
}

/// Positions after `by` times `step` iterations.
Emitter::Positions Emitter::advance(const Positions &from, const NestLoop &loop, Value by,
                                    int64_t step) {
  Positions to = from;
  for (auto [position, stride] : llvm::zip(to, loop.strides)) {
    if (!position || stride == 0)
      continue;
    Value distance = by;
    if (stride * step != 1)
      distance = arith::MulIOp::create(b, loc, by, constant(stride * step));
    position = arith::AddIOp::create(b, loc, position, distance);
  }
  return to;
}

void Emitter::setIndex(const NestLoop &loop, Value iteration) {
  if (loop.dim >= 0)
    indices[loop.dim] = iteration;
}

/// first, first + 1, ...
Value Emitter::lanesFrom(Value first, int64_t width) {
  if (width == 1)
    return first;
  auto type = VectorType::get({width}, b.getIndexType());
  return arith::AddIOp::create(b, loc, broadcast(b, loc, first, width),
                               vector::StepOp::create(b, loc, type));
}

/// Short bodies work on several registers at once, which hides latency; long
/// ones would spill.
int64_t Emitter::widest() {
  int64_t registers = 1;
  int64_t operations = op.getBody()->getOperations().size();
  if (operations <= 6)
    registers = 4;
  else if (operations <= 16)
    registers = 2;
  return nest.lanes * registers;
}

void Emitter::emit(bool inParallel) {
  unsigned depth = 0;
  int64_t iterations = 1;
  unsigned outer = nest.parallel;
  if (nest.parallel == nest.sums)
    outer -= nest.tiled ? 2 : nest.lanes > 1 ? 1 : 0;
  while (inParallel && depth < outer && iterations < kEnoughIterations)
    iterations *= nest.loops[depth++].extent;
  if (depth)
    emitParallel(depth, starts);
  else
    emitLoop(0, starts);
}

/// Loops [0, depth) as one, the last of them fastest.
void Emitter::emitParallel(unsigned depth, const Positions &at) {
  int64_t total = 1;
  for (unsigned i = 0; i < depth; ++i)
    total *= nest.loops[i].extent;
  auto parallel = scf::ParallelOp::create(b, loc, ValueRange{zero}, ValueRange{constant(total)},
                                          ValueRange{one});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(parallel.getBody());
  Value rest = parallel.getInductionVars().front();
  Positions inner = at;
  for (unsigned i = depth; i-- > 0;) {
    Value iteration = rest;
    if (i > 0) {
      Value extent = constant(nest.loops[i].extent);
      iteration = arith::RemUIOp::create(b, loc, rest, extent);
      rest = arith::DivUIOp::create(b, loc, rest, extent);
    }
    setIndex(nest.loops[i], iteration);
    inner = advance(inner, nest.loops[i], iteration);
  }
  emitLoop(depth, inner);
}

void Emitter::emitLoop(unsigned level, const Positions &at) {
  if (level == nest.sums)
    return emitElements(at, 1);
  if (nest.tiled && level + 2 == nest.sums)
    return emitTiles(at, nest.loops[level].extent, nest.loops[level + 1].extent, 0, 0);
  if (nest.isLane(level))
    return emitLanes(level, at);
  const NestLoop &loop = nest.loops[level];
  auto forOp = scf::ForOp::create(b, loc, zero, constant(loop.extent), one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(forOp.getBody());
  setIndex(loop, forOp.getInductionVar());
  emitLoop(level + 1, advance(at, loop, forOp.getInductionVar()));
}

void Emitter::emitLanes(unsigned level, const Positions &at) {
  const NestLoop &loop = nest.loops[level];
  for (const Piece &piece : piecesOf(loop.extent, widest())) {
    OpBuilder::InsertionGuard guard(b);
    Value iteration = constant(piece.begin);
    if (piece.trips > 1) {
      auto forOp =
          scf::ForOp::create(b, loc, iteration, constant(piece.begin + piece.trips * piece.width),
                             constant(piece.width));
      b.setInsertionPointToStart(forOp.getBody());
      iteration = forOp.getInductionVar();
    }
    if (loop.dim >= 0)
      setIndex(loop, lanesFrom(iteration, piece.width));
    emitElements(advance(at, loop, iteration), piece.width);
  }
}

/// Squares as wide as fit, then what is left to the right of them and below.
void Emitter::emitTiles(const Positions &at, int64_t across, int64_t along, int64_t acrossBegin,
                        int64_t alongBegin) {
  if (across == 0 || along == 0)
    return;
  int64_t width = nest.lanes;
  while (width > std::min(across, along))
    width /= 2;
  if (width < 4)
    width = 1;
  int64_t rows = across / width * width, columns = along / width * width;
  {
    OpBuilder::InsertionGuard guard(b);
    Value step = constant(width);
    auto outer =
        scf::ForOp::create(b, loc, constant(acrossBegin), constant(acrossBegin + rows), step);
    b.setInsertionPointToStart(outer.getBody());
    auto inner =
        scf::ForOp::create(b, loc, constant(alongBegin), constant(alongBegin + columns), step);
    b.setInsertionPointToStart(inner.getBody());
    emitTile(at, outer.getInductionVar(), inner.getInductionVar(), width);
  }
  emitTiles(at, across, along - columns, acrossBegin, alongBegin + columns);
  emitTiles(at, across - rows, columns, acrossBegin + rows, alongBegin);
}

/// `width` elements along the lane loop for each of `width` across it. Inputs
/// that are contiguous across are loaded in that direction and transposed.
void Emitter::emitTile(const Positions &at, Value across, Value along, int64_t width) {
  const NestLoop &crossLoop = nest.loops[nest.sums - 2];
  const NestLoop &laneLoop = nest.loops[nest.sums - 1];
  Positions corner = advance(advance(at, crossLoop, across), laneLoop, along);
  SmallVector<Positions> rows, columns;
  for (int64_t i = 0; i < width; ++i) {
    rows.push_back(advance(corner, crossLoop, constant(i)));
    columns.push_back(advance(corner, laneLoop, constant(i)));
  }
  unsigned inputs = op.getNumDpsInputs();
  SmallVector<SmallVector<Value>> crossed(inputs);
  for (unsigned i = 0; i < inputs; ++i) {
    if (width == 1 || !corner[i] || laneLoop.strides[i] == 0 || laneLoop.strides[i] == 1)
      continue;
    Type element = cast<MemRefType>(flat[i].getType()).getElementType();
    auto type = VectorType::get({width}, element);
    for (const Positions &column : columns)
      crossed[i].push_back(vector::LoadOp::create(b, loc, type, flat[i], column[i]));
    crossed[i] = transposeSquare(b, loc, crossed[i]);
  }
  if (laneLoop.dim >= 0)
    setIndex(laneLoop, lanesFrom(along, width));
  for (int64_t row = 0; row < width; ++row) {
    setIndex(crossLoop, arith::AddIOp::create(b, loc, across, constant(row)));
    SmallVector<Value> arguments;
    for (unsigned i = 0; i < op->getNumOperands(); ++i)
      arguments.push_back(!isUsed(i)                          ? Value()
                          : i < inputs && !crossed[i].empty() ? crossed[i][row]
                                                              : load(i, rows[row], width));
    SmallVector<Value> results = emitBody(b, op, width, arguments, indices);
    for (auto [i, result] : llvm::enumerate(results))
      store(result, inputs + i, rows[row]);
  }
}

void Emitter::emitElements(const Positions &at, int64_t width) {
  unsigned inputs = op.getNumDpsInputs(), outputs = op.getNumDpsInits();
  SmallVector<Value> results(outputs);
  bool sums = nest.sums < nest.loops.size();
  for (unsigned i = 0; i < outputs; ++i)
    if (sums || isUsed(inputs + i))
      results[i] = load(inputs + i, at, width);
  results = emitSums(nest.sums, at, width, results);
  for (unsigned i = 0; i < outputs; ++i)
    store(results[i], inputs + i, at);
}

SmallVector<Value> Emitter::emitSums(unsigned level, const Positions &at, int64_t width,
                                     SmallVector<Value> sums) {
  if (level == nest.loops.size())
    return emitOnce(at, width, sums);
  const NestLoop &loop = nest.loops[level];
  auto forOp = scf::ForOp::create(b, loc, zero, constant(loop.extent), one, sums);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(forOp.getBody());
  setIndex(loop, forOp.getInductionVar());
  SmallVector<Value> next = emitSums(level + 1, advance(at, loop, forOp.getInductionVar()), width,
                                     llvm::to_vector_of<Value>(forOp.getRegionIterArgs()));
  scf::YieldOp::create(b, loc, next);
  return llvm::to_vector_of<Value>(forOp.getResults());
}

SmallVector<Value> Emitter::emitOnce(const Positions &at, int64_t width, ArrayRef<Value> sums) {
  unsigned inputs = op.getNumDpsInputs();
  SmallVector<Value> arguments;
  for (unsigned i = 0; i < inputs; ++i)
    arguments.push_back(isUsed(i) ? load(i, at, width) : Value());
  llvm::append_range(arguments, sums);
  return emitBody(b, op, width, arguments, indices);
}

/// An operand that the lane loop does not move is loaded once; the body
/// broadcasts it where it meets a vector.
Value Emitter::load(unsigned operand, const Positions &at, int64_t width) {
  if (!at[operand])
    return flat[operand];
  bool moves = width > 1 && nest.loops[nest.sums - 1].strides[operand] != 0;
  if (!moves)
    return memref::LoadOp::create(b, loc, flat[operand], at[operand]);
  Type element = cast<MemRefType>(flat[operand].getType()).getElementType();
  return vector::LoadOp::create(b, loc, VectorType::get({width}, element), flat[operand],
                                at[operand]);
}

void Emitter::store(Value value, unsigned operand, const Positions &at) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(b, loc, value, flat[operand], at[operand]);
  else
    memref::StoreOp::create(b, loc, value, flat[operand], at[operand]);
}

} // namespace

void emitLoopNest(OpBuilder &b, const LoopNest &nest, bool inParallel) {
  Emitter(b, nest).emit(inParallel);
}

} // namespace saliency

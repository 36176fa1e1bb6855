// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/loops/EmitLoopNest.h"

#include "passes/codegen/cpu/loops/VectorBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace saliency {
namespace {

/// More iterations of the parallel loop would only make shorter chunks.
constexpr int64_t kEnoughIterations = 256;

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

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, loc, value);
  }
  void flatten();
  bool isUsed(unsigned operand) {
    return !op.getBody()->getArgument(operand).use_empty();
  }
  Positions advance(const Positions &from, const NestLoop &loop, Value by,
                    int64_t step = 1);
  void setIndex(const NestLoop &loop, Value iteration);
  int64_t widest();

  void emitParallel(unsigned depth, const Positions &at);
  void emitLoop(unsigned level, const Positions &at);
  void emitLanes(unsigned level, const Positions &at);
  void emitElements(const Positions &at, int64_t width);
  SmallVector<Value> emitSums(unsigned level, const Positions &at,
                              int64_t width, SmallVector<Value> sums);
  SmallVector<Value> emitOnce(const Positions &at, int64_t width,
                              ArrayRef<Value> sums);
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
      auto metadata =
          memref::ExtractStridedMetadataOp::create(b, loc, operand);
      base = metadata.getBaseBuffer();
      start = arith::AddIOp::create(b, loc, start, metadata.getOffset());
      size = Value(arith::AddIOp::create(b, loc, constant(span),
                                         metadata.getOffset()));
      staticSize = ShapedType::kDynamic;
    } else if (offset) {
      start = constant(nest.offsets[i] + offset);
      staticSize = span + offset;
      size = b.getIndexAttr(staticSize);
    }
    flat.push_back(memref::ReinterpretCastOp::create(
        b, loc, MemRefType::get({staticSize}, type.getElementType()), base,
        b.getIndexAttr(0), ArrayRef<OpFoldResult>{size},
        ArrayRef<OpFoldResult>{b.getIndexAttr(1)}));
    starts.push_back(start);
  }
}

/// Positions after `by` times `step` iterations.
Emitter::Positions Emitter::advance(const Positions &from, const NestLoop &loop,
                                    Value by, int64_t step) {
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
  while (inParallel && depth < nest.parallel && !nest.isLane(depth) &&
         iterations < kEnoughIterations)
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
  auto parallel =
      scf::ParallelOp::create(b, loc, ValueRange{zero},
                              ValueRange{constant(total)}, ValueRange{one});
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
  if (nest.isLane(level))
    return emitLanes(level, at);
  const NestLoop &loop = nest.loops[level];
  auto forOp =
      scf::ForOp::create(b, loc, zero, constant(loop.extent), one);
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
      auto forOp = scf::ForOp::create(
          b, loc, iteration,
          constant(piece.begin + piece.trips * piece.width),
          constant(piece.width));
      b.setInsertionPointToStart(forOp.getBody());
      iteration = forOp.getInductionVar();
    }
    Value index = iteration;
    if (piece.width > 1 && loop.dim >= 0) {
      auto type = VectorType::get({piece.width}, b.getIndexType());
      index = arith::AddIOp::create(
          b, loc, broadcast(b, loc, iteration, piece.width),
          vector::StepOp::create(b, loc, type));
    }
    setIndex(loop, index);
    emitElements(advance(at, loop, iteration), piece.width);
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

SmallVector<Value> Emitter::emitSums(unsigned level, const Positions &at,
                                     int64_t width, SmallVector<Value> sums) {
  if (level == nest.loops.size())
    return emitOnce(at, width, sums);
  const NestLoop &loop = nest.loops[level];
  auto forOp =
      scf::ForOp::create(b, loc, zero, constant(loop.extent), one, sums);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(forOp.getBody());
  setIndex(loop, forOp.getInductionVar());
  SmallVector<Value> next =
      emitSums(level + 1, advance(at, loop, forOp.getInductionVar()), width,
               llvm::to_vector_of<Value>(forOp.getRegionIterArgs()));
  scf::YieldOp::create(b, loc, next);
  return llvm::to_vector_of<Value>(forOp.getResults());
}

SmallVector<Value> Emitter::emitOnce(const Positions &at, int64_t width,
                                     ArrayRef<Value> sums) {
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
  bool moves =
      width > 1 && nest.loops[nest.sums - 1].strides[operand] != 0;
  if (!moves)
    return memref::LoadOp::create(b, loc, flat[operand], at[operand]);
  Type element = cast<MemRefType>(flat[operand].getType()).getElementType();
  return vector::LoadOp::create(b, loc, VectorType::get({width}, element),
                                flat[operand], at[operand]);
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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/EmitTile.h"

#include "passes/codegen/cpu/contraction/HorizontalSum.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace saliency::contraction {
namespace {

using Values = SmallVector<Value>;

/// One vector of the tile: its place relative to the tile's first element.
struct Point {
  std::array<int64_t, 3> offset;
  int64_t width;
};

/// A value to load: constant offset, and its lanes (0: one value for all).
using Key = std::pair<int64_t, int64_t>;

class TileEmitter {
public:
  TileEmitter(OpBuilder &builder, Location loc, const TileContext &context, ArrayRef<Piece> piece)
      : b(builder), loc(loc), context(context), loops(context.contraction.loops),
        schedule(context.schedule), piece(piece) {
    collectReductions();
  }

  void emit(const Position &position) {
    if (schedule.form == LaneForm::Dot)
      emitDot(position);
    else
      emitLanes(position);
  }

private:
  void collectReductions();
  SmallVector<Point> points(ArrayRef<int64_t> widths);
  void emitLanes(const Position &position);
  void emitDot(const Position &position);
  void addAcross(ArrayRef<int64_t> widths, ValueRange sums, const SumChunk &chunk, Value &total);
  void storeChunk(const Position &position, ArrayRef<Point> elements, const SumChunk &chunk,
                  Value total);
  Values reduce(unsigned level, const Position &position, Values sums, ArrayRef<Point> points);
  Values step(const Position &position, Values sums, ArrayRef<Point> points);
  void unrolled(unsigned level, std::array<int64_t, 3> offset,
                SmallVectorImpl<std::array<int64_t, 3>> &offsets);
  Value load(Operand operand, const Position &position, Key key);

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }
  Value zero(int64_t width) {
    auto vector = VectorType::get({width}, context.contraction.elementType());
    return arith::ConstantOp::create(b, loc, b.getZeroAttr(vector));
  }
  Value index(const Position &position, Operand operand, int64_t offset) {
    offset += position.offset[operand];
    if (offset == 0)
      return position.base[operand];
    return arith::AddIOp::create(b, loc, position.base[operand], constant(offset));
  }

  OpBuilder &b;
  Location loc;
  const TileContext &context;
  ArrayRef<ContractionLoop> loops;
  const Schedule &schedule;
  ArrayRef<Piece> piece;

  struct Reduction {
    int64_t loop, trips, step;
  };
  /// Loops around the step, then the ones spelt out in it.
  SmallVector<Reduction> around, inside;
};

} // namespace

Position advance(Position position, const ContractionLoop &loop, int64_t iterations) {
  for (unsigned i : {Lhs, Rhs, Out})
    position.offset[i] += iterations * loop.stride[i];
  return position;
}

Position advance(OpBuilder &b, Location loc, const Position &position, const ContractionLoop &loop,
                 Value iteration, int64_t step) {
  Position next = position;
  for (unsigned i : {Lhs, Rhs, Out}) {
    if (loop.stride[i] == 0)
      continue;
    Value distance = arith::ConstantIndexOp::create(b, loc, step * loop.stride[i]);
    Value moved = arith::MulIOp::create(b, loc, iteration, distance);
    next.base[i] = arith::AddIOp::create(b, loc, position.base[i], moved);
  }
  return next;
}

/// Reductions run with the longest stride of the vector operand outside, so
/// that the innermost walks it in memory order.
void TileEmitter::collectReductions() {
  for (auto [index, loop] : llvm::enumerate(loops)) {
    if (!loop.sums() || int64_t(index) == schedule.lane)
      continue;
    int64_t trips = schedule.isOuter(index) ? piece[index].size : loop.extent;
    auto &list = schedule.isUnrolled(index) ? inside : around;
    list.push_back({int64_t(index), trips, 1});
  }
  Operand walked =
      schedule.form == LaneForm::Broadcast && loops[schedule.lane].stride[Lhs] == 1 ? Lhs : Rhs;
  for (auto *list : {&around, &inside})
    llvm::stable_sort(*list, [&](const Reduction &x, const Reduction &y) {
      return std::abs(loops[x.loop].stride[walked]) > std::abs(loops[y.loop].stride[walked]);
    });
}

/// The tile's vectors: every combination of the register loops' iterations,
/// with the lane loop's vectors innermost.
SmallVector<Point> TileEmitter::points(ArrayRef<int64_t> widths) {
  SmallVector<Point> list = {{{0, 0, 0}, 0}};
  auto expand = [&](int64_t loop, ArrayRef<int64_t> at, ArrayRef<int64_t> width) {
    SmallVector<Point> next;
    for (const Point &point : list)
      for (auto [where, lanes] : llvm::zip(at, width)) {
        Point moved = point;
        for (unsigned i : {Lhs, Rhs, Out})
          moved.offset[i] += where * loops[loop].stride[i];
        moved.width = lanes;
        next.push_back(moved);
      }
    list = std::move(next);
  };
  for (LoopBlock block : schedule.registers) {
    auto at = llvm::to_vector(llvm::seq<int64_t>(0, piece[block.loop].size));
    expand(block.loop, at, SmallVector<int64_t>(at.size(), 0));
  }
  SmallVector<int64_t> at;
  int64_t begin = 0;
  for (int64_t width : widths) {
    at.push_back(begin);
    begin += width;
  }
  expand(schedule.lane, at, widths);
  return list;
}

void TileEmitter::emitLanes(const Position &position) {
  SmallVector<Point> list = points(piece[schedule.lane].vectors);
  Values sums;
  for (const Point &point : list)
    sums.push_back(context.fromZero ? zero(point.width)
                                    : load(Out, position, {point.offset[Out], point.width}));
  sums = reduce(0, position, sums, list);
  for (auto [point, sum] : llvm::zip(list, sums))
    vector::StoreOp::create(b, loc, sum, context.flat[Out],
                            index(position, Out, point.offset[Out]));
}

/// Partial sums over each piece of the lane loop in turn, then across lanes.
void TileEmitter::emitDot(const Position &position) {
  const ContractionLoop &lane = loops[schedule.lane];
  SmallVector<int64_t> sizes;
  for (LoopBlock block : schedule.registers)
    sizes.push_back(piece[block.loop].size);
  SmallVector<SumChunk> chunks = sumChunks(context.contraction, schedule, sizes);
  Values totals(chunks.size());
  for (const Piece &run : cutLanes(lane.extent, schedule.width, schedule.vectors)) {
    SmallVector<Point> list = points(run.vectors);
    Values sums;
    for (const Point &point : list)
      sums.push_back(zero(point.width));
    if (run.trips > 1)
      around.push_back({schedule.lane, run.trips, run.size});
    sums = reduce(0, advance(position, lane, run.begin), sums, list);
    if (run.trips > 1)
      around.pop_back();
    for (auto [chunk, total] : llvm::zip(chunks, totals))
      addAcross(run.vectors, sums, chunk, total);
  }
  SmallVector<Point> elements = points({0});
  for (auto [chunk, total] : llvm::zip(chunks, totals))
    storeChunk(position, ArrayRef(elements).slice(chunk.begin, chunk.size), chunk, total);
}

/// Adds to `total` the lanes of the chunk's sums. An element's vectors are
/// neighbours in `sums`; those of equal width are added first.
void TileEmitter::addAcross(ArrayRef<int64_t> widths, ValueRange sums, const SumChunk &chunk,
                            Value &total) {
  for (size_t first = 0, last; first < widths.size(); first = last) {
    for (last = first; last < widths.size() && widths[last] == widths[first];)
      ++last;
    Values vectors;
    for (int64_t element : llvm::seq(chunk.begin, chunk.begin + chunk.size)) {
      Value sum = sums[element * widths.size() + first];
      for (size_t i = first + 1; i < last; ++i)
        sum = arith::AddFOp::create(b, loc, sum, sums[element * widths.size() + i]);
      vectors.push_back(sum);
    }
    Value across = horizontalSums(b, loc, vectors);
    total = total ? arith::AddFOp::create(b, loc, total, across) : across;
  }
}

void TileEmitter::storeChunk(const Position &position, ArrayRef<Point> elements,
                             const SumChunk &chunk, Value total) {
  auto store = [&](const Point &point, int64_t width, Value value) {
    if (!context.fromZero) {
      Value old = load(Out, position, {point.offset[Out], width});
      value = arith::AddFOp::create(b, loc, old, value);
    }
    Value at = index(position, Out, point.offset[Out]);
    if (width)
      vector::StoreOp::create(b, loc, value, context.flat[Out], at);
    else
      memref::StoreOp::create(b, loc, value, context.flat[Out], at);
  };
  if (chunk.contiguous)
    return store(elements[0], chunk.size, total);
  for (auto [lane, point] : llvm::enumerate(elements))
    store(point, 0, vector::ExtractOp::create(b, loc, total, lane));
}

Values TileEmitter::reduce(unsigned level, const Position &position, Values sums,
                           ArrayRef<Point> points) {
  if (level == around.size())
    return step(position, sums, points);
  Reduction loop = around[level];
  OpBuilder::InsertionGuard guard(b);
  auto forOp = scf::ForOp::create(b, loc, constant(0), constant(loop.trips), constant(1), sums);
  b.setInsertionPointToStart(forOp.getBody());
  Position next = advance(b, loc, position, loops[loop.loop], forOp.getInductionVar(), loop.step);
  Values args(forOp.getRegionIterArgs());
  scf::YieldOp::create(b, loc, reduce(level + 1, next, args, points));
  return Values(forOp.getResults());
}

void TileEmitter::unrolled(unsigned level, std::array<int64_t, 3> offset,
                           SmallVectorImpl<std::array<int64_t, 3>> &offsets) {
  if (level == inside.size()) {
    offsets.push_back(offset);
    return;
  }
  for (int64_t i = 0; i < inside[level].trips; ++i) {
    unrolled(level + 1, offset, offsets);
    for (unsigned operand : {Lhs, Rhs})
      offset[operand] += loops[inside[level].loop].stride[operand];
  }
}

/// All products of one step. The operand with fewer distinct values stays in
/// registers; each value of the other is loaded once and used at once.
Values TileEmitter::step(const Position &position, Values sums, ArrayRef<Point> points) {
  SmallVector<std::array<int64_t, 3>> taps;
  unrolled(0, {0, 0, 0}, taps);

  struct Product {
    size_t sum;
    std::array<Key, 2> key;
  };
  const ContractionLoop &lane = loops[schedule.lane];
  std::array<llvm::SmallMapVector<Key, SmallVector<Product>, 16>, 2> users;
  for (const auto &tap : taps)
    for (auto [sum, point] : llvm::enumerate(points)) {
      Product product{sum, {}};
      for (unsigned i : {Lhs, Rhs})
        product.key[i] = {point.offset[i] + tap[i], lane.stride[i] ? point.width : 0};
      for (unsigned i : {Lhs, Rhs})
        users[i][product.key[i]].push_back(product);
    }

  Operand streamed = users[Lhs].size() > users[Rhs].size() ? Lhs : Rhs;
  Operand held = streamed == Lhs ? Rhs : Lhs;
  std::map<std::pair<Key, int64_t>, Value> heldValues;
  auto widened = [&](Value value, int64_t width) -> Value {
    if (isa<VectorType>(value.getType()))
      return value;
    auto type = VectorType::get({width}, value.getType());
    return vector::BroadcastOp::create(b, loc, type, value);
  };
  for (auto &[key, products] : users[streamed]) {
    Value scalar = load(streamed, position, key);
    std::map<int64_t, Value> byWidth;
    for (const Product &product : products) {
      int64_t width = points[product.sum].width;
      Value &value = byWidth[width];
      if (!value)
        value = widened(scalar, width);
      Value &other = heldValues[{product.key[held], width}];
      if (!other)
        other = widened(load(held, position, product.key[held]), width);
      Value &sum = sums[product.sum];
      sum = vector::FMAOp::create(b, loc, streamed == Lhs ? value : other,
                                  streamed == Lhs ? other : value, sum);
    }
  }
  return sums;
}

Value TileEmitter::load(Operand operand, const Position &position, Key key) {
  Value at = index(position, operand, key.first);
  Value loaded;
  if (key.second == 0) {
    loaded = memref::LoadOp::create(b, loc, context.flat[operand], at);
  } else {
    auto type = VectorType::get({key.second}, context.contraction.elementType());
    loaded = vector::LoadOp::create(b, loc, type, context.flat[operand], at);
  }
  if (operand == Out)
    return loaded;
  return context.contraction.factor(b, operand, loaded);
}

void emitTile(OpBuilder &builder, Location loc, const TileContext &context,
              const Position &position, ArrayRef<Piece> piece) {
  TileEmitter(builder, loc, context, piece).emit(position);
}

} // namespace saliency::contraction

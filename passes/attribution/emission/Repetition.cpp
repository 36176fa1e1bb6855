// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/Repetition.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/PatternMatch.h"

#include <limits>

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;
using rules::SumWord;

Repetition::Repetition(OpBuilder &builder, Location loc, int64_t fixed, Value given) : loc(loc) {
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  run.count = index(fixed);
  if (given) {
    Value entries = CountGivenOp::create(builder, loc, given);
    Value none = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, entries, index(0));
    run.count = arith::SelectOp::create(builder, loc, none, run.count, entries);
  } else {
    run.fixedCount = fixed;
  }
  loop = RepeatOp::create(builder, loc, run.count);
  run.number = loop.getRun();
}

OpBuilder Repetition::getBody() { return OpBuilder::atBlockTerminator(loop.getBody()); }

Value Repetition::filled(OpBuilder &builder, Value index, ArrayRef<int64_t> shape) const {
  Value integer = arith::IndexCastOp::create(builder, loc, builder.getI32Type(), index);
  Value scalar = arith::SIToFPOp::create(builder, loc, builder.getF32Type(), integer);
  SmallVector<int64_t> units(shape.size(), 1);
  units[0] = shape[0];
  Value number = FillOp::create(builder, loc, f32Tensor(builder.getContext(), units), scalar);
  return buildBroadcast(builder, loc, number, shape);
}

/// A per-sample value in every entry of `shape`.
static Value spread(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> units(shape.size(), 1);
  units[0] = shape[0];
  Value reshaped = ReshapeOp::create(builder, loc, value, builder.getDenseI64ArrayAttr(units));
  return buildBroadcast(builder, loc, reshaped, shape);
}

/// What the loop carries for a sum; variance: mean and sum of squared differences; softmax: largest
/// score, sum of weights, sum.
SmallVector<Value> Repetition::start(OpBuilder &builder, const Sum &sum) const {
  auto zeros = [&](Value like) { return buildSplat(builder, loc, shapeOf(like), 0); };
  switch (sum.word) {
  case SumWord::RunSum:
    return {zeros(sum.values[0])};
  case SumWord::RunVariance:
    return {zeros(sum.values[0]), zeros(sum.values[0])};
  case SumWord::RunSoftmaxMean:
    return {buildSplat(builder, loc, shapeOf(sum.values[0]), std::numeric_limits<float>::lowest()),
            zeros(sum.values[0]), zeros(sum.values[1])};
  }
  llvm_unreachable("every sum over runs starts");
}

SmallVector<Value> Repetition::step(OpBuilder &b, const Sum &sum, ValueRange carried) const {
  auto add = [&](Value x, Value y) -> Value { return arith::AddFOp::create(b, loc, x, y); };
  auto subtract = [&](Value x, Value y) -> Value { return arith::SubFOp::create(b, loc, x, y); };
  auto multiply = [&](Value x, Value y) -> Value { return arith::MulFOp::create(b, loc, x, y); };
  Value value = sum.values.back();
  switch (sum.word) {
  case SumWord::RunSum:
    return {add(carried[0], value)};
  // Welford 1962: stable where the mean is large against the deviation.
  case SumWord::RunVariance: {
    Value one = arith::ConstantIndexOp::create(b, loc, 1);
    Value soFar = filled(b, arith::AddIOp::create(b, loc, run.number, one), shapeOf(value));
    Value difference = subtract(value, carried[0]);
    Value mean = add(carried[0], arith::DivFOp::create(b, loc, difference, soFar));
    return {mean, add(carried[1], multiply(difference, subtract(value, mean)))};
  }
  // All weights are relative to the largest score so far.
  case SumWord::RunSoftmaxMean: {
    Value score = sum.values[0];
    Value larger = buildCompare(b, loc, arith::CmpFPredicate::OGT, score, carried[0]);
    Value largest = arith::SelectOp::create(b, loc, larger, score, carried[0]);
    Value shrink = math::ExpOp::create(b, loc, subtract(carried[0], largest));
    Value weight = math::ExpOp::create(b, loc, subtract(score, largest));
    ArrayRef<int64_t> shape = shapeOf(value);
    Value kept = multiply(carried[2], spread(b, loc, shrink, shape));
    return {largest, add(multiply(carried[1], shrink), weight),
            add(kept, multiply(value, spread(b, loc, weight, shape)))};
  }
  }
  llvm_unreachable("every sum over runs has a step");
}

Value Repetition::finish(OpBuilder &b, const Sum &sum, ValueRange carried) const {
  switch (sum.word) {
  case SumWord::RunSum:
    return carried[0];
  case SumWord::RunVariance:
    return arith::DivFOp::create(b, loc, carried[1], filled(b, run.count, shapeOf(carried[1])));
  case SumWord::RunSoftmaxMean:
    return arith::DivFOp::create(b, loc, carried[2],
                                 spread(b, loc, carried[1], shapeOf(carried[2])));
  }
  llvm_unreachable("every sum over runs is finished");
}

SmallVector<Value> Repetition::close(OpBuilder &builder) {
  builder.setInsertionPoint(loop);
  SmallVector<Value> starts;
  SmallVector<size_t> sizes;
  for (const Sum &sum : sums) {
    SmallVector<Value> own = start(builder, sum);
    sizes.push_back(own.size());
    llvm::append_range(starts, own);
  }
  IRRewriter rewriter(builder);
  auto steps = [&](OpBuilder &inside, ArrayRef<BlockArgument> arguments) {
    SmallVector<Value> next;
    ArrayRef<BlockArgument> rest = arguments;
    for (auto [sum, size] : llvm::zip_equal(sums, sizes)) {
      SmallVector<Value> carried(rest.take_front(size));
      rest = rest.drop_front(size);
      llvm::append_range(next, step(inside, sum, carried));
    }
    return next;
  };
  RepeatOp carrying = loop.carryingMore(rewriter, starts, steps);
  builder.setInsertionPointAfter(carrying);
  run.number = nullptr;
  SmallVector<Value> results;
  ValueRange rest = carrying.getResults();
  for (auto [sum, size] : llvm::zip_equal(sums, sizes)) {
    results.push_back(finish(builder, sum, rest.take_front(size)));
    rest = rest.drop_front(size);
  }
  return results;
}

Sums Sums::of(const BoundMethod &method, ArrayRef<NodeId> roots) {
  Sums found;
  method.forEachRead(roots, [&](NodeId id, const Node &node) {
    if (rules::overRuns(node.kind))
      found.nodes.push_back(id);
    return !rules::overRuns(node.kind);
  });
  llvm::sort(found.nodes);
  for (NodeId id : found.nodes)
    for (NodeId operand : {method.getTable().node(id).a, method.getTable().node(id).b})
      if (operand != rules::kNone)
        found.operands.push_back(operand);
  return found;
}

llvm::DenseMap<unsigned, Value> Sums::take(ArrayRef<Value> &closed) const {
  llvm::DenseMap<unsigned, Value> sums;
  for (auto [id, value] : llvm::zip(nodes, closed))
    sums[id] = value;
  closed = closed.drop_front(nodes.size());
  return sums;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// scf.parallel (%i) = (%c0) to (%c56) step (%c1) { body }
//   ->  scf.parallel (%chunk) = (%c0) to (%c16) step (%c1) {
//         scf.for %i = %chunk * 56 / 16 to (%chunk + 1) * 56 / 16 { body }
//       }
//
//  1. A loop that reduces is refused: the order of a sum must not depend on threads.
//  2. A parallel loop inside another, or without constant bounds, becomes a serial one.
//  3. One with more than `chunks` iterations is cut into so many parts, equal but for one
//     iteration.
#include "passes/codegen/cpu/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace saliency {
#define GEN_PASS_DEF_CHUNKPARALLELPASS
#include "passes/codegen/cpu/Passes.h.inc"

using namespace mlir;

namespace {

/// One loop from 0 to a constant that is not inside another parallel loop.
std::optional<int64_t> countOf(scf::ParallelOp op) {
  if (op.getNumLoops() != 1 || op->getParentOfType<scf::ParallelOp>() ||
      getConstantIntValue(op.getLowerBound().front()) != 0 ||
      getConstantIntValue(op.getStep().front()) != 1)
    return std::nullopt;
  return getConstantIntValue(op.getUpperBound().front());
}

/// parallel -> nest of for.
void serialise(scf::ParallelOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  SmallVector<Value> variables;
  for (auto [lower, upper, step] :
       llvm::zip(op.getLowerBound(), op.getUpperBound(), op.getStep())) {
    auto loop = scf::ForOp::create(b, lower, upper, step);
    variables.push_back(loop.getInductionVar());
    b.setInsertionPointToStart(loop.getBody());
  }
  for (auto [from, to] : llvm::zip(op.getInductionVars(), variables))
    from.replaceAllUsesWith(to);
  Block *target = b.getInsertionBlock();
  for (Operation &inner : llvm::make_early_inc_range(op.getBody()->without_terminator()))
    inner.moveBefore(target->getTerminator());
  op.erase();
}

/// parallel 0..n -> parallel 0..chunks { for i n / chunks .. (i + 1) n / chunks }
void cut(scf::ParallelOp op, int64_t count, int64_t chunks) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  auto constant = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(b, value); };
  Value zero = constant(0), one = constant(1), n = constant(count), parts = constant(chunks);
  auto outer = scf::ParallelOp::create(b, ValueRange{zero}, ValueRange{parts}, ValueRange{one});
  b.setInsertionPointToStart(outer.getBody());
  Value chunk = outer.getInductionVars().front();
  auto boundary = [&](Value i) -> Value {
    return arith::DivUIOp::create(b, arith::MulIOp::create(b, i, n), parts);
  };
  Value begin = boundary(chunk);
  Value end = boundary(arith::AddIOp::create(b, chunk, one));
  auto inner = scf::ForOp::create(b, begin, end, one);
  op.getInductionVars().front().replaceAllUsesWith(inner.getInductionVar());
  for (Operation &moved : llvm::make_early_inc_range(op.getBody()->without_terminator()))
    moved.moveBefore(inner.getBody()->getTerminator());
  op.erase();
}

struct ChunkParallelPass : impl::ChunkParallelPassBase<ChunkParallelPass> {
  using ChunkParallelPassBase::ChunkParallelPassBase;

  void runOnOperation() override {
    SmallVector<scf::ParallelOp> loops;
    getOperation()->walk([&](scf::ParallelOp op) { loops.push_back(op); });
    for (scf::ParallelOp op : loops) {
      if (op->getNumResults()) {
        op.emitError("the iterations of a parallel loop must not depend on "
                     "each other, this one reduces");
        return signalPassFailure();
      }
      std::optional<int64_t> count = countOf(op);
      if (!count)
        serialise(op);
      else if (*count > chunks)
        cut(op, *count, chunks);
    }
  }
};

} // namespace
} // namespace saliency

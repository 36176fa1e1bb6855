// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/loops/EmitLoopNest.h"

#include "mlir/Dialect/Linalg/Transforms/Transforms.h"

namespace saliency {
#define GEN_PASS_DEF_LOWERLOOPSPASS
#include "passes/codegen/cpu/Passes.h.inc"

using namespace mlir;

namespace {

/// Below this many executions of the body, waking other threads costs more than
/// they save.
constexpr int64_t kWorthThreads = 1 << 15;

/// Blocks of a single long loop, if it runs in parallel.
constexpr int64_t kBlocks = 64;

struct LowerLoopsPass : impl::LowerLoopsPassBase<LowerLoopsPass> {
  using LowerLoopsPassBase::LowerLoopsPassBase;

  void emit(OpBuilder &b, LoopNest nest) {
    bool inParallel = nest.iterations() >= kWorthThreads;
    if (inParallel && nest.loops.size() == 1 && nest.parallel == 1 && nest.loops.front().dim < 0) {
      auto [blocks, rest] = nest.cut(kBlocks, 4 * nest.lanes);
      emitLoopNest(b, blocks, /*inParallel=*/true);
      if (rest)
        emitLoopNest(b, *rest, /*inParallel=*/false);
      return;
    }
    if (inParallel)
      nest.splitLane();
    emitLoopNest(b, nest, inParallel);
  }

  LogicalResult lower(linalg::LinalgOp op) {
    IRRewriter rewriter(op);
    auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
    if (!generic) {
      FailureOr<linalg::GenericOp> named = linalg::generalizeNamedOp(rewriter, op);
      if (failed(named))
        return op->emitError("this operation cannot become a loop nest");
      generic = *named;
    }
    rewriter.setInsertionPoint(generic);
    FailureOr<LoopNest> nest = LoopNest::match(generic);
    if (failed(nest)) {
      ++irregular;
      if (report)
        generic->emitRemark("strides are not constant: plain loops");
      if (failed(linalg::linalgOpToLoops(rewriter, generic)))
        return generic->emitError("this operation cannot become a loop nest");
    } else {
      nest->arrange(machine);
      if (report)
        generic->emitRemark() << nest->iterations() << " iterations in " << nest->lanes
                              << (nest->tiled ? " lanes of tiles, " : " lanes, ") << nest->parallel
                              << " loops parallel, " << nest->loops.size() - nest->sums
                              << " in registers";
      ++(nest->lanes > 1 ? vectorised : scalar);
      emit(rewriter, *nest);
    }
    rewriter.eraseOp(generic);
    return success();
  }

  void runOnOperation() override {
    machine = Machine::host();
    machine.vectorBits = vectorBits;
    vectorised = scalar = irregular = 0;
    SmallVector<linalg::LinalgOp> ops;
    getOperation()->walk([&](linalg::LinalgOp op) { ops.push_back(op); });
    for (linalg::LinalgOp op : ops)
      if (failed(lower(op)))
        return signalPassFailure();
    count(getArgument(), "vectorised", vectorised);
    count(getArgument(), "scalar", scalar);
    count(getArgument(), "irregular", irregular);
  }

  Machine machine;
  int64_t vectorised = 0, scalar = 0, irregular = 0;
};

} // namespace
} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// linalg.generic {addf} ins(%a : memref<4x32xf32>) outs(%c : memref<4x32xf32>)
//   ->  scf.for %i = 0 to 128 step 64 {
//         %x = vector.load %a1[%i]   // 64 numbers: 4 vectors of 512 bits
//         ...
//         vector.store %z, %c1[%i]
//       }
//
//  1. A named op becomes a linalg.generic, and that a nest of loops with strides (LoopNest.h);
//  where
//     strides are not constant, upstream's plain loops.
//  2. The nest chooses its lane loop, orders its loops and joins them.
//  3. A nest with executions enough to be worth waking threads offers its outer loops to them: a
//     single long loop is cut into blocks, a nest whose only parallel loop is the lane gets blocks
//     of lanes.
//  4. The loops are emitted (EmitLoopNest.h).
//
// No step reorders a sum: reductions stay in the op's order, and lanes are elements of the output.
#include "passes/Counter.h"
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/contraction/WorthThreads.h"
#include "passes/codegen/cpu/loops/EmitLoopNest.h"

#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "saliency-lower-loops"

namespace saliency {
#define GEN_PASS_DEF_LOWERLOOPSPASS
#include "passes/codegen/cpu/Passes.h.inc"

using namespace mlir;

namespace {

/// Blocks of a single long loop, if it runs in parallel.
constexpr int64_t kBlocks = 64;

struct LowerLoopsPass : impl::LowerLoopsPassBase<LowerLoopsPass> {
  using LowerLoopsPassBase::LowerLoopsPassBase;

  void emit(OpBuilder &b, LoopNest nest) {
    bool inParallel = nest.iterations() >= kExecutionsWorthThreads;
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
      LLVM_DEBUG(llvm::dbgs() << "strides are not constant: " << *generic << '\n');
      if (report)
        generic->emitRemark("strides are not constant: plain loops");
      if (failed(linalg::linalgOpToLoops(rewriter, generic)))
        return generic->emitError("this operation cannot become a loop nest");
    } else {
      nest->arrange(vectorBits / 32);
      LLVM_DEBUG(llvm::dbgs() << (nest->iterations() >= kExecutionsWorthThreads
                                      ? "on several threads, "
                                      : "on one thread, ")
                              << nest->iterations() << " executions in " << nest->lanes
                              << " lanes: " << generic->getLoc() << '\n');
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

  int64_t vectorised = 0, scalar = 0, irregular = 0;
};

} // namespace
} // namespace saliency

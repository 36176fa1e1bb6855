// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// linalg.matmul {saliency.schedule} ins(%a, %b : memref<64x64xf32>, memref<64x64xf32>) ...
//   ->  linalg.matmul {saliency.parallel, saliency.schedule} ...
//
// A contraction with a schedule and products enough to be worth waking threads gets the mark; ops
// without a schedule are for --saliency-lower-loops to decide.
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/contraction/Schedule.h"
#include "passes/codegen/cpu/contraction/WorthThreads.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "saliency-mark-parallel"

namespace saliency {
#define GEN_PASS_DEF_MARKPARALLELPASS
#include "passes/codegen/cpu/Passes.h.inc"

using namespace mlir;

namespace {

struct MarkParallelPass : impl::MarkParallelPassBase<MarkParallelPass> {
  void runOnOperation() override {
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (!op->hasAttr(scheduleAttrName))
        return;
      int64_t products = 1;
      for (int64_t extent : op.getStaticLoopRanges())
        products *= extent;
      bool worth = products >= kProductsWorthThreads;
      LLVM_DEBUG(llvm::dbgs() << (worth ? "on several threads, " : "on one thread, ") << products
                              << " products: " << op->getLoc() << '\n');
      if (worth)
        op->setAttr(parallelAttrName, UnitAttr::get(op.getContext()));
    });
  }
};

} // namespace
} // namespace saliency

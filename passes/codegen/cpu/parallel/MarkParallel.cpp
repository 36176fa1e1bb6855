// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/contraction/Schedule.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace saliency {
#define GEN_PASS_DEF_MARKPARALLELPASS
#include "passes/codegen/cpu/Passes.h.inc"

using namespace mlir;

namespace {

/// Below this many multiplications, waking other threads costs more than they
/// save: some 20 microseconds on one core.
constexpr int64_t kWorthThreads = 1 << 18;

struct MarkParallelPass : impl::MarkParallelPassBase<MarkParallelPass> {
  void runOnOperation() override {
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (!op->hasAttr(scheduleAttrName))
        return;
      int64_t work = 1;
      for (int64_t extent : op.getStaticLoopRanges())
        work *= extent;
      if (work >= kWorthThreads)
        op->setAttr(parallelAttrName, UnitAttr::get(op.getContext()));
    });
  }
};

} // namespace
} // namespace saliency

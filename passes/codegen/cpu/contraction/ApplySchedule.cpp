// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"
#include "passes/codegen/cpu/contraction/EmitContraction.h"
#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/codegen/cpu/contraction/ZeroFill.h"

namespace saliency {
#define GEN_PASS_DEF_APPLYSCHEDULE
#include "passes/codegen/cpu/contraction/Passes.h.inc"

namespace {

using namespace mlir;
using namespace contraction;

/// Each output element belongs to one tile that sums all of it.
bool sumsInOneTile(const Contraction &contraction, const Schedule &schedule) {
  return schedule.blocks.empty() &&
         llvm::none_of(contraction.loops,
                       [](const ContractionLoop &loop) { return loop.scatters(); });
}

/// The loops write every element of the output, so no zero of a dropped fill
/// is missed.
bool coversOutput(const Contraction &contraction) {
  int64_t written = 1;
  for (const ContractionLoop &loop : contraction.loops)
    if (loop.stride[Out])
      written *= loop.extent;
  return written == cast<MemRefType>(contraction.memref(Out).getType()).getNumElements();
}

struct ApplySchedulePass : public impl::ApplyScheduleBase<ApplySchedulePass> {
  using ApplyScheduleBase::ApplyScheduleBase;

  LogicalResult apply(linalg::LinalgOp op) {
    std::string why;
    auto contraction = Contraction::match(op, why);
    if (failed(contraction))
      return op->emitError() << why;
    auto schedule = Schedule::fromAttr(op->getAttr(scheduleAttrName), *contraction, why);
    if (failed(schedule))
      return op->emitError() << why << "; found " << op->getAttr(scheduleAttrName);

    EmitOptions options;
    options.parallel = op->hasAttr(parallelAttrName);
    if (sumsInOneTile(*contraction, *schedule) && coversOutput(*contraction))
      if (auto fill = findZeroFill(op, contraction->memref(Out))) {
        fill->erase();
        count("saliency-apply-schedule", "zero fills dropped", 1);
        options.fromZero = true;
      }
    OpBuilder builder(op);
    emitContraction(builder, op->getLoc(), *contraction, *schedule, options);
    op->erase();
    return success();
  }

  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> scheduled;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op->hasAttr(scheduleAttrName))
        scheduled.push_back(op);
    });
    for (linalg::LinalgOp op : scheduled)
      if (failed(apply(op)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// linalg.fill ins(%zero) outs(%c)
// linalg.matmul {saliency.schedule = {lanes = array<i64: 1, 16, 1>, registers = [[0, 4]], ...}}
//     ins(%a, %b) outs(%c)
//   ->  scf.for %column, scf.for %row {            // order: loops around the tile
//         %sums:4 = scf.for %k iter_args(...) {    // a tile: 4 rows of 16 columns
//           %w = vector.load %b[...]
//           %s0 = vector.fma broadcast(%a[...]), %w, %acc0 ...
//         }
//         vector.store %sums#0, %c[...] ...
//       }
//
//  1. The op is read as loops with strides, the schedule is checked against them (Schedule.h): one
//     that would change the order of a sum is an error.
//  2. Where one tile sums each element of the output, a fill with zeros directly before is dropped
//     and the tile starts at zero.
//  3. Loops and tiles are emitted, a tile of its own for what is left over at the end of a loop
//     (EmitContraction.h, EmitTile.h); with `saliency.parallel` the outermost loops are one
//     scf.parallel.
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

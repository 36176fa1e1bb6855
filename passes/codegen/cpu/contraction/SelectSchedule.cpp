// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// linalg.matmul ins(%a, %b) outs(%c)
//   ->  linalg.matmul {saliency.schedule = {form = "broadcast", lanes = array<i64: 1, 16, 2>,
//           registers = [[0, 14]], order = array<i64: 1, 0>, ...}} ins(%a, %b) outs(%c)
//
//  1. The processor: from its names, or from numbers where these are given.
//  2. Any op whose body is out + f(lhs) * g(rhs) is seen as loops with strides (Contraction.h); one
//     that uses no entry twice is left to --saliency-lower-loops.
//  3. The cheapest tile by count of instructions (TileCost.h), then the order of the loops around
//  it
//     by count of cache lines (LoopOrder.h).
//
// What decides the order of a sum (lanes of partial sums, loops that share output elements) follows
// from the layer's strides and the processor, never from how many samples or threads there are.
#include "passes/Counter.h"
#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/codegen/cpu/contraction/SelectContractionTiles.h"

#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "saliency-select-schedule"

namespace saliency {
#define GEN_PASS_DEF_SELECTSCHEDULE
#include "passes/codegen/cpu/contraction/Passes.h.inc"

namespace {

using namespace contraction;

struct SelectSchedulePass : public impl::SelectScheduleBase<SelectSchedulePass> {
  using SelectScheduleBase::SelectScheduleBase;

  Machine machine() const {
    Machine machine = triple.empty() && cpu.empty() && features.empty()
                          ? Machine::host()
                          : Machine::of(triple, cpu, features);
    auto override = [](int64_t &value, int64_t given) {
      if (given)
        value = given;
    };
    override(machine.vectorBits, vectorBits);
    override(machine.vectorRegisters, vectorRegisters);
    override(machine.l1Bytes, l1Bytes);
    override(machine.l1Ways, l1Ways);
    override(machine.l2Bytes, l2Bytes);
    if (fma >= 0)
      machine.fma = fma;
    return machine;
  }

  void select(mlir::linalg::LinalgOp op, const Machine &machine) {
    std::string why;
    auto contraction = Contraction::match(op, why);
    std::optional<Schedule> schedule;
    // Sums of elementwise products read each entry once: there is nothing to keep in registers.
    if (succeeded(contraction) && !contraction->reuses()) {
      why = "a contraction uses some entry of an input more than once";
    } else if (succeeded(contraction)) {
      schedule = selectContractionTiles(*contraction, machine, op->hasAttr(parallelAttrName));
      why = "a contraction has a loop with stride 1 where lanes are";
    }
    if (schedule)
      op->setAttr(scheduleAttrName, schedule->toAttr(op->getContext()));
    count("saliency-select-schedule",
          schedule ? "contractions scheduled" : "linalg ops left to scalar loops", 1);
    LLVM_DEBUG({
      if (schedule)
        llvm::dbgs() << op->getAttr(scheduleAttrName);
      else
        llvm::dbgs() << why << "; left to other loops";
      llvm::dbgs() << ": " << op->getLoc() << '\n';
    });
    if (report && schedule)
      op->emitRemark() << "schedule " << op->getAttr(scheduleAttrName);
    else if (report)
      op->emitRemark() << why << "; left to scalar loops";
  }

  void runOnOperation() override {
    Machine target = machine();
    getOperation().walk([&](mlir::linalg::LinalgOp op) {
      if (!op->hasAttr(scheduleAttrName))
        select(op, target);
    });
  }
};

} // namespace
} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"
#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/codegen/cpu/contraction/SelectContractionTiles.h"

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
    override(machine.l2Bytes, l2Bytes);
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

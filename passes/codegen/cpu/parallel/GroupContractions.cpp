// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     linalg.fill ins(%zero) outs(%c)
//     linalg.matmul {saliency.schedule = ...} ins(%a, %b) outs(%c)
//   -->
//     scf.execute_region {
//       linalg.fill ins(%zero) outs(%c)
//       linalg.matmul {saliency.schedule = ...} ins(%a, %b) outs(%c)
//       scf.yield
//     } {saliency.group}
//
//  1. Every contraction that has a schedule goes into a region of its own.
//  2. The fill that its sum starts from goes along, where it is found (ZeroFill.h): the two end in
//     one function, in which the schedule can do without the fill.
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/contraction/Schedule.h"
#include "passes/codegen/cpu/contraction/ZeroFill.h"
#include "passes/codegen/interface/Interface.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace saliency {
#define GEN_PASS_DEF_GROUPCONTRACTIONSPASS
#include "passes/codegen/cpu/Passes.h.inc"

using namespace mlir;

namespace {

void group(linalg::LinalgOp op) {
  OpBuilder b(op);
  auto region = scf::ExecuteRegionOp::create(b, op.getLoc(), TypeRange());
  region->setAttr(kGroupAttr, b.getUnitAttr());
  Block *body = b.createBlock(&region.getRegion());
  auto fill = contraction::findZeroFill(region, op.getDpsInitOperand(0)->get());
  if (fill)
    fill->moveBefore(body, body->end());
  op->moveBefore(body, body->end());
  b.setInsertionPointToEnd(body);
  scf::YieldOp::create(b, op.getLoc());
}

struct GroupContractionsPass : impl::GroupContractionsPassBase<GroupContractionsPass> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> scheduled;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (op->hasAttr(scheduleAttrName))
        scheduled.push_back(op);
    });
    for (linalg::LinalgOp op : scheduled)
      group(op);
  }
};

} // namespace
} // namespace saliency

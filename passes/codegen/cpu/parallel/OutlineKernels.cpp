// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"
#include "passes/codegen/Interface.h"
#include "passes/codegen/Passes.h"
#include "passes/codegen/cpu/parallel/Outline.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace saliency {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "passes/codegen/Passes.h.inc"

using namespace mlir;

namespace {

/// The iterations of a parallel loop become calls of a function; the number of
/// them stays on the call until the C entry's hook is known.
void outlineParallel(scf::ParallelOp op, Value hooks, Outliner &outliner) {
  OpBuilder b(op);
  Value index = op.getInductionVars().front();
  Value count = op.getUpperBound().front();
  auto function =
      outliner.outline(*op.getBody(), "parallel", {hooks}, {index});
  SmallVector<Value> arguments(function.captured);
  arguments.push_back(op.getLowerBound().front());
  auto call = func::CallOp::create(b, op.getLoc(), function.callee, arguments);
  call->setAttr(kParallelCountAttr,
                b.getI64IntegerAttr(*getConstantIntValue(count)));
  op.erase();
}

void outlineLoop(scf::ForOp op, Outliner &outliner) {
  OpBuilder b(op);
  // A region of its own, so that the loop itself moves too.
  auto region = scf::ExecuteRegionOp::create(b, op.getLoc(), TypeRange());
  Block *body = b.createBlock(&region.getRegion());
  op->moveBefore(body, body->end());
  b.setInsertionPointToEnd(body);
  scf::YieldOp::create(b, op.getLoc());
  auto function = outliner.outline(*body, "nest", {}, {});
  b.setInsertionPoint(region);
  func::CallOp::create(b, region.getLoc(), function.callee, function.captured);
  region.erase();
}

/// The loop over the targets holds the backward pass; everything else is the
/// code of one operation.
bool isTargetLoop(scf::ForOp op) {
  return op->getParentOp() && isa<func::FuncOp>(op->getParentOp()) &&
         isa<BlockArgument>(op.getUpperBound());
}

struct OutlineKernelsPass : impl::OutlineKernelsPassBase<OutlineKernelsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<func::FuncOp> kernel = findKernel(module);
    FailureOr<Interface> interface = Interface::of(module);
    if (failed(kernel) || failed(interface))
      return signalPassFailure();
    Value hooks = kernel->getArgument(interface->hooksArgument());

    Outliner outliner(module);
    SmallVector<scf::ParallelOp> parallels;
    kernel->walk([&](scf::ParallelOp op) { parallels.push_back(op); });
    for (scf::ParallelOp op : parallels)
      outlineParallel(op, hooks, outliner);
    SmallVector<scf::ForOp> loops;
    kernel->walk<WalkOrder::PreOrder>([&](scf::ForOp op) {
      if (isTargetLoop(op))
        return WalkResult::advance();
      if (op->getNumResults() == 0)
        loops.push_back(op);
      return WalkResult::skip();
    });
    for (scf::ForOp op : loops)
      outlineLoop(op, outliner);
    count(getArgument(), "functions", outliner.made);
    count(getArgument(), "functions shared", outliner.shared);
  }
};

} // namespace
} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// scf.parallel (%i) = (%c0) to (%c16) step (%c1) { ... %a ... %b ... }
//   ->  func.call @parallel_0(%hooks, %a, %b, %c0) {saliency.parallel_count = 16}
//       func.func private @parallel_0(%hooks, %a, %b, %i) { ... }
//
//  1. The caller's hooks are found: the pointer among the arguments of the function around it.
//  2. The body becomes a function of what it uses and of the index (Outline.h); that of an equal
//     body is used again.
//  3. The call stands for all iterations until --saliency-lower-parallel knows how they are called.
#include "passes/Counter.h"
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/parallel/ParallelHook.h"
#include "passes/codegen/plan/Outline.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace saliency {
#define GEN_PASS_DEF_OUTLINEPARALLELPASS
#include "passes/codegen/cpu/Passes.h.inc"

using namespace mlir;

namespace {

/// The caller's hooks: the argument of @explain, and of every function that
/// was outlined from it, that is an LLVM pointer.
Value hooksOf(Operation *op) {
  auto function = op->getParentOfType<func::FuncOp>();
  for (BlockArgument argument : function.getArguments())
    if (isa<LLVM::LLVMPointerType>(argument.getType()))
      return argument;
  return nullptr;
}

/// The iterations of a parallel loop become calls of a function; the number of
/// them stays on the call until the C entry's hook is known.
void outlineParallel(scf::ParallelOp op, Outliner &outliner) {
  OpBuilder b(op);
  Value hooks = hooksOf(op), index = op.getInductionVars().front();
  Value count = op.getUpperBound().front();
  auto function = outliner.outline(*op.getBody(), "parallel", hooks, index);
  SmallVector<Value> arguments(function.captured);
  arguments.push_back(op.getLowerBound().front());
  auto call = func::CallOp::create(b, op.getLoc(), function.callee, arguments);
  call->setAttr(kParallelCountAttr, b.getI64IntegerAttr(*getConstantIntValue(count)));
  op.erase();
}

struct OutlineParallelPass : impl::OutlineParallelPassBase<OutlineParallelPass> {
  void runOnOperation() override {
    Outliner outliner(getOperation());
    SmallVector<scf::ParallelOp> loops;
    getOperation()->walk([&](scf::ParallelOp op) { loops.push_back(op); });
    for (scf::ParallelOp op : loops) {
      if (!hooksOf(op)) {
        op.emitError("a parallel loop needs the caller's hooks, its function "
                     "has no argument of type !llvm.ptr");
        return signalPassFailure();
      }
      outlineParallel(op, outliner);
    }
    count(getArgument(), "functions", outliner.made);
    count(getArgument(), "functions shared", outliner.shared);
  }
};

} // namespace
} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     func.func @explain(..., %hooks: !llvm.ptr) {
//       scf.execute_region {                          // a group of the target
//         linalg.fill ins(%zero) outs(%c)
//         linalg.matmul ins(%a, %b) outs(%c)
//       } {saliency.group}
//       linalg.copy ins(%c) outs(%d)                  // 64 elements
//       linalg.fill ins(%zero) outs(%e)               // 2 elements
//     }
//   -->
//     func.func @explain(..., %hooks: !llvm.ptr) {
//       call @kernel_0(%hooks, %a, %b, %c)
//       call @kernel_1(%hooks, %c, %d)
//       linalg.fill ins(%zero) outs(%e)
//     }
//     func.func private @kernel_0(%hooks, %a: ... {llvm.noalias}, ...) { fill, matmul }
//     func.func private @kernel_1(%hooks, %c: ... {llvm.noalias}, ...) { copy }
//
//  1. Groups that are worth a call become functions; the others are dissolved.
//  2. Every other linalg operation that is worth a call is put into a region and becomes one, too.
//  3. The outliner (Outline.h) reuses the function of an equal operation.
#include "passes/Counter.h"
#include "passes/codegen/interface/Interface.h"
#include "passes/codegen/plan/Outline.h"
#include "passes/codegen/plan/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "saliency-outline-operations"

namespace saliency {
#define GEN_PASS_DEF_OUTLINEOPERATIONSPASS
#include "passes/codegen/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// How often the body is executed; 0 if that is known in a call only.
int64_t executions(linalg::LinalgOp op) {
  int64_t iterations = 1;
  for (int64_t extent : op.getStaticLoopRanges()) {
    if (ShapedType::isDynamic(extent))
      return 0;
    iterations *= extent;
  }
  return iterations;
}

/// That of the operation for whose sake the group was made.
int64_t executions(scf::ExecuteRegionOp group) {
  int64_t most = 0;
  group.walk([&](linalg::LinalgOp op) { most = std::max(most, executions(op)); });
  return most;
}

void dissolve(scf::ExecuteRegionOp group) {
  for (Operation &op : llvm::make_early_inc_range(group.getRegion().front().without_terminator()))
    op.moveBefore(group);
  group.erase();
}

scf::ExecuteRegionOp groupAlone(linalg::LinalgOp op) {
  OpBuilder b(op);
  auto group = scf::ExecuteRegionOp::create(b, op.getLoc(), TypeRange());
  Block *body = b.createBlock(&group.getRegion());
  op->moveBefore(body, body->end());
  b.setInsertionPointToEnd(body);
  scf::YieldOp::create(b, op.getLoc());
  return group;
}

struct OutlineOperationsPass : impl::OutlineOperationsPassBase<OutlineOperationsPass> {
  using OutlineOperationsPassBase::OutlineOperationsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<func::FuncOp> kernel = findKernel(module);
    FailureOr<Interface> interface = Interface::of(module);
    if (failed(kernel) || failed(interface))
      return signalPassFailure();
    Outliner outliner(module);
    Value hooks = kernel->getArgument(interface->hooksArgument());
    outlineGroups(*kernel, hooks, outliner);
    outlineRest(*kernel, hooks, outliner);
    count(getArgument(), "functions", outliner.made);
    count(getArgument(), "functions shared", outliner.shared);
  }

private:
  /// What is known in a call only is not worth a function, whatever the target.
  bool isWorthCall(int64_t executions) const {
    return executions >= std::max<int64_t>(worthCall, 1);
  }

  void outlineGroups(func::FuncOp kernel, Value hooks, Outliner &outliner) {
    SmallVector<scf::ExecuteRegionOp> groups;
    kernel.walk([&](scf::ExecuteRegionOp group) {
      if (group->hasAttr(kGroupAttr))
        groups.push_back(group);
    });
    for (scf::ExecuteRegionOp group : groups)
      if (isWorthCall(executions(group)))
        outline(group, hooks, outliner);
      else
        dissolve(group);
  }

  void outlineRest(func::FuncOp kernel, Value hooks, Outliner &outliner) {
    SmallVector<linalg::LinalgOp> ops;
    kernel.walk([&](linalg::LinalgOp op) {
      if (isWorthCall(executions(op)))
        ops.push_back(op);
      else
        LLVM_DEBUG(llvm::dbgs() << "stays in the kernel, " << executions(op)
                                << " executions: " << *op << '\n');
    });
    for (linalg::LinalgOp op : ops)
      outline(groupAlone(op), hooks, outliner);
  }

  void outline(scf::ExecuteRegionOp group, Value hooks, Outliner &outliner) {
    OpBuilder b(group);
    Outliner::Function function = outliner.outline(group.getRegion().front(), "kernel", hooks, {});
    LLVM_DEBUG(llvm::dbgs() << "calls " << function.callee.getName() << ": " << group.getLoc()
                            << '\n');
    func::CallOp::create(b, group.getLoc(), function.callee, function.captured);
    group.erase();
  }
};

} // namespace
} // namespace saliency

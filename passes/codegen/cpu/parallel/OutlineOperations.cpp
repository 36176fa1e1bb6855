// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"
#include "passes/codegen/Interface.h"
#include "passes/codegen/Passes.h"
#include "passes/codegen/cpu/contraction/Schedule.h"
#include "passes/codegen/cpu/contraction/ZeroFill.h"
#include "passes/codegen/cpu/parallel/Outline.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace saliency {
#define GEN_PASS_DEF_OUTLINEOPERATIONSPASS
#include "passes/codegen/Passes.h.inc"

using namespace mlir;

namespace {

/// Fewer executions of the body than this stay where they are.
constexpr int64_t kWorthCall = 16;

bool isWorthCall(linalg::LinalgOp op) {
  int64_t iterations = 1;
  for (int64_t extent : op.getStaticLoopRanges()) {
    if (ShapedType::isDynamic(extent))
      return false;
    iterations *= extent;
  }
  return iterations >= kWorthCall;
}

/// A contraction takes the zeros it starts from along, since it can do without.
SmallVector<Operation *> withZeroFill(linalg::LinalgOp op) {
  if (op->hasAttr(scheduleAttrName))
    if (auto fill = contraction::findZeroFill(op, op.getDpsInitOperand(0)->get()))
      return {fill, op};
  return {op};
}

void outlineOperation(linalg::LinalgOp op, Value hooks, Outliner &outliner) {
  OpBuilder b(op);
  auto region = scf::ExecuteRegionOp::create(b, op.getLoc(), TypeRange());
  Block *body = b.createBlock(&region.getRegion());
  for (Operation *moved : withZeroFill(op))
    moved->moveBefore(body, body->end());
  b.setInsertionPointToEnd(body);
  scf::YieldOp::create(b, op.getLoc());
  auto function = outliner.outline(*body, "kernel", hooks, {});
  b.setInsertionPoint(region);
  func::CallOp::create(b, region.getLoc(), function.callee, function.captured);
  region.erase();
}

struct OutlineOperationsPass : impl::OutlineOperationsPassBase<OutlineOperationsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<func::FuncOp> kernel = findKernel(module);
    FailureOr<Interface> interface = Interface::of(module);
    if (failed(kernel) || failed(interface))
      return signalPassFailure();
    Value hooks = kernel->getArgument(interface->hooksArgument());
    Outliner outliner(module);
    auto outlineAll = [&](bool scheduled) {
      SmallVector<linalg::LinalgOp> ops;
      kernel->walk([&](linalg::LinalgOp op) {
        if (isWorthCall(op) && op->hasAttr(scheduleAttrName) == scheduled)
          ops.push_back(op);
      });
      for (linalg::LinalgOp op : ops)
        outlineOperation(op, hooks, outliner);
    };
    // Contractions first: they take fills from the others.
    outlineAll(/*scheduled=*/true);
    outlineAll(/*scheduled=*/false);
    count(getArgument(), "functions", outliner.made);
    count(getArgument(), "functions shared", outliner.shared);
  }
};

} // namespace
} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/llvm/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace saliency {
#define GEN_PASS_DEF_CHECKMACHINECODEPASS
#include "passes/codegen/llvm/Passes.h.inc"

using namespace mlir;

namespace {

LogicalResult check(Operation *op, ArrayRef<std::string> hooks) {
  if (isa<ModuleOp>(op))
    return success();
  if (isa<UnrealizedConversionCastOp>(op))
    return op->emitError("every value must have a machine type, this one was "
                         "converted only halfway");
  if (!isa<LLVM::LLVMDialect>(op->getDialect()))
    return op->emitError("every operation must have become LLVM, '")
           << op->getName() << "' is left";
  auto call = dyn_cast<LLVM::CallOp>(op);
  if (!call || !call.getCallee())
    return success();
  auto callee = op->getParentOfType<ModuleOp>().lookupSymbol<LLVM::LLVMFuncOp>(*call.getCallee());
  if (callee && (!callee.isExternal() || is_contained(hooks, callee.getName())))
    return success();
  return op->emitError("generated code calls nothing outside itself, this calls "
                       "@")
         << *call.getCallee();
}

struct CheckMachineCodePass : impl::CheckMachineCodePassBase<CheckMachineCodePass> {
  using CheckMachineCodePassBase::CheckMachineCodePassBase;

  void runOnOperation() override {
    WalkResult result = getOperation()->walk([&](Operation *op) {
      return failed(check(op, hooks)) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/llvm/Pipeline.h"

#include "passes/codegen/buffers/Passes.h"
#include "passes/codegen/buffers/Pipeline.h"
#include "passes/codegen/llvm/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace saliency {

void addLLVMConversion(OpPassManager &pm, const TargetFacts &facts) {
  pm.addNestedPass<func::FuncOp>(memref::createFoldMemRefAliasOpsPass());
  pm.addNestedPass<func::FuncOp>(memref::createExpandStridedMetadataPass());
  pm.addNestedPass<func::FuncOp>(createLowerAffinePass());
  addFunctionCleanup(pm);
  // What the schedule added: products that are added, for machines that do it in two instructions.
  LowerMathPassOptions math;
  math.fma = facts.fusedMultiplyAdd;
  pm.addPass(createLowerMathPass(math));
  pm.addNestedPass<func::FuncOp>(createSCFToControlFlowPass());
  pm.addNestedPass<func::FuncOp>(createConvertVectorToLLVMPass());
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

void addMachineCodeCheck(OpPassManager &pm, ArrayRef<std::string> hooks) {
  addCleanup(pm.nest<LLVM::LLVMFuncOp>());
  CheckMachineCodePassOptions check;
  llvm::append_range(check.hooks, hooks);
  pm.addPass(createCheckMachineCodePass(check));
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// %zero = arith.constant dense<0.0> : tensor<4x3x3x3xf32>
// %positive = arith.maximumf %w, %zero         // %w a saliency.constant
//   ->  %positive = saliency.constant          // evaluated
//
// Chains of elementwise ops that start at constants only are found; where one ends, it is evaluated
// number by number (ConstantEvaluator.h), so that no result between is stored.
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "passes/Counter.h"
#include "passes/to_linalg/ConstantEvaluator.h"
#include "passes/to_linalg/ConstantRelay.h"
#include "passes/to_linalg/Passes.h"

namespace saliency {
#define GEN_PASS_DEF_FOLDWEIGHTS
#include "passes/to_linalg/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

/// Whether somebody outside of the chains reads the op's numbers.
bool endsChain(Operation *op, const llvm::SetVector<Operation *> &foldable) {
  return getElementTypeOrSelf(op->getResult(0)).isF32() &&
         llvm::any_of(op->getUsers(), [&](Operation *user) { return !foldable.contains(user); });
}

struct FoldWeightsPass final : saliency::impl::FoldWeightsBase<FoldWeightsPass> {
  using FoldWeightsBase::FoldWeightsBase;

  void runOnOperation() override {
    llvm::SetVector<Operation *> foldable, constants;
    getOperation()->walk([&](Operation *op) {
      auto isKnown = [&](Value operand) {
        return constantOf(operand) || foldable.contains(operand.getDefiningOp());
      };
      if (!entryKernel(op) || !llvm::all_of(op->getOperands(), isKnown))
        return;
      foldable.insert(op);
      for (Value operand : op->getOperands())
        if (constantOf(operand))
          constants.insert(operand.getDefiningOp());
    });
    for (Operation *op : foldable) {
      if (!endsChain(op, foldable))
        continue;
      OpBuilder builder(op);
      ElementsAttr value = evaluateConstant(op->getResult(0));
      if (!value)
        continue;
      op->getResult(0).replaceUsesWithIf(
          saliency::ConstantOp::create(builder, op->getLoc(), value),
          [&](OpOperand &use) { return !foldable.contains(use.getOwner()); });
      count("fold-weights", "chains on constants evaluated", 1);
    }
    for (const llvm::SetVector<Operation *> &ops : {foldable, constants})
      for (Operation *op : llvm::reverse(ops))
        if (isOpTriviallyDead(op))
          op->erase();
  }
};

} // namespace

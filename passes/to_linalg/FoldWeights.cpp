// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
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
    llvm::SetVector<Operation *> foldable;
    getOperation()->walk([&](Operation *op) {
      auto isKnown = [&](Value operand) { return constantOf(operand) || foldable.contains(operand.getDefiningOp()); };
      if (entryKernel(op) && llvm::all_of(op->getOperands(), isKnown))
        foldable.insert(op);
    });
    for (Operation *op : foldable) {
      if (!endsChain(op, foldable))
        continue;
      OpBuilder builder(op);
      if (ElementsAttr value = evaluateConstant(op->getResult(0)))
        op->getResult(0).replaceUsesWithIf(saliency::ConstantOp::create(builder, op->getLoc(), value),
                                           [&](OpOperand &use) { return !foldable.contains(use.getOwner()); });
    }
    for (Operation *op : llvm::reverse(foldable))
      if (isOpTriviallyDead(op))
        op->erase();
  }
};

} // namespace

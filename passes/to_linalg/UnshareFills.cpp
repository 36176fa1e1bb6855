// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// %zeros = linalg.fill ins(%zero) outs(%empty)
// %a = linalg.generic ... outs(%zeros)
// %b = linalg.generic ... outs(%zeros)
//   ->  each of %a and %b gets a fill of its own, directly before it
//
// Fills, and starts of sums that are as cheap, are cloned before every op that overwrites them: in
// buffers one alone could write in place, the others would copy zeros.
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "passes/Counter.h"
#include "passes/to_linalg/Passes.h"

namespace saliency {
#define GEN_PASS_DEF_UNSHAREFILLS
#include "passes/to_linalg/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

/// Whether the use's owner writes into this operand.
bool isOverwritten(OpOperand &use) {
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(use.getOwner()))
    return destination.isDpsInit(&use);
  if (auto loop = dyn_cast<LoopLikeOpInterface>(use.getOwner()))
    return llvm::is_contained(loop.getInits(), use.get());
  return false;
}

/// A fill, or what a fill could not do: a nest that reads at most a vector (the start of a sum at
/// its bias).
bool isCheapStart(linalg::LinalgOp op) {
  if (op->getNumResults() != 1 || op.getNumLoops() != op.getNumParallelLoops())
    return false;
  auto isSmall = [](Value input) {
    auto type = dyn_cast<RankedTensorType>(input.getType());
    return !type || type.getRank() <= 1;
  };
  return op.getNumLoops() > 1 && llvm::all_of(op.getDpsInputs(), isSmall) &&
         op.getDpsInits()[0].getDefiningOp<tensor::EmptyOp>();
}

struct UnshareFillsPass final : saliency::impl::UnshareFillsBase<UnshareFillsPass> {
  using UnshareFillsBase::UnshareFillsBase;

  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> starts;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (op.hasPureTensorSemantics() && (isa<linalg::FillOp>(op) || isCheapStart(op)))
        starts.push_back(op);
    });
    for (linalg::LinalgOp start : starts) {
      OpBuilder builder(start);
      for (OpOperand &use : llvm::make_early_inc_range(start->getUses())) {
        if (!isOverwritten(use))
          continue;
        builder.setInsertionPoint(use.getOwner());
        use.set(builder.clone(*start.getOperation())->getResult(0));
        count("unshare-fills", "fills", 1);
      }
      if (start->use_empty())
        start->erase();
    }
  }
};

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     %a = linalg.generic {negf} ins(%x)            // one user
//     %b = linalg.generic {addf} ins(%a, %y)
//     %c = linalg.generic {absf} ins(%w)            // a function of one weight
//     %d = linalg.generic {mulf, addf} ins(%x, %c)  // a contraction
//     %e = linalg.generic {exp} ins(%x)             // two users
//   -->
//     %b = linalg.generic {negf, addf} ins(%x, %y)
//     %d = linalg.generic {absf, mulf, addf} ins(%x, %w)
//     %e = linalg.generic {exp} ins(%x)
//
//  1. mayFuse decides for each pair of producer and operand, by three questions: would work be
//     repeated (several users, or a user that reads an element more than once), is that cheaper
//     than memory, and does a contraction keep two operands.
//  2. Upstream's patterns fuse the pairs that it allows; what then has no user disappears.
#include "passes/codegen/buffers/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "saliency-fuse-elementwise"

namespace saliency {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "passes/codegen/buffers/Passes.h.inc"

using namespace mlir;

namespace {

/// Less work than writing and reading the result: one operand, no division, no
/// transcendental function.
bool isCheaperThanMemory(linalg::LinalgOp producer) {
  if (producer.getNumDpsInputs() > 1)
    return false;
  for (Operation &op : producer.getBlock()->without_terminator())
    if (isa<arith::DivFOp>(op) || isa<math::MathDialect>(op.getDialect()))
      return false;
  return true;
}

/// Each element of the operand is needed in one iteration only.
bool evaluatesOnce(linalg::LinalgOp consumer, OpOperand *operand) {
  return consumer.getMatchingIndexingMap(operand).isPermutation();
}

bool onlyParallel(linalg::LinalgOp op) { return op.getNumLoops() == op.getNumParallelLoops(); }

bool readsWeightsOnly(linalg::LinalgOp op) {
  return llvm::all_of(op.getDpsInputs(), [](Value input) {
    return input.getDefiningOp<bufferization::ToTensorOp>() != nullptr;
  });
}

/// A contraction keeps its two operands; functions of one weight are evaluated
/// inside it, so that |W| or max(W, 0) is never stored.
bool mayFuseIntoContraction(linalg::LinalgOp producer) {
  return isCheaperThanMemory(producer) && readsWeightsOnly(producer);
}

bool isAllowed(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::LinalgOp>();
  auto consumer = dyn_cast<linalg::LinalgOp>(operand->getOwner());
  if (!producer || !consumer || producer->getBlock() != consumer->getBlock())
    return false;
  if (!onlyParallel(consumer) && consumer.getNumDpsInputs() > 1)
    return mayFuseIntoContraction(producer);
  if (producer->hasOneUse() && evaluatesOnce(consumer, operand))
    return true;
  return onlyParallel(consumer) && isCheaperThanMemory(producer);
}

bool mayFuse(OpOperand *operand) {
  bool allowed = isAllowed(operand);
  LLVM_DEBUG(llvm::dbgs() << (allowed ? "fuses into " : "stays apart from ")
                          << operand->getOwner()->getLoc() << ": " << operand->get() << '\n');
  return allowed;
}

struct FuseElementwisePass : impl::FuseElementwisePassBase<FuseElementwisePass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    linalg::populateElementwiseOpsFusionPatterns(patterns, mayFuse);
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
    tensor::EmptyOp::getCanonicalizationPatterns(patterns, context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns),
                                     GreedyRewriteConfig().setUseTopDownTraversal(true))))
      signalPassFailure();
  }
};

} // namespace
} // namespace saliency

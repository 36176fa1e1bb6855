// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How canonizers apply a pattern: once to every op that there is, in the network's order.
#ifndef SALIENCY_TRANSFORMS_INORDER_H
#define SALIENCY_TRANSFORMS_INORDER_H

#include "mlir/IR/PatternMatch.h"

namespace saliency {

/// How often a pattern applied, and how often it did not.
struct Applied {
  int64_t rewritten = 0, left = 0;
};

/// Tries `pattern` once on every op below `root` that is an OpT (an op or an interface) and that
/// `isMeant`, each found before the first is rewritten. Upstream's greedy driver would also fold
/// constants and drop what is unused, and walkAndApplyPatterns may not change ops ahead of the one
/// at hand; canonizers need neither and do the latter.
template <typename OpT, typename Pattern>
Applied applyInOrder(
    mlir::Operation *root, const Pattern &pattern,
    llvm::function_ref<bool(OpT)> isMeant = [](OpT) { return true; }) {
  llvm::SmallVector<OpT> found;
  root->walk([&](OpT op) {
    if (isMeant(op))
      found.push_back(op);
  });
  mlir::PatternRewriter rewriter(root->getContext());
  Applied applied;
  for (OpT op : found) {
    rewriter.setInsertionPoint(op);
    bool success = mlir::succeeded(pattern.matchAndRewrite(op, rewriter));
    ++(success ? applied.rewritten : applied.left);
  }
  return applied;
}

} // namespace saliency

#endif // SALIENCY_TRANSFORMS_INORDER_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a vision transformer keeps attention, tokens and patches. No file says so; this is read off
// the form that its blocks have in all published ones (Vaswani et al. 2017; Dosovitskiy et al.
// 2021):
//
//   tokens -+-> norm -> queries, keys -> matmul -> softmax -> matmul with values -> linear -+
//           |                                                                               v
//           +-----------------------------------------------------------------------------> add ->
//
// A token is one position of samples x tokens x features: an image patch, or one of a few that
// stand for none (the class token). An attention layer is a softmax whose result a matrix product
// takes; its block's tokens are the other operand of the first sum behind it. Patches form the grid
// of the first map (samples x channels x rows x columns) that has as many positions.
#include "passes/attribution/network/Network.h"

#include "dialect/ops/Builders.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "saliency-tokens"

using namespace mlir;
using namespace saliency;

/// Whether a bilinear op takes `value`, perhaps after it was rearranged.
static bool feedsBilinear(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return isa<BilinearOpInterface>(user) ||
           (isa<StructuralOpInterface>(user) && feedsBilinear(user->getResult(0)));
  });
}

bool Network::isAttention(Operation *op) {
  return isa<SoftmaxOpInterface>(op) && feedsBilinear(op->getResult(0));
}

SmallVector<Operation *> Network::findAttention() const {
  SmallVector<Operation *> found;
  for (Operation &op : *Value(logits).getParentBlock())
    if (isAttention(&op) && carriesRelevance(op.getResult(0)))
      found.push_back(&op);
  return found;
}

Value Network::findTokenLayer() const {
  SmallVector<Operation *> attention = findAttention();
  if (attention.empty())
    return nullptr;
  DenseSet<Value> behind = {attention.back()->getResult(0)}; // in the order of the network
  for (Operation *op = attention.back()->getNextNode(); op; op = op->getNextNode()) {
    auto isBehind = [&](Value operand) { return behind.contains(operand); };
    if (op->getNumResults() != 1 || llvm::none_of(op->getOperands(), isBehind))
      continue;
    behind.insert(op->getResult(0));
    auto merge = dyn_cast<MergeOpInterface>(op);
    if (!merge || merge.getMergeKind() != MergeKind::Add)
      continue;
    for (Value operand : op->getOperands())
      if (carriesRelevance(operand) && !isBehind(operand)) {
        LDBG() << "tokens: '" << valueName(operand) << "' at " << operand.getLoc() << ", of "
               << shapeText(shapeOf(operand));
        return shapeOf(operand).size() == 3 ? operand : Value();
      }
  }
  return nullptr;
}

std::optional<std::pair<int64_t, int64_t>> Network::findPatchGrid(int64_t count) const {
  SmallVector<Value> values = {input};
  for (Operation &op : *Value(logits).getParentBlock())
    if (op.getNumResults() == 1 && carriesRelevance(op.getResult(0)))
      values.push_back(op.getResult(0));
  for (Value value : values)
    if (ArrayRef<int64_t> shape = shapeOf(value); shape.size() == 4 && shape[2] * shape[3] == count)
      return std::pair(shape[2], shape[3]);
  return std::nullopt;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/plan/Lifetimes.h"

#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;

namespace saliency {

Lifetimes::Lifetimes(func::FuncOp function) : aliases(function) { number(function); }

void Lifetimes::number(Operation *op) {
  Range range{next++, 0};
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps())
      number(&inner);
  range.end = next++;
  positions[op] = range;
}

/// The ancestor of `user` that lies in `block` or, when control flow carried
/// the buffer out of `block`, in a block around it; null if that would mean
/// leaving an iteration of a loop.
static Operation *ancestorInScope(Block *block, Operation *user) {
  while (true) {
    if (Operation *ancestor = block->findAncestorOpInBlock(*user))
      return ancestor;
    Operation *parent = block->getParentOp();
    if (!parent || isa<LoopLikeOpInterface, func::FuncOp>(parent))
      return nullptr;
    block = parent->getBlock();
  }
}

FailureOr<std::optional<Lifetimes::Range>> Lifetimes::of(memref::AllocOp alloc) const {
  std::optional<Range> result;
  for (Value alias : aliases.resolve(alloc.getMemref())) {
    for (Operation *user : alias.getUsers()) {
      bool leavesIteration = user->hasTrait<OpTrait::IsTerminator>() &&
                             user->getBlock() == alloc->getBlock() &&
                             isa<LoopLikeOpInterface>(user->getParentOp());
      Operation *scope = ancestorInScope(alloc->getBlock(), user);
      if (!scope || leavesIteration)
        return failure();
      Range range = of(scope);
      if (!result)
        result = range;
      result->begin = std::min(result->begin, range.begin);
      result->end = std::max(result->end, range.end);
    }
  }
  return result;
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "dialect/SaliencyDialect.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "passes/Counter.h"

namespace saliency {
#define GEN_PASS_DEF_REMOVEDEADRELEVANCEPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {
struct RemoveDeadRelevancePass
    : saliency::impl::RemoveDeadRelevancePassBase<RemoveDeadRelevancePass> {
  void runOnOperation() override {
    int64_t all = 0, linear = 0;
    // Users come before their operands' definitions in this order, so one walk finds whole chains.
    getOperation().walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
      if (!isOpTriviallyDead(op) || op->hasTrait<OpTrait::ConstantLike>())
        return;
      linear += op->hasTrait<LinearProduct>();
      ++all;
      op->erase();
    });
    count("remove-dead-relevance", "operations removed", all);
    count("remove-dead-relevance", "convolutions, dense layers and their adjoints among them",
          linear);
  }
};
} // namespace

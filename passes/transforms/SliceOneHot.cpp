// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   %seed = one_hot %target                       M classes, all 0 but one
//   %r = divide (mulf %logits, %seed), ...        still 0 but at the target
//   %g = gemm_adjoint %W, %r                      reads all of W: M x K numbers
//      |
//      v
//   %g = gemm_adjoint_at %W, %r, %target          reads the target's row: K numbers a sample
//
// 1. For each gemm_adjoint with one matrix for all samples: follow r to the one_hot it comes from,
//    through ops that leave its zeros zeros (`support`).
// 2. Where there is one, its index says which row; %r stays, for the entry that scales the row.
#include "passes/transforms/Passes.h"

#include "dialect/LoopOps.h"
#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/Counter.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "saliency-slice-one-hot"

namespace saliency {
#define GEN_PASS_DEF_SLICEONEHOTPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

bool isZero(Value value) {
  DenseElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat() &&
         constant.getElementType().isF32() && constant.getSplatValue<float>() == 0;
}

/// The class numbers outside of which `value` (N x classes) is zero for certain, or null.
Value support(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return nullptr;
  if (auto oneHot = dyn_cast<OneHotOp>(op))
    return oneHot.getIndex();
  if (auto divide = dyn_cast<DivideOp>(op)) // 0 / b is 0 for these even where b is 0
    return divide.getDivision() != Division::Plain ? support(divide.getA()) : Value();
  if (isa<arith::MulFOp>(op)) {
    Value index = support(op->getOperand(0));
    return index ? index : support(op->getOperand(1));
  }
  if (isa<arith::NegFOp>(op))
    return support(op->getOperand(0));
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    if (isZero(select.getTrueValue()))
      return support(select.getFalseValue());
    if (isZero(select.getFalseValue()))
      return support(select.getTrueValue());
  }
  return nullptr;
}

struct SliceOneHotPass : saliency::impl::SliceOneHotPassBase<SliceOneHotPass> {
  void runOnOperation() override {
    SmallVector<std::pair<GemmAdjointOp, Value>> found;
    getOperation().walk([&](GemmAdjointOp adjoint) {
      if (shapeOf(adjoint.getWeight()).size() != 2)
        return;
      Value index = support(adjoint.getR());
      LDBG() << "r " << (index ? "is zero but at one class" : "may be anything") << " at "
             << adjoint.getLoc();
      if (index)
        found.emplace_back(adjoint, index);
    });
    for (auto [adjoint, index] : found) {
      OpBuilder builder(adjoint);
      adjoint.replaceAllUsesWith(GemmAdjointAtOp::create(builder, adjoint.getLoc(),
                                                         adjoint.getWeight(), adjoint.getR(), index)
                                     .getResult());
      adjoint.erase();
    }
    count("slice-one-hot", "matrix products replaced by a row", found.size());
  }
};

} // namespace

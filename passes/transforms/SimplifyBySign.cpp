// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "passes/Counter.h"
#include "passes/analysis/SignAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace saliency {
#define GEN_PASS_DEF_SIMPLIFYBYSIGNPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

/// What a comparison of `x` with zero gives, where x's sign decides it.
std::optional<bool> decide(arith::CmpFPredicate predicate, Sign x) {
  using Predicate = arith::CmpFPredicate;
  switch (predicate) {
  case Predicate::OLT: case Predicate::ULT:
    return !x.mayBeNegative() ? std::optional(false) : x == Sign::negative() ? std::optional(true) : std::nullopt;
  case Predicate::OGT: case Predicate::UGT:
    return !x.mayBePositive() ? std::optional(false) : x == Sign::positive() ? std::optional(true) : std::nullopt;
  case Predicate::OLE: case Predicate::ULE:
    return x.isNonPositive() ? std::optional(true) : x == Sign::positive() ? std::optional(false) : std::nullopt;
  case Predicate::OGE: case Predicate::UGE:
    return x.isNonNegative() ? std::optional(true) : x == Sign::negative() ? std::optional(false) : std::nullopt;
  case Predicate::ONE: case Predicate::UNE:
    return x == Sign::zero() ? std::optional(false) : !x.mayBeZero() ? std::optional(true) : std::nullopt;
  case Predicate::OEQ: case Predicate::UEQ:
    return x == Sign::zero() ? std::optional(true) : !x.mayBeZero() ? std::optional(false) : std::nullopt;
  default:
    return std::nullopt;
  }
}

/// A choice by x's sign between x and 0: which of the two it always is.
Value decideSelect(arith::SelectOp select, const DataFlowSolver &solver) {
  auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare || signOf(solver, compare.getRhs()) != Sign::zero())
    return nullptr;
  Value x = compare.getLhs();
  Sign sign = signOf(solver, x);
  // Where the two choices agree at x = 0, a comparison may be decided as if x were not zero there.
  bool agreeAtZero = (select.getTrueValue() == x && signOf(solver, select.getFalseValue()) == Sign::zero()) ||
                     (select.getFalseValue() == x && signOf(solver, select.getTrueValue()) == Sign::zero());
  if (agreeAtZero && sign == Sign::nonNegative())
    sign = Sign::positive();
  else if (agreeAtZero && sign == Sign::nonPositive())
    sign = Sign::negative();
  std::optional<bool> known = decide(compare.getPredicate(), sign);
  return !known ? Value() : *known ? select.getTrueValue() : select.getFalseValue();
}

struct SimplifyBySignPass : saliency::impl::SimplifyBySignPassBase<SimplifyBySignPass> {
  void runOnOperation() override {
    DataFlowSolver solver;
    if (failed(solveSigns(solver, getOperation())))
      return signalPassFailure();
    int64_t zeros = 0, linearZeros = 0, parts = 0, terms = 0;
    // Facts stay true for values that are replaced; new constants are not asked about.
    getOperation().walk([&](Operation *op) {
      if (op->getNumResults() != 1 || op->hasTrait<OpTrait::ConstantLike>() || op->use_empty() || op->getNumRegions() != 0)
        return;
      Value result = op->getResult(0);
      auto type = dyn_cast<RankedTensorType>(result.getType());
      if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
        return;
      if (signOf(solver, result) == Sign::zero()) {
        OpBuilder builder(op);
        result.replaceAllUsesWith(buildSplat(builder, op->getLoc(), type.getShape(), 0));
        ++zeros;
        linearZeros += isa<ConvOp, ConvAdjointOp, ConvCorrelateOp, GemmOp, GemmAdjointOp, GemmCorrelateOp>(op);
        return;
      }
      if (auto select = dyn_cast<arith::SelectOp>(op)) {
        if (Value choice = decideSelect(select, solver); choice && choice.getType() == type) {
          result.replaceAllUsesWith(choice);
          ++parts;
        }
        return;
      }
      if (isa<arith::AddFOp, arith::SubFOp>(op) && signOf(solver, op->getOperand(1)) == Sign::zero()) {
        result.replaceAllUsesWith(op->getOperand(0));
        ++terms;
      } else if (isa<arith::AddFOp>(op) && signOf(solver, op->getOperand(0)) == Sign::zero()) {
        result.replaceAllUsesWith(op->getOperand(1));
        ++terms;
      }
    });
    count("simplify-by-sign", "values that are zero", zeros);
    count("simplify-by-sign", "convolutions, dense layers and their adjoints saved", linearZeros);
    count("simplify-by-sign", "positive and negative parts decided", parts);
    count("simplify-by-sign", "zero summands removed", terms);
  }
};

} // namespace

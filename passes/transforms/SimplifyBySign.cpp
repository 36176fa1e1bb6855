// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/Counter.h"
#include "passes/analysis/SignAnalysis.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "saliency-simplify-by-sign"

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
  case Predicate::OLT:
  case Predicate::ULT:
    return !x.mayBeNegative()      ? std::optional(false)
           : x == Sign::negative() ? std::optional(true)
                                   : std::nullopt;
  case Predicate::OGT:
  case Predicate::UGT:
    return !x.mayBePositive()      ? std::optional(false)
           : x == Sign::positive() ? std::optional(true)
                                   : std::nullopt;
  case Predicate::OLE:
  case Predicate::ULE:
    return x.isNonPositive()       ? std::optional(true)
           : x == Sign::positive() ? std::optional(false)
                                   : std::nullopt;
  case Predicate::OGE:
  case Predicate::UGE:
    return x.isNonNegative()       ? std::optional(true)
           : x == Sign::negative() ? std::optional(false)
                                   : std::nullopt;
  case Predicate::ONE:
  case Predicate::UNE:
    return x == Sign::zero() ? std::optional(false)
           : !x.mayBeZero()  ? std::optional(true)
                             : std::nullopt;
  case Predicate::OEQ:
  case Predicate::UEQ:
    return x == Sign::zero() ? std::optional(true)
           : !x.mayBeZero()  ? std::optional(false)
                             : std::nullopt;
  default:
    return std::nullopt;
  }
}

/// Which operand a choice by x's sign always is.
std::optional<unsigned> decideSelect(arith::SelectOp select, const DataFlowSolver &solver) {
  auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare || signOf(solver, compare.getRhs()) != Sign::zero())
    return std::nullopt;
  Value x = compare.getLhs();
  Sign sign = signOf(solver, x);
  // Where the two choices agree at x = 0, a comparison may be decided as if x were not zero there.
  bool agreeAtZero =
      (select.getTrueValue() == x && signOf(solver, select.getFalseValue()) == Sign::zero()) ||
      (select.getFalseValue() == x && signOf(solver, select.getTrueValue()) == Sign::zero());
  if (agreeAtZero && sign == Sign::nonNegative())
    sign = Sign::positive();
  else if (agreeAtZero && sign == Sign::nonPositive())
    sign = Sign::negative();
  std::optional<bool> known = decide(compare.getPredicate(), sign);
  return !known ? std::nullopt : std::optional(*known ? 1u : 2u);
}

/// What an op's result always is: zero, or one of its operands.
struct Finding {
  Operation *op;
  std::optional<unsigned> operand;
};

struct SimplifyBySignPass : saliency::impl::SimplifyBySignPassBase<SimplifyBySignPass> {
  void runOnOperation() override {
    DataFlowSolver solver;
    if (failed(solveSigns(solver, getOperation())))
      return signalPassFailure();
    int64_t zeros = 0, linearZeros = 0, parts = 0, terms = 0;
    SmallVector<Finding> findings; // all facts are read before anything changes
    getOperation().walk([&](Operation *op) {
      if (op->getNumResults() != 1 || op->hasTrait<OpTrait::ConstantLike>() || op->use_empty() ||
          op->getNumRegions() != 0)
        return;
      auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
      if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
        return;
      if (signOf(solver, op->getResult(0)) == Sign::zero()) {
        findings.push_back({op, std::nullopt});
        ++zeros;
        linearZeros += op->hasTrait<LinearProduct>();
      } else if (auto select = dyn_cast<arith::SelectOp>(op)) {
        if (std::optional<unsigned> choice = decideSelect(select, solver)) {
          findings.push_back({op, choice});
          ++parts;
        }
      } else if (isa<arith::AddFOp, arith::SubFOp>(op)) {
        bool left = isa<arith::AddFOp>(op) && signOf(solver, op->getOperand(0)) == Sign::zero();
        if (left || signOf(solver, op->getOperand(1)) == Sign::zero()) {
          findings.push_back({op, left ? 1u : 0u});
          ++terms;
        }
      }
    });
    for (auto [op, operand] : findings) {
      LDBG() << op->getName() << " at " << op->getLoc() << " is always "
             << (operand ? "operand " + std::to_string(*operand) : "zero");
      OpBuilder builder(op);
      Value result = op->getResult(0);
      result.replaceAllUsesWith(operand ? op->getOperand(*operand)
                                        : buildSplat(builder, op->getLoc(), shapeOf(result), 0));
    }
    count("simplify-by-sign", "values that are zero", zeros);
    count("simplify-by-sign", "convolutions, dense layers and their adjoints saved", linearZeros);
    count("simplify-by-sign", "positive and negative parts decided", parts);
    count("simplify-by-sign", "zero summands removed", terms);
  }
};

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/analysis/SignAnalysis.h"

#include "dialect/SaliencyDialect.h"
#include "dialect/ops/Builders.h"
#include "mlir/Analysis/DataFlow/ConstantPropagationAnalysis.h"
#include "mlir/Analysis/DataFlow/DeadCodeAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace saliency;

static Sign signOfConstant(Attribute value) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements)
    return Sign::unknown();
  Sign sign = Sign::none();
  for (float entry : FloatElements(elements))
    sign = sign.join(entry == entry ? Sign::of(entry) : Sign::unknown());
  return sign.isUninitialized() ? Sign::unknown() : sign;
}

/// `select(a < b, 0, a)` and its mirror images are positive and negative parts: one choice may be
/// known to have a sign because of the comparison that picks it.
static Sign signOfSelect(arith::SelectOp op, ArrayRef<Sign> operands) {
  Sign whenTrue = operands[1], whenFalse = operands[2];
  if (auto compare = op.getCondition().getDefiningOp<arith::CmpFOp>()) {
    Attribute constant;
    auto zero = matchPattern(compare.getRhs(), m_Constant(&constant)) &&
                signOfConstant(constant) == Sign::zero();
    arith::CmpFPredicate predicate = compare.getPredicate();
    // Whether ordered and unordered comparisons agree matters only for NaN, which facts leave out.
    bool less = predicate == arith::CmpFPredicate::OLT || predicate == arith::CmpFPredicate::ULT;
    bool greater = predicate == arith::CmpFPredicate::OGT || predicate == arith::CmpFPredicate::UGT;
    if (zero && compare.getLhs() == op.getFalseValue()) // reached where the comparison fails
      whenFalse =
          less ? (whenFalse.mayBePositive()
                      ? (whenFalse.mayBeZero() || whenFalse.mayBeNegative() ? Sign::nonNegative()
                                                                            : Sign::positive())
                      : Sign::zero())
          : greater
              ? (whenFalse.mayBeNegative()
                     ? (whenFalse.mayBeZero() || whenFalse.mayBePositive() ? Sign::nonPositive()
                                                                           : Sign::negative())
                     : Sign::zero())
              : whenFalse;
    if (zero && compare.getLhs() == op.getTrueValue()) // reached where it holds
      whenTrue = greater ? (whenTrue.mayBePositive() ? Sign::positive() : Sign::none())
                 : less  ? (whenTrue.mayBeNegative() ? Sign::negative() : Sign::none())
                         : whenTrue;
  }
  Sign sign = whenTrue.join(whenFalse);
  return sign.isUninitialized() ? Sign::zero() : sign;
}

static Sign infer(Operation *op, ArrayRef<Sign> operands) {
  return llvm::TypeSwitch<Operation *, Sign>(op)
      .Case([&](InferSignsOpInterface rule) { return rule.inferSign(operands); })
      .Case([&](arith::ConstantOp constant) { return signOfConstant(constant.getValue()); })
      .Case([&](arith::SelectOp select) { return signOfSelect(select, operands); })
      .Case([&](arith::AddFOp) { return operands[0] + operands[1]; })
      .Case([&](arith::SubFOp) { return operands[0] + -operands[1]; })
      .Case([&](arith::MulFOp mul) {
        Sign product = operands[0] * operands[1];
        return mul.getLhs() == mul.getRhs() && !product.isUninitialized() ? Sign::nonNegative()
                                                                          : product;
      })
      .Case([&](arith::DivFOp) { return operands[0] / operands[1]; })
      .Case([&](arith::NegFOp) { return -operands[0]; })
      .Case([&](arith::UIToFPOp) { return Sign::nonNegative(); })
      .Case<math::AbsFOp, math::SqrtOp>(
          [&](auto) { return operands[0].mayBeZero() ? Sign::nonNegative() : Sign::positive(); })
      .Case([&](math::ExpOp) { return Sign::nonNegative(); })
      .Default([](Operation *) { return Sign::unknown(); });
}

LogicalResult SignAnalysis::visitOperation(Operation *op, ArrayRef<const SignLattice *> operands,
                                           ArrayRef<SignLattice *> results) {
  SmallVector<Sign> signs = llvm::map_to_vector(
      operands, [](const SignLattice *lattice) { return lattice->getValue().sign; });
  bool isFloat = op->getNumResults() == 1 && getElementTypeOrSelf(op->getResult(0)).isF32();
  for (auto [sign, operand] : llvm::zip_equal(signs, op->getOperands()))
    if (sign.isUninitialized() && getElementTypeOrSelf(operand).isF32())
      return success(); // not reached yet
  Sign sign = isFloat ? infer(op, signs) : Sign::unknown();
  for (SignLattice *result : results)
    propagateIfChanged(result, result->join(SignFact{sign}));
  return success();
}

LogicalResult saliency::solveSigns(DataFlowSolver &solver, Operation *root) {
  solver.load<dataflow::DeadCodeAnalysis>();
  solver.load<dataflow::SparseConstantPropagation>();
  solver.load<SignAnalysis>();
  return solver.initializeAndRun(root);
}

Sign saliency::signOf(const DataFlowSolver &solver, Value value) {
  const auto *lattice = solver.lookupState<SignLattice>(value);
  return lattice && !lattice->getValue().sign.isUninitialized() ? lattice->getValue().sign
                                                                : Sign::unknown();
}

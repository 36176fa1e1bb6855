// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which signs the entries of every tensor may have, by MLIR's dataflow framework. Ops answer
// through InferSignsOpInterface; upstream elementwise ops are answered for here.
#ifndef SALIENCY_ANALYSIS_SIGNANALYSIS_H
#define SALIENCY_ANALYSIS_SIGNANALYSIS_H

#include "dialect/interfaces/Sign.h"
#include "mlir/Analysis/DataFlow/SparseAnalysis.h"

namespace saliency {

/// The lattice value of one SSA value.
struct SignFact {
  Sign sign = Sign::none();
  bool operator==(const SignFact &other) const { return sign == other.sign; }
  static SignFact join(const SignFact &a, const SignFact &b) { return {a.sign.join(b.sign)}; }
  void print(llvm::raw_ostream &os) const { sign.print(os); }
};
using SignLattice = mlir::dataflow::Lattice<SignFact>;

class SignAnalysis : public mlir::dataflow::SparseForwardDataFlowAnalysis<SignLattice> {
public:
  using SparseForwardDataFlowAnalysis::SparseForwardDataFlowAnalysis;
  mlir::LogicalResult visitOperation(mlir::Operation *op,
                                     mlir::ArrayRef<const SignLattice *> operands,
                                     mlir::ArrayRef<SignLattice *> results) override;
  void setToEntryState(SignLattice *lattice) override {
    propagateIfChanged(lattice, lattice->join(SignFact{Sign::unknown()}));
  }
};

/// Runs the analysis (and what it needs) over `root` in `solver`.
mlir::LogicalResult solveSigns(mlir::DataFlowSolver &solver, mlir::Operation *root);

/// The fact for `value` after solveSigns; unknown where the analysis did not reach it.
Sign signOf(const mlir::DataFlowSolver &solver, mlir::Value value);

} // namespace saliency

#endif // SALIENCY_ANALYSIS_SIGNANALYSIS_H

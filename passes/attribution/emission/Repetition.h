// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loop of a method that repeats, as SmoothGrad does: one body, a *run* at one *point* (an input
// of the network) after the other, and what the runs add up to.
//
//   open      %count = a constant, or count_given of a call's images where it gives any
//             repeat %run to %count {
//   body        the point, the network there, the way back: emitted between `open` and `close`
//               what each sum adds (`add`)
//   close     } carrying(%sum = 0, ...), with the step of every sum at the end of the body
//             behind the loop: the finish of every sum (a variance is divided by the runs)
#ifndef SALIENCY_ATTRIBUTION_EMISSION_REPETITION_H
#define SALIENCY_ATTRIBUTION_EMISSION_REPETITION_H

#include "dialect/LoopOps.h"
#include "passes/attribution/emission/EmitExpression.h"

namespace saliency {

class Repetition {
public:
  /// Opens the loop at the builder's place. `fixed` is the number of runs; where `given` is not
  /// null, the number of its entries replaces it if that is not 0.
  Repetition(mlir::OpBuilder &builder, mlir::Location loc, int64_t fixed, mlir::Value given);

  /// The run at hand, for expressions in the body and, without its number, behind the loop.
  const Run &getRun() const { return run; }
  Run &getRun() { return run; }
  /// A builder at the end of the body.
  mlir::OpBuilder getBody();

  /// Adds up a node of this word over the runs: `values` are its operands, emitted in the body.
  void add(rules::SumWord word, llvm::ArrayRef<mlir::Value> values) {
    sums.push_back({word, llvm::to_vector(values)});
  }

  /// Closes the loop; what each node adds up to, in the order they were added.
  llvm::SmallVector<mlir::Value> close(mlir::OpBuilder &builder);

private:
  struct Sum {
    rules::SumWord word;
    llvm::SmallVector<mlir::Value> values;
  };
  llvm::SmallVector<mlir::Value> start(mlir::OpBuilder &builder, const Sum &sum) const;
  llvm::SmallVector<mlir::Value> step(mlir::OpBuilder &builder, const Sum &sum,
                                      mlir::ValueRange carried) const;
  mlir::Value finish(mlir::OpBuilder &builder, const Sum &sum, mlir::ValueRange carried) const;
  /// An index as a float in every entry of `shape`.
  mlir::Value filled(mlir::OpBuilder &builder, mlir::Value index,
                     llvm::ArrayRef<int64_t> shape) const;

  mlir::Location loc;
  RepeatOp loop;
  Run run;
  llvm::SmallVector<Sum> sums;
};

/// The nodes over runs that some expressions read.
struct Sums {
  llvm::SmallVector<rules::NodeId> nodes, operands;
  /// With the choices of `method` made.
  static Sums of(const BoundMethod &method, llvm::ArrayRef<rules::NodeId> roots);
  /// Takes what the nodes add up to from the front of `closed`.
  llvm::DenseMap<unsigned, mlir::Value> take(llvm::ArrayRef<mlir::Value> &closed) const;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_REPETITION_H

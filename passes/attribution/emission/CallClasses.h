// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The classes that a call names at run time, such as RSP's *hostile* classes, from which the target
// is to be told apart: loops over them, and the default where a call names none.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_CALLCLASSES_H
#define SALIENCY_ATTRIBUTION_EMISSION_CALLCLASSES_H

#include "dialect/SaliencyDialect.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace saliency {

class CallClasses {
public:
  /// `listed`: int64 P x N, -1 = unused; P = 0: the target and the highest other class. `target`:
  /// int64 N.
  CallClasses(mlir::Value listed, mlir::Value target, mlir::Value logits)
      : listed(listed), target(target), logits(logits) {}

  /// Sum of `body` over the listed classes that are not the target; `body` gets a class's one-hot,
  /// all zero for samples whose entry is unused or the target.
  mlir::FailureOr<mlir::Value>
  sum(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
      llvm::function_ref<mlir::FailureOr<mlir::Value>(mlir::OpBuilder &, mlir::Value)> body) const;
  /// How many classes are summed: N x 1.
  mlir::FailureOr<mlir::Value> count(mlir::OpBuilder &builder, mlir::Location loc) const;

private:
  mlir::Value listed, target, logits;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_CALLCLASSES_H

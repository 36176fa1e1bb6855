// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The body of a linalg operation on one element, or on a vector of them.
#ifndef SALIENCY_CODEGEN_CPU_LOOPS_VECTORBODY_H
#define SALIENCY_CODEGEN_CPU_LOOPS_VECTORBODY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace saliency {

/// Copies the body of `op` to the insertion point. `arguments` stand for its
/// block arguments (null if unused) and are scalars or, with `width` above 1,
/// vectors of that width; `indices` are the values of linalg.index. Returns the
/// values that the body yields, vectors if `width` is above 1.
llvm::SmallVector<mlir::Value> emitBody(mlir::OpBuilder &b, mlir::linalg::GenericOp op,
                                        int64_t width, mlir::ValueRange arguments,
                                        mlir::ValueRange indices);

/// `value` in every lane, itself if it is a vector or `width` is 1.
mlir::Value broadcast(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value, int64_t width);

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_LOOPS_VECTORBODY_H

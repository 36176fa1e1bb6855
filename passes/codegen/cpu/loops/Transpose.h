// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_CPU_LOOPS_TRANSPOSE_H
#define SALIENCY_CODEGEN_CPU_LOOPS_TRANSPOSE_H

#include "mlir/IR/Builders.h"

namespace saliency {

/// The columns of a square of n rows, each a vector of n elements; n is a power
/// of two. In log2 n steps of n shuffles: step s exchanges element l + s of row
/// i with element l of row i + s.
llvm::SmallVector<mlir::Value> transposeSquare(mlir::OpBuilder &b, mlir::Location loc,
                                               llvm::ArrayRef<mlir::Value> rows);

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_LOOPS_TRANSPOSE_H

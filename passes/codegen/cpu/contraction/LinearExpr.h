// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Index expressions as strides.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_LINEAREXPR_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_LINEAREXPR_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/Support/LLVM.h"

namespace saliency {

/// Adds `scale` times `expr` to `offset + sum of strides[d] * d` over the loops d. Fails where
/// `expr` is not linear in them; the sum is half done then.
mlir::LogicalResult addLinear(mlir::AffineExpr expr, int64_t scale,
                              llvm::MutableArrayRef<int64_t> strides, int64_t &offset);

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_LINEAREXPR_H

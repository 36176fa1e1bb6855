// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions over physical axes.
#ifndef SALIENCY_TO_LINALG_REDUCTIONS_H
#define SALIENCY_TO_LINALG_REDUCTIONS_H

#include "passes/to_linalg/Nest.h"

namespace saliency {

/// `x` (physical) reduced over `axes` (positions in memory), which disappear. One axis at a time,
/// outermost first, and long innermost axes in rows: partial sums stay short, so that the float
/// error grows with the sum of the extents instead of their product, and the order is fixed.
/// CountNonZero counts in i32 and returns floats.
mlir::Value reduceAxes(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
                       mlir::Value x, llvm::ArrayRef<int64_t> axes, Reduction kind);

/// Positions in memory of all logical axes but the sample axis.
llvm::SmallVector<int64_t> sampleAxes(size_t rank);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_REDUCTIONS_H

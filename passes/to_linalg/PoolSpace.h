// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The iteration space of pools: samples, channels, windows, cells of a window.
#ifndef SALIENCY_TO_LINALG_POOLSPACE_H
#define SALIENCY_TO_LINALG_POOLSPACE_H

#include "passes/to_linalg/Windows.h"

namespace saliency {

class PoolSpace {
public:
  PoolSpace(const LoweringContext &context, WindowAttr window);

  /// A tensor that only gives the loops over the kernel their extents.
  mlir::Value kernelShape(mlir::OpBuilder &builder, mlir::Location loc) const;

  /// Inside a nest over this space: the row-major number of the current cell, as i32.
  mlir::Value cellNumber(mlir::ImplicitLocOpBuilder &b) const;

  /// The data's gradient: every cell receives the sum of `share`(values read from `operands` at the
  /// window, ...) over the windows that contain it. `operands` have the output's extents `shape`.
  mlir::Value scatter(
      mlir::OpBuilder &builder, mlir::Location loc, const PaddedData &data,
      llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<mlir::Value> operands,
      llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &, mlir::ValueRange)> share) const;

  unsigned loops;
  llvm::SmallVector<mlir::AffineExpr> data, output,
      kernel; // indices of the data, the windows, the cells

private:
  const LoweringContext &context;
  WindowAttr window;
};

} // namespace saliency

#endif // SALIENCY_TO_LINALG_POOLSPACE_H

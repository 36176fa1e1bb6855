// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Index arithmetic of sliding windows, shared by convolutions and pools.
#ifndef SALIENCY_TO_LINALG_WINDOWS_H
#define SALIENCY_TO_LINALG_WINDOWS_H

#include "passes/to_linalg/Nest.h"

namespace saliency {

/// The data that the windows see: N x C x spatial, surrounded by `low` and `high` cells per logical
/// axis. `high` is what the last window needs (it may reach beyond the declared padding in ceil
/// mode, or need less).
struct PaddedData {
  PaddedData(WindowAttr window, llvm::ArrayRef<int64_t> data, llvm::ArrayRef<int64_t> output)
      : shape(data), low(data.size(), 0), high(data.size(), 0), extents(data) {
    for (size_t axis = 0; axis != window.getRank(); ++axis) {
      int64_t reach = (output[axis + 2] - 1) * window.getStrides()[axis] + window.getSpan(axis);
      low[axis + 2] = window.getLow()[axis];
      high[axis + 2] = std::max<int64_t>(reach - low[axis + 2] - data[axis + 2], 0);
      extents[axis + 2] += low[axis + 2] + high[axis + 2];
    }
  }

  bool hasPadding() const { return extents != shape; }

  mlir::Value pad(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
                  mlir::Value x, double value = 0.0) const {
    return padded(builder, loc, context, x, shape, low, high, value);
  }
  /// The data's own cells of a padded image.
  mlir::Value crop(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
                   mlir::Value image) const {
    return sliced(builder, loc, context, image, low, shape,
                  llvm::SmallVector<int64_t>(shape.size(), 1));
  }

  llvm::SmallVector<int64_t> shape, low, high, extents;
};

/// Padded spatial coordinates under kernel cell `cell` of window `output`: output stride + cell
/// dilation.
inline llvm::SmallVector<mlir::AffineExpr> cellsUnder(WindowAttr window, IndexExprs output,
                                                      IndexExprs cell) {
  llvm::SmallVector<mlir::AffineExpr> cells;
  for (size_t axis = 0; axis != window.getRank(); ++axis)
    cells.push_back(output[axis] * window.getStrides()[axis] +
                    cell[axis] * window.getDilations()[axis]);
  return cells;
}

/// {a, b} followed by `rest`.
inline llvm::SmallVector<mlir::AffineExpr> indexOf(llvm::ArrayRef<mlir::AffineExpr> first,
                                                   IndexExprs rest) {
  llvm::SmallVector<mlir::AffineExpr> index(first);
  llvm::append_range(index, rest);
  return index;
}

/// The start of a convolution's sum: the bias of every channel, or of every position, or zero.
mlir::Value initialOutput(mlir::OpBuilder &builder, mlir::Location loc,
                          const LoweringContext &context, mlir::Value bias,
                          llvm::ArrayRef<int64_t> outputShape);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_WINDOWS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one place that decides how a tensor's logical axes (ONNX order) lie in memory.
#ifndef SALIENCY_TO_LINALG_LAYOUT_H
#define SALIENCY_TO_LINALG_LAYOUT_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"

namespace saliency {

enum class LayoutKind { ChannelsFirst, ChannelsLast };

/// Order of axes in memory. ChannelsFirst keeps the logical order; ChannelsLast moves axis 1 of
/// every tensor of rank >= 3 behind the others (N x C x H x W becomes N x H x W x C, weights M x C
/// x kh x kw become M x kh x kw x C). Lowerings are written in logical axes and pass index lists,
/// shapes and affine results through this object.
class Layout {
public:
  explicit Layout(LayoutKind kind) : kind(kind) {}

  bool permutes(size_t rank) const { return kind == LayoutKind::ChannelsLast && rank >= 3; }

  /// Position in memory of logical axis `axis`.
  size_t physicalAxis(size_t rank, size_t axis) const {
    return !permutes(rank) || axis == 0 ? axis : axis == 1 ? rank - 1 : axis - 1;
  }

  /// Entry i is the logical axis at position i in memory.
  llvm::SmallVector<int64_t> permutation(size_t rank) const {
    llvm::SmallVector<int64_t> order(rank);
    for (size_t axis = 0; axis != rank; ++axis)
      order[physicalAxis(rank, axis)] = axis;
    return order;
  }

  template <typename Range> auto toPhysical(const Range &logical) const {
    llvm::SmallVector<std::decay_t<decltype(*std::begin(logical))>> physical(std::begin(logical),
                                                                             std::end(logical));
    for (size_t axis = 0, rank = physical.size(); axis != rank; ++axis)
      physical[physicalAxis(rank, axis)] = *std::next(std::begin(logical), axis);
    return physical;
  }

  mlir::RankedTensorType type(llvm::ArrayRef<int64_t> logicalShape, mlir::Type element) const {
    return mlir::RankedTensorType::get(toPhysical(logicalShape), element);
  }

  /// Affine map to the physical axes, from index expressions per logical axis.
  mlir::AffineMap map(mlir::MLIRContext *context, unsigned dims,
                      llvm::ArrayRef<mlir::AffineExpr> logical) const {
    return mlir::AffineMap::get(dims, 0, toPhysical(logical), context);
  }

  /// Loop dimensions for an iteration space over `rank` logical axes, numbered so that the loops
  /// run in physical order.
  llvm::SmallVector<mlir::AffineExpr> dims(mlir::MLIRContext *context, size_t rank) const {
    llvm::SmallVector<mlir::AffineExpr> exprs;
    for (size_t axis = 0; axis != rank; ++axis)
      exprs.push_back(mlir::getAffineDimExpr(physicalAxis(rank, axis), context));
    return exprs;
  }

  /// Whether a tensor of this logical shape has the same entries in the same order in both forms
  /// (only unit axes move).
  bool keepsOrder(llvm::ArrayRef<int64_t> logicalShape) const {
    if (!permutes(logicalShape.size()) || logicalShape[1] == 1)
      return true;
    return llvm::all_of(logicalShape.drop_front(2), [](int64_t extent) { return extent == 1; });
  }

private:
  LayoutKind kind;
};

} // namespace saliency

#endif // SALIENCY_TO_LINALG_LAYOUT_H

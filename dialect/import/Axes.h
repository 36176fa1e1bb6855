// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Axes as ONNX writes them, negative ones counting from the end.
#ifndef SALIENCY_IMPORT_AXES_H
#define SALIENCY_IMPORT_AXES_H

#include "dialect/import/Node.h"

namespace saliency {

/// `axis` in [0, rank), or an error.
inline mlir::FailureOr<int64_t> normalizeAxis(Node &node, int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return node.badInput() << "an axis lies in [" << -rank << ", " << rank - 1 << "], found "
                           << axis;
  return axis < 0 ? axis + rank : axis;
}

/// All of `axes` in [0, rank) and none twice, or an error.
inline mlir::FailureOr<llvm::SmallVector<int64_t>>
normalizeAxes(Node &node, llvm::ArrayRef<int64_t> axes, int64_t rank) {
  llvm::SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    mlir::FailureOr<int64_t> normal = normalizeAxis(node, axis, rank);
    if (mlir::failed(normal))
      return mlir::failure();
    if (llvm::is_contained(result, *normal))
      return node.badInput() << "axes are named once, found " << *normal << " twice in "
                             << listText(axes);
    result.push_back(*normal);
  }
  return result;
}

} // namespace saliency

#endif // SALIENCY_IMPORT_AXES_H

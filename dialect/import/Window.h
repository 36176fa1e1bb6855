// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sliding-window attributes that convolutions and pools share: kernel_shape, strides, pads,
// dilations, auto_pad.
#ifndef SALIENCY_IMPORT_WINDOW_H
#define SALIENCY_IMPORT_WINDOW_H

#include "dialect/import/Node.h"

namespace saliency {

/// Reads the window over data of `shape` (samples x channels x one to three spatial axes).
/// `weightKernel`: the kernel's extents where weights give them; without, kernel_shape is required.
/// `hasDilations`: whether the operator knows them.
mlir::FailureOr<WindowAttr> readWindow(Node &node, llvm::ArrayRef<int64_t> shape,
                                       std::optional<llvm::ArrayRef<int64_t>> weightKernel,
                                       bool hasDilations);

/// The window that covers the spatial axes of `shape` whole.
mlir::FailureOr<WindowAttr> wholeWindow(Node &node, llvm::ArrayRef<int64_t> shape);

} // namespace saliency

#endif // SALIENCY_IMPORT_WINDOW_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_ZEROFILL_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_ZEROFILL_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace saliency::contraction {

/// The linalg.fill that sets `memref` to zero with nothing between it and `op`
/// that touches the same memory, or null.
mlir::linalg::FillOp findZeroFill(mlir::Operation *op, mlir::Value memref);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_ZEROFILL_H

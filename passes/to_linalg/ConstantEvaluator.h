// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise ops evaluated on constants at compile time, with the float32 arithmetic of the
// generated code.
#ifndef SALIENCY_TO_LINALG_CONSTANTEVALUATOR_H
#define SALIENCY_TO_LINALG_CONSTANTEVALUATOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

#include <functional>

namespace saliency {

/// Computes `count` entries of a result from the entries of the operands. Entries of i1 tensors are
/// 0 or 1.
using EntryKernel =
    std::function<void(llvm::ArrayRef<const float *> operands, float *result, size_t count)>;

/// The function of an elementwise op on tensors of one shape (arith, math, or saliency); none where
/// it is not known.
EntryKernel entryKernel(mlir::Operation *op);

/// The constant that `value` evaluates to. All its producers up to constants must have an entry
/// kernel. Chains are evaluated a slice at a time, so that intermediate results are never stored.
/// Null where a constant's data is missing.
mlir::ElementsAttr evaluateConstant(mlir::Value value);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_CONSTANTEVALUATOR_H

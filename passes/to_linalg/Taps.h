// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resampling of one axis: every entry of the result is a sum of a few entries of the data at places
// that are known while compiling.
#ifndef SALIENCY_TO_LINALG_TAPS_H
#define SALIENCY_TO_LINALG_TAPS_H

#include "passes/to_linalg/ToLinalg.h"

namespace saliency {

/// Where the entries of one resampled axis come from: the sum over taps of x[index] weight.
struct Taps {
  explicit Taps(size_t count) : index(count), weight(count) {}
  llvm::SmallVector<llvm::SmallVector<int64_t>> index; ///< by tap, then by entry; -1: adds nothing
  llvm::SmallVector<llvm::SmallVector<float>> weight;
};

/// `x` (physical) resampled along logical axis `axis` to the logical `shape`: one linalg.generic
/// that reads tables of places and weights. Taps whose weights are all 1 are added as they are.
mlir::Value resampled(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
                      mlir::Value x, llvm::ArrayRef<int64_t> shape, size_t axis, const Taps &taps);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_TAPS_H

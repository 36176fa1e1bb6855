// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums across the lanes of several vectors at once. One by one each costs a
// shuffle and an addition per halving; taken in pairs, the halves of two
// vectors fill one, and n sums cost about three instructions each.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_HORIZONTALSUM_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_HORIZONTALSUM_H

#include "passes/codegen/cpu/contraction/Schedule.h"

#include "mlir/IR/Builders.h"

namespace saliency::contraction {

/// A vector whose lane i is the sum of all lanes of `vectors[i]`. Their number
/// and their common width are powers of two. The order of additions depends
/// on these two numbers alone.
mlir::Value horizontalSums(mlir::OpBuilder &builder, mlir::Location loc,
                           llvm::ArrayRef<mlir::Value> vectors);

/// Elements of a dot tile whose sums are taken together.
struct SumChunk {
  int64_t begin, size;
  /// They are neighbours in the output.
  bool contiguous;
};

/// Cuts a dot tile's elements, `sizes` iterations of the register loops with
/// the last loop fastest, into chunks of a power of two at most `width`.
llvm::SmallVector<SumChunk> sumChunks(const Contraction &contraction, const Schedule &schedule,
                                      llvm::ArrayRef<int64_t> sizes);

/// Instructions for all chunks, beginning and end of the output included.
double sumSlots(llvm::ArrayRef<SumChunk> chunks, int64_t width);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_HORIZONTALSUM_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When the memory of an allocation is in use, in positions of its function.
#ifndef SALIENCY_CODEGEN_PLAN_LIFETIMES_H
#define SALIENCY_CODEGEN_PLAN_LIFETIMES_H

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <optional>

namespace saliency {

class Lifetimes {
public:
  explicit Lifetimes(mlir::func::FuncOp function);

  struct Range {
    int64_t begin, end;
  };

  /// Of an operation: it and everything inside it.
  Range of(mlir::Operation *op) const { return positions.lookup(op); }

  /// From the first to the last operation that accesses the allocation through
  /// any alias. A use inside a loop that does not contain the allocation counts
  /// as the whole loop. Nothing if it is never used; failure if it outlives an
  /// iteration of a loop that contains it.
  mlir::FailureOr<std::optional<Range>> of(mlir::memref::AllocOp alloc) const;

private:
  void number(mlir::Operation *op);

  mlir::BufferViewFlowAnalysis aliases;
  llvm::DenseMap<mlir::Operation *, Range> positions;
  int64_t next = 0;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_PLAN_LIFETIMES_H

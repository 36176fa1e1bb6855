// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A contraction: out[...] += f(lhs[...]) * g(rhs[...]) over a rectangle of
// loops, seen as three linear address functions. Convolutions, their adjoints,
// their filter correlations, depthwise ones and matrix products differ only in
// the strides of these loops, so everything later reads nothing else.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_CONTRACTION_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_CONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <array>
#include <string>

namespace saliency::contraction {

enum Operand : unsigned { Lhs, Rhs, Out };

/// One loop, possibly several dims of the op collapsed (outermost first).
struct ContractionLoop {
  int64_t extent = 1;
  /// How far each operand moves, in elements, when the loop advances by one.
  std::array<int64_t, 3> stride = {0, 0, 0};
  /// The iterator type. A reduction that moves `Out` scatters: two of its
  /// iterations may meet at one element, so they keep their order.
  bool reduction = false;
  llvm::SmallVector<int64_t, 4> dims;

  bool scatters() const { return reduction && stride[Out] != 0; }
  /// Summed into one element of `Out`: may run inside the accumulators.
  bool sums() const { return reduction && stride[Out] == 0; }
};

using LoopGroups = llvm::SmallVector<llvm::SmallVector<int64_t, 4>>;

class Contraction {
public:
  /// Fails, and says why, unless `op` is a contraction on static memrefs.
  static mlir::FailureOr<Contraction> match(mlir::linalg::LinalgOp op, std::string &why);

  mlir::linalg::LinalgOp op;
  /// Loops of extent 1 are left out.
  llvm::SmallVector<ContractionLoop> loops;
  /// Element offset of the first iteration, on top of the memref's own.
  std::array<int64_t, 3> offset = {0, 0, 0};

  mlir::Value memref(Operand operand) const;
  mlir::FloatType elementType() const;

  /// Partition of `loops` into the fewest loops: neighbours that every operand
  /// walks through with one stride are one loop. With `mixed`, also a parallel
  /// loop and one that scatters: longer lanes, but no longer parallel.
  LoopGroups collapsible(bool mixed) const;

  /// Makes one loop of each group of op dims; fails when some operand's stride
  /// breaks inside a group or a dim of extent > 1 is missing.
  mlir::LogicalResult collapse(const LoopGroups &groups);

  LoopGroups groups() const;

  /// Whether some loop other than that over samples uses an entry of an input again: how a sample
  /// is summed must not depend on how many there are.
  bool reuses() const;

  /// The loops, outermost first, whose iterations share elements of the output with those of other
  /// loops: windows that overlap. In what order their contributions are added decides the bits, so
  /// every schedule leaves them in the op's order and out of its tiles.
  ///
  /// Loops that scatter are taken from the innermost on for as long as each element of the output
  /// is reached once by all that are taken; the others, farther out, are these. A convolution's
  /// adjoint has windows outside and kernel cells inside: one window's cells are different ones,
  /// the windows meet.
  llvm::SmallVector<int64_t, 4> meeting() const;

  /// The body's `f(lhs)` or `g(rhs)` applied to a loaded scalar or vector.
  mlir::Value factor(mlir::OpBuilder &builder, Operand operand, mlir::Value loaded) const;
  /// True when f (or g) is the identity.
  bool isPlain(Operand operand) const { return slice[operand].empty(); }

private:
  mlir::LogicalResult matchBody(std::string &why);
  mlir::LogicalResult matchLoops(std::string &why);

  /// The ops between the block argument and the product, in order.
  std::array<llvm::SmallVector<mlir::Operation *>, 2> slice;
  std::array<mlir::Value, 2> product;
};

/// Whether two iterations of loops with these strides and extents may reach one element: sorted by
/// stride, each loop must step over all before it.
bool reachesTwice(llvm::ArrayRef<std::pair<int64_t, int64_t>> walks);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_CONTRACTION_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders that every family uses: one linalg.generic written in logical axes, fills, padding.
#ifndef SALIENCY_TO_LINALG_NEST_H
#define SALIENCY_TO_LINALG_NEST_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "passes/to_linalg/ToLinalg.h"

namespace saliency {

using IndexExprs = llvm::ArrayRef<mlir::AffineExpr>;

/// Builds one linalg.generic. Index expressions are given per logical axis and go through the
/// layout; `raw` forms take tensors whose axes are not in the layout's hands (packed weights,
/// tables).
class Nest {
public:
  using Body = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ImplicitLocOpBuilder &,
                                                                 mlir::ValueRange)>;

  Nest(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context, unsigned loops)
      : builder(builder), loc(loc), context(context), loops(loops) {}

  Nest &read(mlir::Value tensor, IndexExprs index);
  Nest &readRaw(mlir::Value tensor, IndexExprs index);
  Nest &write(mlir::Value init, IndexExprs index);
  Nest &writeRaw(mlir::Value init, IndexExprs index);
  /// These loop dimensions carry a sum (or another recurrence); all others are parallel.
  Nest &reduce(IndexExprs dims);

  /// The body receives the operands read, then the current outputs, and returns the new outputs.
  mlir::linalg::GenericOp build(Body body);
  /// As above, with one output.
  mlir::Value
  buildOne(llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &, mlir::ValueRange)> body);
  /// out += a * b over the two operands read so far.
  mlir::Value buildMultiplyAdd(bool contraction = false);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
  const LoweringContext &context;
  unsigned loops;
  llvm::SmallVector<mlir::Value> inputs, outputs;
  llvm::SmallVector<mlir::AffineMap> inputMaps, outputMaps;
  llvm::SmallVector<bool> carried;
};

/// Logical shape of a saliency op's operand or result (its type may carry the mark of logical
/// order); none for a scalar.
inline llvm::ArrayRef<int64_t> logicalShape(mlir::Value value) {
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(value.getType());
  return type ? type.getShape() : llvm::ArrayRef<int64_t>();
}

mlir::Value floatScalar(mlir::OpBuilder &builder, mlir::Location loc, double value);

/// An uninitialised tensor of `shape`, in physical order.
mlir::Value emptyTensor(mlir::OpBuilder &builder, mlir::Location loc,
                        const LoweringContext &context, llvm::ArrayRef<int64_t> logicalShape,
                        mlir::Type element = {});
/// A tensor with every entry `value`, in physical order.
mlir::Value filledTensor(mlir::OpBuilder &builder, mlir::Location loc,
                         const LoweringContext &context, llvm::ArrayRef<int64_t> logicalShape,
                         mlir::TypedAttr value);
mlir::Value filledTensor(mlir::OpBuilder &builder, mlir::Location loc,
                         const LoweringContext &context, llvm::ArrayRef<int64_t> logicalShape,
                         double value);
/// The same for a tensor outside the layout.
mlir::Value filledRaw(mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<int64_t> shape,
                      mlir::TypedAttr value);

/// The entry of a splat constant, null for other values.
mlir::TypedAttr splatOf(mlir::Value value);

/// An operand of an elementwise nest: its physical value and its logical shape. A splat constant or
/// a scalar (a value that is no tensor) enters the body as it is, without being read from memory.
struct ElementwiseOperand {
  ElementwiseOperand(mlir::Value logical, mlir::Value physical)
      : value(physical), shape(logicalShape(logical)), splat(splatOf(logical)) {}
  ElementwiseOperand(mlir::Value physical, llvm::ArrayRef<int64_t> shape)
      : value(physical), shape(shape) {}
  mlir::Value value;
  llvm::SmallVector<int64_t> shape;
  mlir::TypedAttr splat;
};

/// The parallel nest result[i] = body(operands[i broadcast]): operands of smaller rank are aligned
/// from the last logical axis, axes of extent 1 are repeated.
mlir::Value
elementwise(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
            llvm::ArrayRef<int64_t> resultShape, llvm::ArrayRef<ElementwiseOperand> operands,
            mlir::Type element,
            llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &, mlir::ValueRange)> body);

/// `x` (physical) surrounded by `value`: cells per logical axis before and after, negative numbers
/// cut off.
mlir::Value padded(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
                   mlir::Value x, llvm::ArrayRef<int64_t> logicalShape, llvm::ArrayRef<int64_t> low,
                   llvm::ArrayRef<int64_t> high, double value = 0.0);
/// The part of `x` (physical) that starts at `offsets` and has `sizes`, per logical axis.
mlir::Value sliced(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
                   mlir::Value x, llvm::ArrayRef<int64_t> offsets, llvm::ArrayRef<int64_t> sizes,
                   llvm::ArrayRef<int64_t> strides);
/// `x` written into `target` (both physical) at `offsets`, per logical axis.
mlir::Value inserted(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
                     mlir::Value x, mlir::Value target, llvm::ArrayRef<int64_t> offsets,
                     llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<int64_t> strides);

/// Static reshape between row-major shapes (collapse, expand or both).
mlir::Value reshaped(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x,
                     llvm::ArrayRef<int64_t> shape);
/// `x` with axes reordered: result axis i is axis permutation[i]. Free where only unit axes move.
mlir::Value transposed(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x,
                       llvm::ArrayRef<int64_t> permutation);
/// Between the logical and the physical order of a tensor with this logical shape.
mlir::Value toPhysicalOrder(mlir::OpBuilder &builder, mlir::Location loc, const Layout &layout,
                            mlir::Value logical);
mlir::Value toLogicalOrder(mlir::OpBuilder &builder, mlir::Location loc, const Layout &layout,
                           mlir::Value physical);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_NEST_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small builders that the ops' derivatives and the attribution pass share, and the error helper of
// shape inference.
#ifndef SALIENCY_OPS_BUILDERS_H
#define SALIENCY_OPS_BUILDERS_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"

namespace saliency {

/// The type of `value`, a ranked static tensor by every op's constraints.
inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) { return tensorType(value).getShape(); }

/// float32 tensor type of `shape`.
mlir::RankedTensorType f32Tensor(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> shape);

/// A constant tensor of `shape` with every entry `value`.
mlir::Value buildSplat(mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<int64_t> shape,
                       double value);

/// `value` with axes of extent 1 (or missing leading axes) repeated to `shape`; `value` itself
/// where nothing changes.
mlir::Value buildBroadcast(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                           llvm::ArrayRef<int64_t> shape);

/// The transpose of buildBroadcast: sums `value` over the axes along which a tensor of `shape` was
/// broadcast to it. Null where that would sum over samples.
mlir::Value buildReduceTo(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                          llvm::ArrayRef<int64_t> shape);

/// `value`, one entry per channel, as 1 x C x 1 ... broadcast to `shape`.
mlir::Value buildPerChannel(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                            llvm::ArrayRef<int64_t> shape);

/// `condition` entries: 1 where `a predicate b`, as an i1 tensor.
mlir::Value buildCompare(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::arith::CmpFPredicate predicate, mlir::Value a, mlir::Value b);

/// Common shape of two broadcast operands; failure where an axis fits neither.
mlir::FailureOr<llvm::SmallVector<int64_t>> broadcastShapes(llvm::ArrayRef<int64_t> a,
                                                            llvm::ArrayRef<int64_t> b);

/// "2x3x4", for messages.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// The float32 entries of a constant: dense, dense resource or splat. Empty where they are not
/// known.
class FloatElements {
public:
  explicit FloatElements(mlir::ElementsAttr attribute);
  FloatElements(const FloatElements &) = delete;
  const float *begin() const { return values.begin(); }
  const float *end() const { return values.end(); }
  /// All entries are this one (then only one is stored).
  bool isSplat() const { return splat; }

private:
  llvm::ArrayRef<float> values;
  float single = 0;
  bool splat = false;
};

/// Reports a shape rule that does not hold: the rule first, then what was found.
template <typename... Parts>
mlir::LogicalResult inferError(std::optional<mlir::Location> loc, const Parts &...parts) {
  if (!loc)
    return mlir::failure();
  mlir::InFlightDiagnostic diagnostic = mlir::emitError(*loc);
  (void)(diagnostic << ... << parts);
  return diagnostic;
}

} // namespace saliency

/// Defines OP::inferReturnTypes: one result, of the type of operand x.
#define SALIENCY_INFER_SAME(OP)                                                                    \
  mlir::LogicalResult OP::inferReturnTypes(mlir::MLIRContext *, std::optional<mlir::Location>,     \
                                           Adaptor adaptor,                                        \
                                           llvm::SmallVectorImpl<mlir::Type> &types) {             \
    types.push_back(adaptor.getX().getType());                                                     \
    return mlir::success();                                                                        \
  }

#endif // SALIENCY_OPS_BUILDERS_H

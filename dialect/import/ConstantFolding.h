// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluation of nodes whose inputs are all known: what exporters spell out as shape computations,
// and rearranged weights.
#ifndef SALIENCY_IMPORT_CONSTANTFOLDING_H
#define SALIENCY_IMPORT_CONSTANTFOLDING_H

#include "dialect/import/Node.h"

namespace saliency {

llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// The tensor of `shape` whose entry at i is entry offset + Σ i[a] strides[a] of `x` (row-major):
/// every transpose, slice and broadcast. All entries addressed must exist.
mlir::FailureOr<HostTensor> stridedCopy(Node &node, const HostTensor &x,
                                        llvm::ArrayRef<int64_t> shape, int64_t offset,
                                        llvm::ArrayRef<int64_t> strides);

/// Common shape under ONNX's multidirectional broadcasting, or an error.
mlir::FailureOr<llvm::SmallVector<int64_t>> broadcastShape(Node &node, llvm::ArrayRef<int64_t> a,
                                                           llvm::ArrayRef<int64_t> b);
mlir::FailureOr<HostTensor> broadcastTo(Node &node, const HostTensor &x,
                                        llvm::ArrayRef<int64_t> shape);

/// Inputs 0 and 1 broadcast to one shape, for an elementwise function of two operands of one type.
struct HostPair {
  HostTensor a, b;
};
mlir::FailureOr<HostPair> broadcastInputs(Node &node);

/// Calls `visit` with a value of the stored C++ type where arithmetic is folded on it; other types
/// are an error.
template <typename Fn> mlir::LogicalResult visitNumeric(Node &node, ElementType type, Fn &&visit) {
  switch (type) {
  case ElementType::F32:
    return visit(float());
  case ElementType::F64:
    return visit(double());
  case ElementType::I32:
    return visit(int32_t());
  case ElementType::I64:
    return visit(int64_t());
  default:
    return node.unsupported()
           << "constants of float32, float64, int32 and int64 are computed with, found "
           << nameOf(type);
  }
}

/// Result 0 = compute(i) for every entry i; once where the inputs repeat one entry.
template <typename T, typename Fn>
mlir::LogicalResult fillResult(Node &node, ElementType type, llvm::ArrayRef<int64_t> shape,
                               bool splat, Fn &&compute) {
  if (splat && *elementCount(shape) > 0) {
    T value = compute(0);
    return node.setResult(0, HostTensor::splat(type, shape, &value));
  }
  mlir::FailureOr<HostTensor> result = node.allocate(type, shape);
  if (mlir::failed(result))
    return mlir::failure();
  T *data = result->data<T>();
  for (int64_t i = 0, count = result->size(); i != count; ++i)
    data[i] = compute(i);
  return node.setResult(0, *result);
}

} // namespace saliency

#endif // SALIENCY_IMPORT_CONSTANTFOLDING_H

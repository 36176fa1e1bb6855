// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Re-laying of constants at compile time.
#ifndef SALIENCY_TO_LINALG_CONSTANTRELAY_H
#define SALIENCY_TO_LINALG_CONSTANTRELAY_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

#include <map>
#include <tuple>
#include <vector>

namespace saliency {

/// Produces constants whose entries stand in another order. One (constant, order) pair is re-laid
/// once and shared; splats and orders that only regroup axes share the original's storage.
class ConstantRelay {
public:
  /// result[i0, i1, ...] = source[offset + i0 strides[0] + i1 strides[1] + ...] over the flat
  /// row-major source. Null where the source's data is not at hand (a resource without a blob).
  mlir::ElementsAttr gather(mlir::ElementsAttr source, llvm::ArrayRef<int64_t> shape,
                            llvm::ArrayRef<int64_t> strides, int64_t offset = 0);
  /// Result axis i is axis permutation[i] of the source.
  mlir::ElementsAttr permuted(mlir::ElementsAttr source, llvm::ArrayRef<int64_t> permutation);

  /// Constants made so far.
  size_t size() const { return cache.size(); }

private:
  using Key = std::tuple<const void *, std::vector<int64_t>, std::vector<int64_t>, int64_t>;
  std::map<Key, mlir::ElementsAttr> cache;
};

/// Row-major strides of `shape`.
llvm::SmallVector<int64_t> denseStrides(llvm::ArrayRef<int64_t> shape);

/// The entries of a dense or dense resource constant as bytes in row-major order (splats are not
/// expanded); empty where they are not at hand.
llvm::ArrayRef<char> rawBytes(mlir::ElementsAttr attribute);

/// A constant of `type` that holds `bytes` entries written by `fill`; large ones become dense
/// resources named after `source`.
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type, mlir::ElementsAttr source,
                                llvm::function_ref<void(llvm::MutableArrayRef<char>)> fill);

/// The constant that `value` is, null for other values.
mlir::ElementsAttr constantOf(mlir::Value value);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_CONSTANTRELAY_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bytes of a constant as they lie in a buffer of its memref type.
#ifndef SALIENCY_CODEGEN_BUFFERS_RAWELEMENTS_H
#define SALIENCY_CODEGEN_BUFFERS_RAWELEMENTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace saliency {

/// Refers to the attribute's own storage, except for single bits, which are
/// unpacked to one byte each.
class RawElements {
public:
  explicit RawElements(mlir::ElementsAttr value) {
    if (auto resource = mlir::dyn_cast<mlir::DenseResourceElementsAttr>(value)) {
      if (mlir::AsmResourceBlob *blob = resource.getRawHandle().getBlob()) {
        found = true;
        data = blob->getData();
      }
    } else if (auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(value)) {
      found = !dense.isSplat() && dense.getElementType().isIntOrIndexOrFloat();
      if (found && dense.getElementType().isInteger(1)) {
        for (bool bit : dense.getValues<bool>())
          unpacked.push_back(bit);
        data = unpacked;
      } else if (found) {
        data = dense.getRawData();
      }
    }
  }
  RawElements(const RawElements &) = delete;

  explicit operator bool() const { return found; }
  llvm::ArrayRef<char> bytes() const { return data; }

private:
  bool found = false;
  llvm::ArrayRef<char> data;
  llvm::SmallVector<char, 0> unpacked;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_BUFFERS_RAWELEMENTS_H

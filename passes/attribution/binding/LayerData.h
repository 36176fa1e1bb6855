// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers for the layers of one network that a method takes as compile-time data, such as
// PatternNet's patterns.
#ifndef SALIENCY_ATTRIBUTION_BINDING_LAYERDATA_H
#define SALIENCY_ATTRIBUTION_BINDING_LAYERDATA_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

namespace saliency {

class BoundMethod;

/// A .npz file: an array for each layer with weights, in their shape, called as the ONNX value that
/// the layer produces. Arrays of other names may be there, too.
class LayerData {
public:
  struct Array {
    std::vector<int64_t> shape;
    std::vector<float> values; // row-major, finite
  };

  /// The error names the file.
  static llvm::Expected<std::shared_ptr<const LayerData>> read(llvm::StringRef path);

  llvm::StringRef getPath() const { return path; }
  /// Null where the file has none of that name.
  const Array *find(llvm::StringRef layer) const;
  /// Up to a few names, for messages.
  std::string namesText() const;

private:
  std::string path;
  llvm::StringMap<Array> arrays;
};

/// The array that parameter `parameter` of `method` has for `layer`, a linear map with weights.
/// Reports a layer without one, and one of another shape than the weights.
mlir::FailureOr<const LayerData::Array *> findLayerData(const BoundMethod &method,
                                                        unsigned parameter, mlir::Operation *layer);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BINDING_LAYERDATA_H

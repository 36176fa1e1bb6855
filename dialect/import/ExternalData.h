// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensor data stored in files beside a model. A model names the file, so it decides nothing but
// that: the file has to lie below the model's own folder once every symbolic link is resolved.
#ifndef SALIENCY_IMPORT_EXTERNALDATA_H
#define SALIENCY_IMPORT_EXTERNALDATA_H

#include "dialect/import/HostTensor.h"

namespace saliency {

/// Reads the `size` bytes at `destination` that `tensor`'s external_data entries describe, from
/// below `folder`.
mlir::LogicalResult readExternalData(const onnx::TensorProto &tensor, llvm::StringRef folder,
                                     char *destination, int64_t size, EmitFn emit);

} // namespace saliency

#endif // SALIENCY_IMPORT_EXTERNALDATA_H

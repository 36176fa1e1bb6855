// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TensorProto → HostTensor, trusting no length that the file states.
#ifndef SALIENCY_IMPORT_TENSORREADER_H
#define SALIENCY_IMPORT_TENSORREADER_H

#include "dialect/import/HostTensor.h"

namespace saliency {

struct TensorSource {
  /// Folder of the model; none where external data is refused.
  std::optional<std::string> folder;
  int64_t maxBytes = 0;
};

/// The entries of `tensor`; float16 and bfloat16 are widened to float32.
mlir::FailureOr<HostTensor> readTensor(const onnx::TensorProto &tensor, const TensorSource &source,
                                       EmitFn emit);

} // namespace saliency

#endif // SALIENCY_IMPORT_TENSORREADER_H

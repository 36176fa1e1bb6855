// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `--param KEY=VALUE` where KEY is a per-call tensor of the explainer.

#ifndef SALIENCY_TOOLS_RUN_CALLTENSORS_H
#define SALIENCY_TOOLS_RUN_CALLTENSORS_H

#include "saliency/explainer.h"
#include "tools/saliency-run/RunOptions.h"

namespace saliency {

/// Values of the per-call tensors, the same for every image.
class CallTensors {
public:
  /// Takes from the options what the explainer declares. With `compiled`, the other parameters were
  /// for the compiler; otherwise they are an error.
  bool read(const RunOptions &options, const saliency_interface &model, bool compiled,
            std::string &error);

  /// The tensors of a call with that many images; valid until the next call.
  const std::vector<saliency_tensor> &forBatch(int64_t batch);

private:
  struct Tensor {
    std::string name;
    std::vector<int64_t> classes, repeated; ///< a class set, and for each image
    std::vector<float> floats;
    int64_t count = 0;
  };
  std::vector<Tensor> tensors;
  std::vector<saliency_tensor> views;
};

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_CALLTENSORS_H

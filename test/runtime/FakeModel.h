// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fake explainers as C++ sees them, and buffers for a call.

#ifndef SALIENCY_TEST_RUNTIME_FAKEMODEL_H
#define SALIENCY_TEST_RUNTIME_FAKEMODEL_H

#include "passes/request/Explainer.h"
#include "saliency/weights.h"
#include "test/support/ExplainerCall.h"

#include <cstring>
#include <memory>
#include <vector>

#define DECLARE_FAKE(PREFIX)                                                                       \
  extern "C" saliency_status PREFIX##_explain(const saliency_args *);                              \
  extern "C" size_t PREFIX##_workspace_size(void);                                                 \
  extern "C" int32_t PREFIX##_abi_version(void);                                                   \
  extern "C" const char *PREFIX##_error_string(saliency_status);                                   \
  extern "C" const saliency_interface *PREFIX##_interface(void);

DECLARE_FAKE(single) // N = 1, no layers
DECLARE_FAKE(pair)   // N = 2, layers
DECLARE_FAKE(fixed)  // N = 1, compiled for class 4
DECLARE_FAKE(two)    // N = 1, two methods
DECLARE_FAKE(twos)   // N = 2, two methods, layers

namespace saliency::test {

#define FAKE_EXPLAINER(PREFIX)                                                                     \
  saliency::Explainer{PREFIX##_interface,                                                          \
                      PREFIX##_explain,                                                            \
                      PREFIX##_workspace_size,                                                     \
                      PREFIX##_abi_version,                                                        \
                      PREFIX##_error_string,                                                       \
                      nullptr,                                                                     \
                      0}

constexpr int64_t fakeChannels = 3, fakeArea = 20, fakeImage = fakeChannels * fakeArea,
                  fakeClasses = 6;

inline float fakeWeight(int64_t k, int64_t c) {
  return float(k - 2) + 0.5f * float(c) * (k % 2 ? 1.0f : -1.0f);
}

/// The weights file of every fake.
inline void fillWeights(void *bytes) {
  float payload[32] = {};
  for (int64_t k = 0; k < fakeClasses; ++k)
    for (int64_t c = 0; c < fakeChannels; ++c)
      payload[k * fakeChannels + c] = fakeWeight(k, c);
  saliency_weights_header header = {SALIENCY_WEIGHTS_MAGIC,
                                    sizeof header + sizeof payload,
                                    saliency_weights_checksum(payload, sizeof payload),
                                    {}};
  std::memcpy(bytes, &header, sizeof header);
  std::memcpy(static_cast<char *>(bytes) + sizeof header, payload, sizeof payload);
}

/// A call with all the outputs but the layers, ready to be changed by a test.
class Call : public ExplainerCall {
public:
  Call(const Explainer &explainer, int64_t images, int64_t perImage)
      : ExplainerCall(*explainer.interface(), explainer.workspaceSize(), nullptr, images, perImage),
        weights(explainer.interface()->weights_size) {
    fillWeights(weights.data());
    for (size_t i = 0; i < input.size(); ++i)
      input[i] = float(int(i * 37 % 101) - 50) / 16;
    for (size_t i = 0; i < targets.size(); ++i)
      targets[i] = int64_t(i * 5 + i / 6) % fakeClasses;
    args.weights = weights.data();
    args.layers = nullptr;
  }

  AlignedBytes weights;
};

} // namespace saliency::test

#endif // SALIENCY_TEST_RUNTIME_FAKEMODEL_H

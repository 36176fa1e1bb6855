// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fake explainers as C++ sees them, and buffers for a call.

#ifndef SALIENCY_TEST_RUNTIME_FAKEMODEL_H
#define SALIENCY_TEST_RUNTIME_FAKEMODEL_H

#include "saliency/weights.h"
#include "tools/saliency-run/Explainer.h"

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

/// Bytes at a 64-byte boundary, with a guard behind that `intact` checks.
class AlignedBytes {
public:
  explicit AlignedBytes(size_t size) : size(size), storage(size + 64 + guard, 0xa5) {
    start = storage.data() + (64 - reinterpret_cast<uintptr_t>(storage.data()) % 64) % 64;
  }
  void *data() { return start; }
  bool intact() const {
    for (size_t i = 0; i < guard; ++i)
      if (start[size + i] != 0xa5)
        return false;
    return true;
  }
  const size_t size;

private:
  static constexpr size_t guard = 256;
  std::vector<unsigned char> storage;
  unsigned char *start;
};

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

/// Arguments of a call with all the outputs, ready to be changed by a test.
class Call {
public:
  Call(const Explainer &explainer, int64_t images, int64_t perImage)
      : weights(192), workspace(explainer.workspaceSize()), input(images * fakeImage),
        maps(images * perImage * (fakeImage + fakeChannels)),
        maps2d(images * perImage * (fakeArea + 1)), logits(images * fakeClasses),
        layers(images * perImage * 7), targets(images * perImage), resolved(images * perImage) {
    fillWeights(weights.data());
    for (size_t i = 0; i < input.size(); ++i)
      input[i] = float(int(i * 37 % 101) - 50) / 16;
    for (size_t i = 0; i < targets.size(); ++i)
      targets[i] = int64_t(i * 5 + i / 6) % fakeClasses;
    args.size = sizeof args;
    args.weights = weights.data();
    args.weights_size = weights.size;
    args.workspace = workspace.data();
    args.workspace_size = workspace.size;
    args.batch = images;
    args.input = input.data();
    args.targets_per_image = perImage;
    args.targets = targets.data();
    args.maps = maps.data();
    args.maps2d = maps2d.data();
    args.logits = logits.data();
    args.resolved_targets = resolved.data();
  }

  AlignedBytes weights, workspace;
  std::vector<float> input, maps, maps2d, logits, layers;
  std::vector<int64_t> targets, resolved;
  saliency_args args = {};
};

} // namespace saliency::test

#endif // SALIENCY_TEST_RUNTIME_FAKEMODEL_H

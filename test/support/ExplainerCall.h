// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory and arguments of a call of any explainer, for tests.
#ifndef SALIENCY_TEST_SUPPORT_EXPLAINERCALL_H
#define SALIENCY_TEST_SUPPORT_EXPLAINERCALL_H

#include "runtime/include/saliency/explainer.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saliency::test {

/// Bytes at a multiple of SALIENCY_ALIGNMENT, with a guard behind that `intact` checks.
class AlignedBytes {
public:
  explicit AlignedBytes(size_t size)
      : size(size), storage(size + SALIENCY_ALIGNMENT + guard, 0xa5) {
    size_t past = reinterpret_cast<uintptr_t>(storage.data()) % SALIENCY_ALIGNMENT;
    start = storage.data() + (SALIENCY_ALIGNMENT - past) % SALIENCY_ALIGNMENT;
  }
  AlignedBytes(AlignedBytes &&) = default; // a vector that moves keeps its memory
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

/// Every output has its place, as large as the explainer says; a test fills input and targets
/// (class 0 at first) and may change the arguments. Movable, not copyable.
class ExplainerCall {
public:
  ExplainerCall(const saliency_interface &model, size_t workspaceSize, const void *weights,
                int64_t images, int64_t targetsPerImage)
      : workspace(workspaceSize), input(images * product(model.input_dims, 1, model.input_rank)),
        logits(images * model.classes),
        layers(images / model.batch * targetsPerImage * model.layer_elements),
        targets(images * targetsPerImage), resolved(targets.size()) {
    size_t mapElements = 0, planeElements = 0;
    for (int64_t m = 0; m < model.map_count; ++m) {
      mapElements += product(model.maps[m].dims, 1, model.maps[m].rank);
      planeElements += product(model.maps[m].plane, 0, 2);
    }
    maps.resize(targets.size() * mapElements);
    maps2d.resize(targets.size() * planeElements);
    args.size = sizeof args;
    args.weights = weights;
    args.weights_size = model.weights_size;
    args.workspace = workspace.data();
    args.workspace_size = workspace.size;
    args.batch = images;
    args.input = input.data();
    args.targets_per_image = targetsPerImage;
    args.targets = targets.data();
    args.maps = maps.data();
    args.maps2d = maps2d.empty() ? nullptr : maps2d.data();
    args.logits = logits.data();
    args.layers = layers.empty() ? nullptr : layers.data();
    args.resolved_targets = resolved.data();
  }
  ExplainerCall(ExplainerCall &&) = default;

  AlignedBytes workspace;
  std::vector<float> input, maps, maps2d, logits, layers;
  std::vector<int64_t> targets, resolved;
  saliency_args args = {};

private:
  static size_t product(const int64_t *dims, int64_t from, int64_t to) {
    size_t result = 1;
    for (int64_t i = from; i < to; ++i)
      result *= size_t(dims[i]);
    return result;
  }
};

} // namespace saliency::test

#endif // SALIENCY_TEST_SUPPORT_EXPLAINERCALL_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_REQUEST_EXPLAINERWORKSPACE_H
#define SALIENCY_REQUEST_EXPLAINERWORKSPACE_H

#include "runtime/include/saliency/explainer.h"

#include <cstdlib>
#include <memory>

namespace saliency {

/// Memory in which an explainer works, aligned as its calls ask for it. One call after the other
/// may use it, none keeps anything there.
class ExplainerWorkspace {
public:
  /// `bytes`: what saliency_model_workspace_size says.
  explicit ExplainerWorkspace(size_t bytes)
      : bytes((bytes + SALIENCY_ALIGNMENT - 1) / SALIENCY_ALIGNMENT * SALIENCY_ALIGNMENT),
        memory(std::aligned_alloc(SALIENCY_ALIGNMENT, this->bytes)) {}

  /// Whether there was so much memory.
  explicit operator bool() const { return memory != nullptr; }
  size_t size() const { return bytes; }

  /// Arguments of a call with this memory and these weights; input and outputs are the caller's to
  /// add, fields that it leaves are unused.
  saliency_args arguments(const void *weights, size_t weightsSize) const {
    saliency_args args = {};
    args.size = sizeof args;
    args.weights = weights;
    args.weights_size = weightsSize;
    args.workspace = memory.get();
    args.workspace_size = bytes;
    return args;
  }

private:
  struct Free {
    void operator()(void *pointer) const { std::free(pointer); }
  };
  size_t bytes;
  std::unique_ptr<void, Free> memory;
};

} // namespace saliency

#endif // SALIENCY_REQUEST_EXPLAINERWORKSPACE_H

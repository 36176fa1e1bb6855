// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_REQUEST_EXPLAINER_H
#define SALIENCY_REQUEST_EXPLAINER_H

#include "saliency/explainer.h"

#include <string>

namespace saliency {

/// The C interface of one model as function pointers, with its weights in memory.
struct Explainer {
  const saliency_interface *(*interface)() = nullptr;
  saliency_status (*explain)(const saliency_args *) = nullptr;
  size_t (*workspaceSize)() = nullptr;
  int32_t (*abiVersion)() = nullptr;
  const char *(*errorString)(saliency_status) = nullptr;
  const void *weights = nullptr; ///< header included, 64-byte aligned
  size_t weightsSize = 0;
};

/// An explainer together with whatever keeps its code and weights alive.
class LoadedExplainer {
public:
  virtual ~LoadedExplainer() = default;
  Explainer explainer;
  std::string report; ///< what the user wanted, or has, to be told of the compilation, in lines
  std::string output; ///< the network's output that is explained; empty: not known
};

} // namespace saliency

#endif // SALIENCY_REQUEST_EXPLAINER_H

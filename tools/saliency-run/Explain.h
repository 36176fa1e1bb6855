// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_EXPLAIN_H
#define SALIENCY_TOOLS_RUN_EXPLAIN_H

#include "passes/request/Explainer.h"
#include "passes/request/ExplainerWorkspace.h"
#include "tools/saliency-run/CallTensors.h"
#include "tools/saliency-run/Inputs.h"
#include "tools/saliency-run/WorkerPool.h"

#include <functional>

namespace saliency {

/// What one method found.
struct MethodMaps {
  std::vector<float> maps;   ///< [B][T] x map
  std::vector<float> maps2d; ///< [B][T] x height x width
};

/// Everything computed for one input. B images, T targets of each.
struct Explanation {
  int64_t images = 0, targets = 0;
  std::vector<int64_t> classes;    ///< [B][T]
  std::vector<MethodMaps> methods; ///< in the explainer's order
  std::vector<float> logits;       ///< [B] x classes
  std::vector<float> layers;       ///< [B/N][T] x layer_elements

  /// Whether target t is the same class for every image.
  bool oneClass(int64_t t) const;
  int64_t classOf(int64_t image, int64_t t) const { return classes[image * targets + t]; }
};

/// Calls one explainer, reusing its workspace.
class ExplainerSession {
public:
  ExplainerSession(const Explainer &explainer, WorkerPool &pool, bool layers) noexcept;

  /// Every value of the result is finite. `progress` is told how many of how many parts are done.
  std::optional<Explanation> explain(const Input &input, const TargetChoice &choice,
                                     CallTensors &tensors,
                                     const std::function<void(int64_t, int64_t)> &progress,
                                     std::string &error);

private:
  bool call(const Input &input, const std::vector<int64_t> &targets, CallTensors &tensors,
            const std::function<void(int64_t, int64_t)> &progress, Explanation &result,
            std::string &error);

  const Explainer &explainer;
  const saliency_interface &model;
  WorkerPool &pool;
  bool wantLayers;
  ExplainerWorkspace workspace;
};

/// The k highest values' places, best first; of equals the first.
std::vector<int64_t> topClasses(const float *logits, int64_t classes, int64_t k);

/// Values of one target: `rows` blocks of `size` out of [rows][targets][size].
std::vector<float> sliceTarget(const std::vector<float> &values, int64_t rows, int64_t targets,
                               int64_t target);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_EXPLAIN_H

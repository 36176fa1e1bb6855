// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Explain.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace saliency {
namespace {

int64_t product(const int64_t *dims, int64_t count) {
  return std::accumulate(dims, dims + count, int64_t(1), std::multiplies<>());
}

bool allFinite(const std::vector<float> &values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

bool checkFinite(const Explanation &result, std::string &error) {
  const char *bad = !allFinite(result.logits)   ? "logits"
                    : !allFinite(result.layers) ? "layers"
                                                : nullptr;
  for (const MethodMaps &method : result.methods)
    bad = !allFinite(method.maps) ? "relevance" : !allFinite(method.maps2d) ? "2-D map" : bad;
  if (bad)
    error = std::string("every computed value is finite; found NaN or infinity in the ") + bad +
            "; nothing is written for this input";
  return !bad;
}

/// The next `count` values.
std::vector<float> take(const float *&from, int64_t count) {
  std::vector<float> values(from, from + count);
  from += count;
  return values;
}

/// [rows][a] and [rows][b] to [rows][a b].
template <typename T> void joinRows(std::vector<T> &a, const std::vector<T> &b, int64_t rows) {
  size_t sizeA = a.size() / rows, sizeB = b.size() / rows;
  std::vector<T> joined;
  joined.reserve(a.size() + b.size());
  for (int64_t row = 0; row < rows; ++row) {
    joined.insert(joined.end(), a.begin() + row * sizeA, a.begin() + (row + 1) * sizeA);
    joined.insert(joined.end(), b.begin() + row * sizeB, b.begin() + (row + 1) * sizeB);
  }
  a = std::move(joined);
}

} // namespace

bool Explanation::oneClass(int64_t t) const {
  for (int64_t image = 1; image < images; ++image)
    if (classOf(image, t) != classOf(0, t))
      return false;
  return true;
}

std::vector<int64_t> topClasses(const float *logits, int64_t classes, int64_t k) {
  std::vector<int64_t> order(classes);
  std::iota(order.begin(), order.end(), 0);
  k = std::min(k, classes);
  std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](int64_t a, int64_t b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  });
  order.resize(k);
  return order;
}

std::vector<float> sliceTarget(const std::vector<float> &values, int64_t rows, int64_t targets,
                               int64_t target) {
  auto size = static_cast<int64_t>(values.size()) / (rows * targets);
  std::vector<float> slice;
  slice.reserve(rows * size);
  for (int64_t row = 0; row < rows; ++row) {
    auto start = values.begin() + (row * targets + target) * size;
    slice.insert(slice.end(), start, start + size);
  }
  return slice;
}

ExplainerSession::ExplainerSession(const Explainer &explainer, WorkerPool &pool,
                                   bool layers) noexcept
    : explainer(explainer), model(*explainer.interface()), pool(pool), wantLayers(layers),
      workspace(explainer.workspaceSize()) {}

bool ExplainerSession::call(const Input &input, const std::vector<int64_t> &targets,
                            CallTensors &tensors,
                            const std::function<void(int64_t, int64_t)> &progress,
                            Explanation &result, std::string &error) {
  int64_t perImage = static_cast<int64_t>(targets.size()) / input.batch,
          rows = input.batch * perImage;
  result.images = input.batch;
  result.targets = perImage;
  result.classes.resize(rows);
  auto mapSize = [&](const saliency_map &map) {
    return rows * product(map.dims + 1, map.rank - 1);
  };
  auto planeSize = [&](const saliency_map &map) { return rows * product(map.plane, 2); };
  int64_t mapFloats = 0, planeFloats = 0;
  for (const saliency_map *map = model.maps; map != model.maps + model.map_count; ++map) {
    mapFloats += mapSize(*map);
    planeFloats += planeSize(*map);
  }
  std::vector<float> maps(mapFloats), maps2d(planeFloats);
  result.logits.resize(input.batch * model.classes);
  result.layers.resize(wantLayers ? input.batch / model.batch * perImage * model.layer_elements
                                  : 0);
  const std::vector<saliency_tensor> &views = tensors.forBatch(input.batch);

  saliency_args args = workspace.arguments(explainer.weights, explainer.weightsSize);
  args.parallel_for = WorkerPool::parallelFor;
  args.parallel_context = &pool;
  args.progress = [](void *user, int64_t done, int64_t total) {
    (*static_cast<const std::function<void(int64_t, int64_t)> *>(user))(done, total);
  };
  args.user = const_cast<void *>(static_cast<const void *>(&progress));
  args.batch = input.batch;
  args.input = input.values.data();
  args.targets_per_image = perImage;
  args.targets = targets.data();
  args.maps = maps.data();
  args.maps2d = maps2d.data();
  args.logits = result.logits.data();
  args.layers = wantLayers ? result.layers.data() : nullptr;
  args.resolved_targets = result.classes.data();
  args.tensors = views.data();
  args.tensor_count = static_cast<int64_t>(views.size());
  saliency_status status = explainer.explain(&args);
  if (status != SALIENCY_OK)
    error = explainer.errorString(status);
  const float *nextMap = maps.data(), *nextPlane = maps2d.data();
  for (const saliency_map *map = model.maps; map != model.maps + model.map_count; ++map)
    result.methods.push_back({take(nextMap, mapSize(*map)), take(nextPlane, planeSize(*map))});
  return status == SALIENCY_OK && checkFinite(result, error);
}

std::optional<Explanation>
ExplainerSession::explain(const Input &input, const TargetChoice &choice, CallTensors &tensors,
                          const std::function<void(int64_t, int64_t)> &progress,
                          std::string &error) {
  if (!workspace) {
    error = "the explainer needs " + std::to_string(workspace.size()) +
            " bytes of workspace, there is not so much memory";
    return std::nullopt;
  }
  std::vector<int64_t> targets(input.batch, SALIENCY_ARG_MAX);
  if (!choice.classes.empty()) {
    targets.clear();
    for (int64_t image = 0; image < input.batch; ++image)
      targets.insert(targets.end(), choice.classes.begin(), choice.classes.end());
  }
  Explanation result, rest;
  if (!call(input, targets, tensors, progress, result, error))
    return std::nullopt;
  if (!choice.classes.empty() || choice.top == 1)
    return result;

  // The winner is done, and with it the logits are known: now the others of the k best.
  targets.clear();
  for (int64_t image = 0; image < input.batch; ++image) {
    std::vector<int64_t> best =
        topClasses(&result.logits[image * model.classes], model.classes, choice.top);
    targets.insert(targets.end(), best.begin() + 1, best.end());
  }
  if (!call(input, targets, tensors, progress, rest, error))
    return std::nullopt;
  joinRows(result.classes, rest.classes, input.batch);
  for (size_t m = 0; m < result.methods.size(); ++m) {
    joinRows(result.methods[m].maps, rest.methods[m].maps, input.batch);
    joinRows(result.methods[m].maps2d, rest.methods[m].maps2d, input.batch);
  }
  joinRows(result.layers, rest.layers, input.batch / model.batch);
  result.targets += rest.targets;
  return result;
}

} // namespace saliency

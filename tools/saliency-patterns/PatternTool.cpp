// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-patterns/PatternTool.h"

#include "passes/patterns/PatternEstimator.h"
#include "runtime/image/Npy.h"
#include "runtime/image/OutputFiles.h"
#include "tools/saliency-patterns/ListInputs.h"
#include "tools/saliency-patterns/PatternToolOptions.h"
#include "tools/saliency-run/Inputs.h"
#include "tools/saliency-run/ProgressLine.h"
#include "tools/saliency-run/WorkerPool.h"

#include <cstdio>
#include <filesystem>
#include <new>

using namespace saliency;

static int fail(const std::string &error, int exitCode = 1) {
  std::fprintf(stderr, "saliency-patterns: error: %s\n", error.c_str());
  return exitCode;
}

/// Under a temporary name, then renamed.
static bool write(const std::string &path, const std::vector<LayerPatterns> &patterns,
                  std::string &error) {
  std::vector<NpzEntry> entries;
  for (const LayerPatterns &layer : patterns)
    entries.push_back({layer.name, layer.shape, layer.values.data()});
  std::optional<std::string> bytes = encodeNpz(entries, error);
  OutputFiles files;
  return bytes && files.add(path, {*bytes}, error) && files.commit(error);
}

static void report(const PatternToolOptions &options, const std::vector<LayerPatterns> &patterns,
                   int64_t samples) {
  std::printf("%s: patterns of %zu layers from %lld inputs\n", options.output.c_str(),
              patterns.size(), static_cast<long long>(samples));
  for (const LayerPatterns &layer : patterns)
    if (layer.silent + layer.constant > 0)
      std::printf(
          "  %s: of %lld units, %lld are never active and %lld constant; their patterns are 0\n",
          layer.name.c_str(), static_cast<long long>(layer.shape.front()),
          static_cast<long long>(layer.silent), static_cast<long long>(layer.constant));
}

/// Whether each layer has a unit with a pattern; no relevance passes a layer without.
static bool checkPatterns(const std::vector<LayerPatterns> &patterns, int64_t samples,
                          std::string &error) {
  for (const LayerPatterns &layer : patterns)
    if (layer.silent + layer.constant == layer.shape.front()) {
      error = layer.name + ": none of " + std::to_string(layer.shape.front()) +
              " units has a pattern: " + std::to_string(layer.silent) + " are never active and " +
              std::to_string(layer.constant) +
              " constant. Patterns are covariances over many inputs, found " +
              std::to_string(samples);
      return false;
    }
  return true;
}

static int estimate(const PatternToolOptions &options, const std::vector<std::string> &inputs) {
  ProgressLine progress(options.host.quiet);
  progress.show("preparing " + options.request.model);
  std::string error;
  int exitCode = 0;
  std::unique_ptr<PatternEstimator> estimator =
      PatternEstimator::create(options.request, error, exitCode);
  progress.clear();
  if (!estimator)
    return fail(error, exitCode);
  int processors = static_cast<int>(std::thread::hardware_concurrency());
  WorkerPool pool(options.host.threads ? options.host.threads : std::max(1, processors));
  int64_t samples = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    progress.show("[" + std::to_string(i + 1) + "/" + std::to_string(inputs.size()) + "] " +
                  inputs[i]);
    std::optional<Input> input =
        loadInput(inputs[i], options.pictures, estimator->getInterface(), error);
    if (!input)
      return progress.clear(), fail(error);
    if (!estimator->add(input->values, error, {WorkerPool::parallelFor, &pool}))
      return progress.clear(), fail(inputs[i] + ": " + error);
    samples += input->batch;
  }
  progress.show("writing " + options.output);
  std::vector<LayerPatterns> patterns = estimator->estimate();
  if (!checkPatterns(patterns, samples, error))
    return progress.clear(), fail(error);
  bool written = write(options.output, patterns, error);
  progress.clear();
  if (!written)
    return fail(error);
  if (!options.host.quiet)
    report(options, patterns, samples);
  return 0;
}

int saliency::runPatternTool(int argc, char **argv) {
  int exitCode = 0;
  try {
    std::optional<PatternToolOptions> options = parsePatternOptions(argc, argv, exitCode);
    if (!options)
      return exitCode;
    std::string error;
    std::optional<std::vector<std::string>> inputs = listInputs(options->inputs, error);
    return inputs ? estimate(*options, *inputs) : fail(error);
  } catch (const std::bad_alloc &) {
    return fail("out of memory");
  } catch (const std::filesystem::filesystem_error &problem) {
    return fail(problem.what());
  }
}

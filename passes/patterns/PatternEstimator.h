// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Patterns of every layer with weights, from inputs given one after the other: a network is
// compiled together with the sums that its layers need, and run in this process. No header of the
// compiler comes with this one.
#ifndef SALIENCY_PATTERNS_PATTERNESTIMATOR_H
#define SALIENCY_PATTERNS_PATTERNESTIMATOR_H

#include "passes/patterns/Patterns.h"
#include "passes/request/CompileRequest.h"
#include "runtime/include/saliency/explainer.h"

#include <memory>
#include <span>

namespace saliency {

/// saliency_args::parallel_for with its context.
struct ParallelLoops {
  int (*run)(void *context, void (*body)(void *data, int64_t index), void *data,
             int64_t count) = nullptr;
  void *context = nullptr;
};

class PatternEstimator {
public:
  /// Of the request count the network, the estimator (two-component where none is named), whether
  /// batch norm is folded first (it is unless switched off) and the schedule; no method. Null on
  /// failure; then `error` says what (without a final newline) and `exitCode` is 1 (bad input) or 2
  /// (unsupported).
  static std::unique_ptr<PatternEstimator> create(CompileRequest request, std::string &error,
                                                  int &exitCode);
  ~PatternEstimator();

  const saliency_interface &getInterface() const;

  /// Adds what the layers see at `inputs`, samples of the network's input one behind the other, a
  /// multiple of the compiled batch. `loops` may run parallel loops. False with a message where the
  /// call fails or a layer's sums are not finite; then the estimate is void.
  bool add(std::span<const float> inputs, std::string &error, const ParallelLoops &loops = {});

  /// In the order of the network.
  std::vector<LayerPatterns> estimate() const;

private:
  struct Program;
  PatternEstimator(std::unique_ptr<Program> program, std::vector<LayerSums> layers);

  std::unique_ptr<Program> program;
  std::vector<LayerSums> layers;
};

} // namespace saliency

#endif // SALIENCY_PATTERNS_PATTERNESTIMATOR_H

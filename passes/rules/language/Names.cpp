// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names of capabilities, spaces, node kinds and invariants, for messages and documentation.
#include "passes/rules/language/MethodTable.h"

namespace saliency::rules {

std::string_view nameOf(Capability capability) {
  static constexpr std::string_view names[] = {
      "LinearMap", "Convolution", "Dense",         "AveragePool", "Bilinear", "Activation",
      "Rectifier", "Selection",   "Structural",    "Merge",       "Add",      "Concat",
      "Product",   "Fork",        "Normalisation", "Softmax",     "LayerNorm"};
  static_assert(std::size(names) == unsigned(Capability::Count));
  return names[unsigned(capability)];
}

std::string_view nameOf(Space space) {
  static constexpr std::string_view names[] = {"In",       "Out",      "Weight",    "SampleWeight",
                                               "Logits",   "Layer",    "PerSample", "PerChannel",
                                               "PerPixel", "Scalar",   "Other",     "Heads",
                                               "Tokens",   "PerToken", "Patches",   "HeadMaps"};
  static_assert(std::size(names) == unsigned(Space::HeadMaps) + 1);
  return names[unsigned(space)];
}

std::string_view nameOf(Invariant invariant) {
  static constexpr std::string_view names[] = {"conserves the sum", "zero where x <= 0", "odd in R",
                                               "homogeneous in R", "independent of the weights"};
  static_assert(std::size(names) == unsigned(Invariant::Count));
  return names[unsigned(invariant)];
}

std::string_view nameOf(Conservation conservation) {
  static constexpr std::string_view names[] = {
      "no law",
      "exact",
      "exact without bias, where no sum of contributions is 0",
      "exact without bias, where contributions of both signs exist",
      "loses the shares of bias and stabiliser",
      "exact, shares unbounded where their sum is near 0",
      "passed on unchanged",
      "exact but for relevance on padding",
      "exact where inputs have one sign"};
  static_assert(std::size(names) == unsigned(Conservation::Count));
  return names[unsigned(conservation)];
}

std::string_view nameOf(CanonizerKind canonizer) {
  static constexpr std::string_view names[] = {"fold-batch-norm", "threshold-units",
                                               "fold-batch-norm-forward"};
  static_assert(std::size(names) == unsigned(CanonizerKind::Count));
  return names[unsigned(canonizer)];
}

std::string_view describe(CanonizerKind canonizer) {
  static constexpr std::string_view texts[] = {
      "Batch norm is folded into the linear map before it",
      "Batch norm and the rectifier behind it become a threshold unit, their scale and shift part "
      "of the linear maps behind",
      "Batch norm is folded into the linear maps behind it"};
  static_assert(std::size(texts) == unsigned(CanonizerKind::Count));
  return texts[unsigned(canonizer)];
}

std::string_view nameOf(NodeKind kind) {
  static constexpr std::string_view names[] = {
#define WORD(kind, name, ...) name,
#include "passes/rules/language/Words.def"
  };
  return names[unsigned(kind)];
}

} // namespace saliency::rules

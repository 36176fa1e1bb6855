// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_OPTIONS_H
#define SALIENCY_TOOLS_RUN_OPTIONS_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace saliency {

/// Which classes to explain: the winner, the k best of each image, or these.
struct TargetChoice {
  int64_t top = 1;
  std::vector<int64_t> classes; ///< if any, `top` does not matter
};

struct RunOptions {
  std::string model;
  std::vector<std::string> inputs;

  std::string method, conventions, composite, schedule, classMaps, anchors;
  std::vector<std::string> steps, conditions;
  std::map<std::string, bool> canonizers; ///< those switched on or off
  bool reportCanonizers = false;
  std::vector<std::pair<std::string, std::string>> params;
  TargetChoice target;

  std::string outDir = ".", labels;
  bool map2d = false, logits = false, prepared = false, dumpRelevance = false, report = false;
  bool json = false, quiet = false;
  int threads = 0; ///< 0: one per processor

  std::string preset, order, fit;
  std::vector<double> mean, std;
  int range = 1, size = 0;
};

/// Reads the command line. On --help and on errors there are no options, everything has been
/// printed, and `exitCode` is 0 or 1.
std::optional<RunOptions> parseOptions(int argc, char **argv, int &exitCode);

/// "3,5", "top3", or "" for the winner.
std::optional<TargetChoice> parseTarget(const std::string &text, std::string &error);

/// "3,4,0": whole numbers separated by commas.
std::optional<std::vector<int64_t>> parseIntegers(const std::string &text);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_OPTIONS_H

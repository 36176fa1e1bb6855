// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_RUNOPTIONS_H
#define SALIENCY_TOOLS_RUN_RUNOPTIONS_H

#include "passes/request/CompileRequest.h"
#include "tools/saliency-run/SharedOptions.h"

namespace saliency {

/// Which classes to explain: the winner, the k best of each image, or these.
struct TargetChoice {
  int64_t top = 1;
  std::vector<int64_t> classes; ///< if any, `top` does not matter
};

struct RunOptions {
  /// What to compile, where the model is a network. The parameters, `dumpRelevance` and `report`
  /// are for the calls, too.
  CompileRequest compile;
  std::vector<std::string> inputs;
  PictureOptions pictures;
  TargetChoice target;
  std::string outDir = ".", labels;
  bool map2d = false, logits = false, prepared = false, json = false;
  HostOptions host;
  /// The options given that a compiled explainer has fixed, as they are written.
  std::vector<std::string> ofModel;
};

/// Reads the command line. On --help and on errors there are no options, everything has been
/// printed, and `exitCode` is 0 or 1.
std::optional<RunOptions> parseRunOptions(int argc, char **argv, int &exitCode);

/// Sets the choice from "3,5", "top3", or "" for the winner.
std::optional<Mistake> parseTarget(std::string_view text, TargetChoice &choice);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_RUNOPTIONS_H

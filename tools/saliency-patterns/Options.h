// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TOOLS_PATTERNS_OPTIONS_H
#define SALIENCY_TOOLS_PATTERNS_OPTIONS_H

#include "passes/patterns/PatternEstimator.h"
#include "tools/saliency-run/Options.h"

namespace saliency {

struct PatternToolOptions {
  PatternOptions estimator;
  RunOptions
      run; ///< inputs, threads, quiet and how the network wants its pictures; the rest is not used
  std::string output;
};

/// Reads the command line. On --help and on errors there are no options, everything has been
/// printed, and `exitCode` is 0 or 1.
std::optional<PatternToolOptions> parsePatternOptions(int argc, char **argv, int &exitCode);

} // namespace saliency

#endif // SALIENCY_TOOLS_PATTERNS_OPTIONS_H

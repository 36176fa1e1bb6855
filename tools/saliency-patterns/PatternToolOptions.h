// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TOOLS_PATTERNS_PATTERNTOOLOPTIONS_H
#define SALIENCY_TOOLS_PATTERNS_PATTERNTOOLOPTIONS_H

#include "passes/request/CompileRequest.h"
#include "tools/saliency-run/SharedOptions.h"

#include <optional>

namespace saliency {

struct PatternToolOptions {
  CompileRequest request;
  std::vector<std::string> inputs;
  PictureOptions pictures;
  HostOptions host;
  std::string output;
};

/// Reads the command line. On --help and on errors there are no options, everything has been
/// printed, and `exitCode` is 0 or 1.
std::optional<PatternToolOptions> parsePatternOptions(int argc, char **argv, int &exitCode);

} // namespace saliency

#endif // SALIENCY_TOOLS_PATTERNS_PATTERNTOOLOPTIONS_H

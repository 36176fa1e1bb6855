// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver's command line.
#ifndef SALIENCY_TOOLS_OPT_OPTIONS_H
#define SALIENCY_TOOLS_OPT_OPTIONS_H

#include "passes/Compiler.h"

#include <optional>

namespace saliency {

struct DriverOptions {
  CompileOptions compile;
  std::string output; ///< empty: IR on standard output
  std::optional<Stage> stage;
  std::optional<int64_t> batch; ///< where given; compile.batch has it too
  bool statistics = false;
  bool reportCanonizers = false;
  bool explainComposite = false,
       explainConservation = false; ///< say which rule each layer gets instead of compiling
};

/// Whether this command line is for the driver rather than for single passes.
bool isDriverCommand(int argc, char **argv);

/// Parses and checks; prints help or the mistake and gives the exit code where there is nothing to
/// do.
std::optional<DriverOptions> parseOptions(int argc, char **argv, int &exitCode);

} // namespace saliency

#endif // SALIENCY_TOOLS_OPT_OPTIONS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver's command line.
#ifndef SALIENCY_TOOLS_OPT_DRIVEROPTIONS_H
#define SALIENCY_TOOLS_OPT_DRIVEROPTIONS_H

#include "passes/Pipelines.h"
#include "passes/request/CompileRequest.h"

namespace saliency {

struct DriverOptions {
  CompileRequest request;
  std::string output; ///< empty: IR on standard output
  std::optional<Stage> stage;
  bool explainComposite = false,
       explainConservation = false; ///< say which rule each layer gets instead of compiling
  bool listMethods = false;
  std::string explainMethod, document;
  std::vector<std::string> mlirFlags; ///< MLIR's own options, as they were given
};

/// Whether this command line is for the driver rather than for single passes.
bool isDriverCommand(int argc, char **argv);

/// Parses and checks; prints help, a list or the mistake and gives the exit code where there is
/// nothing more to do.
std::optional<DriverOptions> parseDriverOptions(int argc, char **argv, int &exitCode);

} // namespace saliency

#endif // SALIENCY_TOOLS_OPT_DRIVEROPTIONS_H

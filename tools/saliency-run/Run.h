// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_RUN_H
#define SALIENCY_TOOLS_RUN_RUN_H

namespace saliency {

/// The whole of saliency-run. Returns the exit code: 0, 1 (bad input), 2 (unsupported).
int runTool(int argc, char **argv);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_RUN_H

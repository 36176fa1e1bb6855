// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TOOLS_PATTERNS_PATTERNTOOL_H
#define SALIENCY_TOOLS_PATTERNS_PATTERNTOOL_H

namespace saliency {

/// The whole program; its exit code.
int runPatternTool(int argc, char **argv);

} // namespace saliency

#endif // SALIENCY_TOOLS_PATTERNS_PATTERNTOOL_H

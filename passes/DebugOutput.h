// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What parts of the compiler say of their decisions (LLVM_DEBUG), for people who look for a
// mistake. LLVM's own --debug-only is compiled out of release packages; the switches behind it are
// not, and this project's code keeps its LLVM_DEBUG statements in every build with assertions.
#ifndef SALIENCY_PASSES_DEBUGOUTPUT_H
#define SALIENCY_PASSES_DEBUGOUTPUT_H

#include <string>
#include <vector>

namespace saliency {

/// Lets the code whose DEBUG_TYPE is among `parts` speak, or all code where "all" is, for the rest
/// of the process; nothing changes where there are none.
void enableDebugOutput(const std::vector<std::string> &parts);

} // namespace saliency

#endif // SALIENCY_PASSES_DEBUGOUTPUT_H

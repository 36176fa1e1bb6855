// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TOOLS_PATTERNS_LISTINPUTS_H
#define SALIENCY_TOOLS_PATTERNS_LISTINPUTS_H

#include <optional>
#include <string>
#include <vector>

namespace saliency {

/// The files named, and in place of a folder the pictures and arrays in it and its folders, in the
/// order of their names. A name of nothing and a folder without any are an error.
std::optional<std::vector<std::string>> listInputs(const std::vector<std::string> &paths,
                                                   std::string &error);

} // namespace saliency

#endif // SALIENCY_TOOLS_PATTERNS_LISTINPUTS_H

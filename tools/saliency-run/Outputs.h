// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_OUTPUTS_H
#define SALIENCY_TOOLS_RUN_OUTPUTS_H

#include "tools/saliency-run/Explain.h"

namespace saliency {

struct WrittenFile {
  std::string kind; ///< map, map2d, layers, logits, input, png, overlay
  int64_t target;   ///< index of the target, -1 for logits and input
  std::string path;
  std::string method = ""; ///< among several methods, of a file that belongs to one
};

/// Whether `folder` is a folder, or no file stands where one is to be made. Makes none.
bool checkOutDir(const std::string &folder, std::string &error);

/// Writes all files of one input, together or not at all; makes the folder if it is absent.
std::optional<std::vector<WrittenFile>> writeOutputs(const Input &input, const Explanation &result,
                                                     const saliency_interface &model,
                                                     const RunOptions &options, std::string &error);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_OUTPUTS_H

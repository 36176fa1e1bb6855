// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_INPUTS_H
#define SALIENCY_TOOLS_RUN_INPUTS_H

#include "runtime/image/Picture.h"
#include "saliency/explainer.h"
#include "tools/saliency-run/SharedOptions.h"

#include <optional>

namespace saliency {

/// One file, as the network takes it.
struct Input {
  std::string path;
  std::string stem; ///< name of its outputs
  int64_t batch = 0;
  std::vector<float> values;
  std::optional<Picture> picture; ///< what the network sees of a photograph
};

/// The file's name without folder and extension.
std::string stemOf(const std::string &path);

/// Two inputs with one stem would overwrite each other's outputs.
bool checkStems(const std::vector<std::string> &paths, std::string &error);

/// Reads a picture or an array of the network's shape; every value is finite. `error` names the
/// file.
std::optional<Input> loadInput(const std::string &path, const PictureOptions &options,
                               const saliency_interface &model, std::string &error);

/// "3x224x224": the shape behind the batch axis.
std::string imageShapeText(const saliency_interface &model);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_INPUTS_H

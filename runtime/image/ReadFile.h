// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_RUNTIME_IMAGE_READFILE_H
#define SALIENCY_RUNTIME_IMAGE_READFILE_H

#include <cstdint>
#include <optional>
#include <string>

namespace saliency {

/// A whole file in memory. Only regular files of at most `limit` bytes, so that devices and pipes
/// cannot stall or flood a tool. `error` names the file.
std::optional<std::string> readFile(const std::string &path, int64_t limit, std::string &error);

} // namespace saliency

#endif // SALIENCY_RUNTIME_IMAGE_READFILE_H

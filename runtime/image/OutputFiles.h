// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that appear together or not at all.

#ifndef SALIENCY_RUNTIME_IMAGE_OUTPUTFILES_H
#define SALIENCY_RUNTIME_IMAGE_OUTPUTFILES_H

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace saliency {

/// Collects files under temporary names beside their places; `commit` renames them. What is not
/// committed is removed, so a full disk or an error half way leaves nothing behind.
class OutputFiles {
public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles &) = delete;
  OutputFiles &operator=(const OutputFiles &) = delete;
  ~OutputFiles();

  /// Writes `parts` one after the other. The folder exists. `error` names the file.
  bool add(const std::string &path, std::initializer_list<std::string_view> parts,
           std::string &error);

  /// Renames everything into place; an older file of the same name is replaced.
  bool commit(std::string &error);

private:
  struct File {
    std::string temporary, path;
  };
  std::vector<File> files;
};

} // namespace saliency

#endif // SALIENCY_RUNTIME_IMAGE_OUTPUTFILES_H

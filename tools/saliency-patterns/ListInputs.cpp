// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-patterns/ListInputs.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace fs = std::filesystem;

static bool isInput(const fs::path &path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png" || extension == ".npy";
}

std::optional<std::vector<std::string>> saliency::listInputs(const std::vector<std::string> &paths,
                                                             std::string &error) {
  std::vector<std::string> inputs;
  for (const std::string &path : paths) {
    std::error_code code;
    if (!fs::exists(path, code)) {
      error = path + ": an input is a file that exists; found none";
      return std::nullopt;
    }
    if (!fs::is_directory(path, code)) {
      inputs.push_back(path);
      continue;
    }
    size_t before = inputs.size();
    fs::recursive_directory_iterator entry(path, fs::directory_options::follow_directory_symlink,
                                           code),
        end;
    for (; !code && entry != end; entry.increment(code))
      if (isInput(entry->path()) && entry->is_regular_file(code))
        inputs.push_back(entry->path().string());
    if (code) {
      error = path + ": a folder is readable; found: " + code.message();
      return std::nullopt;
    }
    if (inputs.size() == before) {
      error = path +
              ": a folder of inputs has pictures or arrays (.jpg, .jpeg, .png, .npy); found none";
      return std::nullopt;
    }
    std::sort(inputs.begin() + long(before), inputs.end());
  }
  return inputs;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/OutputFiles.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace saliency {

static bool writeAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

static bool fail(const std::string &path, int code, std::string &error) {
  error = path + ": cannot write: " + std::strerror(code);
  return false;
}

OutputFiles::~OutputFiles() {
  for (const File &file : files)
    unlink(file.temporary.c_str());
}

bool OutputFiles::add(const std::string &path, std::initializer_list<std::string_view> parts,
                      std::string &error) {
  std::filesystem::path place(path);
  if (std::error_code code; std::filesystem::is_directory(place, code))
    return fail(path, EISDIR, error);
  std::string name = "." + place.filename().string() + "." + std::to_string(getpid()) + ".tmp";
  std::string temporary = (place.parent_path() / name).string();
  int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0)
    return fail(path, errno, error);
  files.push_back({temporary, path});
  for (std::string_view part : parts) {
    if (!writeAll(file, part)) {
      int code = errno;
      close(file);
      return fail(path, code, error);
    }
  }
  return close(file) == 0 || fail(path, errno, error);
}

bool OutputFiles::commit(std::string &error) {
  while (!files.empty()) {
    const File &file = files.back();
    if (std::rename(file.temporary.c_str(), file.path.c_str()) != 0)
      return fail(file.path, errno, error);
    files.pop_back();
  }
  return true;
}

} // namespace saliency

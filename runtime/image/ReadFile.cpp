// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/ReadFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace saliency {

static std::optional<std::string> readDescriptor(int file, int64_t limit, std::string &reason) {
  struct stat status;
  if (fstat(file, &status) != 0) {
    reason = std::strerror(errno);
    return std::nullopt;
  }
  if (!S_ISREG(status.st_mode)) {
    reason = "not a regular file";
    return std::nullopt;
  }
  if (status.st_size > limit) {
    reason = "at most " + std::to_string(limit) + " bytes are read, it has " +
             std::to_string(status.st_size);
    return std::nullopt;
  }
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    ssize_t got = read(file, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      reason = std::strerror(errno);
      return std::nullopt;
    }
    if (got == 0)
      break;
    done += static_cast<size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

std::optional<std::string> readFile(const std::string &path, int64_t limit, std::string &error) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    error = path + ": " + std::strerror(errno);
    return std::nullopt;
  }
  std::string reason;
  std::optional<std::string> bytes = readDescriptor(file, limit, reason);
  close(file);
  if (!bytes)
    error = path + ": " + reason;
  return bytes;
}

} // namespace saliency

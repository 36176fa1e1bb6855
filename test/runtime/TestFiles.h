// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TEST_RUNTIME_TESTFILES_H
#define SALIENCY_TEST_RUNTIME_TESTFILES_H

#include "runtime/image/Picture.h"

#include <filesystem>
#include <string>

namespace saliency::test {

/// A new folder, removed at the end.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string operator/(const std::string &name) const { return (path / name).string(); }
  /// Names of what is in it, sorted.
  std::vector<std::string> names() const;

  std::filesystem::path path;
};

void writeFile(const std::string &path, const std::string &bytes);
std::string readBytes(const std::string &path);

/// Channel c of (x, y): (37 x + 91 y + 53 c + x y) mod 256.
Picture testPicture(int width, int height);

/// A JPEG file; `components` 1 (grey), 3 (RGB) or 4 (CMYK, inverted as Adobe does).
std::string encodeJpeg(const Picture &picture, int components, int quality,
                       bool progressive = false);

/// A .npy file of floats.
std::string npyBytes(const std::vector<int64_t> &shape, const std::vector<float> &values);

} // namespace saliency::test

#endif // SALIENCY_TEST_RUNTIME_TESTFILES_H

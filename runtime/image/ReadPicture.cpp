// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Picture.h"
#include "runtime/image/ReadFile.h"

namespace saliency {

constexpr int64_t maxFileSize = int64_t(1) << 30;

std::optional<Picture> decodePicture(std::string_view bytes, std::string &error) {
  Picture picture;
  bool read = false;
  if (bytes.starts_with("\xff\xd8\xff"))
    read = decodeJpeg(bytes, picture, error);
  else if (bytes.starts_with("\x89PNG\r\n\x1a\n"))
    read = decodePng(bytes, picture, error);
  else
    error = "a picture must be a JPEG or PNG file, found neither signature";
  if (!read)
    return std::nullopt;
  return picture;
}

std::optional<Picture> readPicture(const std::string &path, std::string &error) {
  std::optional<std::string> bytes = readFile(path, maxFileSize, error);
  if (!bytes)
    return std::nullopt;
  std::optional<Picture> picture = decodePicture(*bytes, error);
  if (!picture)
    error = path + ": " + error;
  return picture;
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// 8-bit RGB pictures and their files.

#ifndef SALIENCY_RUNTIME_IMAGE_PICTURE_H
#define SALIENCY_RUNTIME_IMAGE_PICTURE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saliency {

/// Rows from top to bottom, three bytes a pixel, no padding.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;

  Picture() = default;
  Picture(int width, int height)
      : width(width), height(height), pixels(size_t(3) * width * height) {}

  uint8_t *at(int x, int y) { return pixels.data() + 3 * (size_t(y) * width + x); }
  const uint8_t *at(int x, int y) const { return pixels.data() + 3 * (size_t(y) * width + x); }
};

/// The most pixels a file may have; more is taken for an attack or a mistake.
constexpr int64_t maxPixels = 100'000'000;

/// Reads a JPEG or PNG, told apart by content. Palettes, grey, CMYK and 16 bits become 8-bit RGB;
/// transparency, gamma and the orientation tag are ignored, as the usual training pipelines do. A
/// damaged or truncated file is an error.
std::optional<Picture> readPicture(const std::string &path, std::string &error);

/// The same for the contents of a file. `error` names no file.
std::optional<Picture> decodePicture(std::string_view bytes, std::string &error);
bool decodeJpeg(std::string_view bytes, Picture &picture, std::string &error);
bool decodePng(std::string_view bytes, Picture &picture, std::string &error);

/// The bytes of a PNG file.
std::optional<std::string> encodePng(const Picture &picture, std::string &error);

} // namespace saliency

#endif // SALIENCY_RUNTIME_IMAGE_PICTURE_H

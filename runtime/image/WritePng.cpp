// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Picture.h"

#include <png.h>

namespace saliency {

std::optional<std::string> encodePng(const Picture &picture, std::string &error) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.pixels.data(), 0,
                                 nullptr)) {
    error = std::string("cannot encode a PNG: ") + image.message;
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

} // namespace saliency

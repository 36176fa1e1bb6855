// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libpng reports errors by longjmp: the functions between setjmp and the library own no object with
// a destructor.

#include "runtime/image/Picture.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <png.h>

namespace saliency {
namespace {

struct Decoder {
  std::string_view rest;
  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[128] = "";
};

[[noreturn]] void onError(png_structp png, png_const_charp text) {
  auto *decoder = static_cast<Decoder *>(png_get_error_ptr(png));
  std::snprintf(decoder->message, sizeof decoder->message, "%s", text);
  png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}

void onRead(png_structp png, png_bytep to, size_t count) {
  auto *decoder = static_cast<Decoder *>(png_get_io_ptr(png));
  if (count > decoder->rest.size())
    png_error(png, "the file ends too early");
  std::memcpy(to, decoder->rest.data(), count);
  decoder->rest.remove_prefix(count);
}

/// Everything becomes 8-bit RGB; 16-bit samples keep their high byte.
void requestRgb(png_structp png, png_infop info) {
  png_set_palette_to_rgb(png);
  if (png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8)
    png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
}

bool decode(Decoder &decoder, Picture &picture, std::vector<png_bytep> &rows) {
  png_structp png = decoder.png;
  if (setjmp(png_jmpbuf(png)))
    return false;
  png_set_read_fn(png, &decoder, onRead);
  png_set_user_limits(png, 65535, 65535);
  png_read_info(png, decoder.info);
  png_uint_32 width = png_get_image_width(png, decoder.info),
              height = png_get_image_height(png, decoder.info);
  if (int64_t(width) * height > maxPixels) {
    std::snprintf(decoder.message, sizeof decoder.message,
                  "at most %lld pixels are read, it has %u x %u", static_cast<long long>(maxPixels),
                  width, height);
    return false;
  }
  requestRgb(png, decoder.info);
  png_set_interlace_handling(png);
  png_read_update_info(png, decoder.info);
  if (png_get_rowbytes(png, decoder.info) != size_t(3) * width)
    png_error(png, "unknown colour type");
  picture = Picture(static_cast<int>(width), static_cast<int>(height));
  rows.resize(height);
  for (png_uint_32 y = 0; y < height; ++y)
    rows[y] = picture.at(0, static_cast<int>(y));
  png_read_image(png, rows.data());
  png_read_end(png, nullptr);
  return true;
}

} // namespace

bool decodePng(std::string_view bytes, Picture &picture, std::string &error) {
  Decoder decoder;
  decoder.rest = bytes;
  std::vector<png_bytep> rows;
  bool read = false;
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, onError, onWarning);
  if (decoder.png)
    decoder.info = png_create_info_struct(decoder.png);
  if (decoder.info)
    read = decode(decoder, picture, rows);
  png_destroy_read_struct(&decoder.png, &decoder.info, nullptr);
  if (!read)
    error = std::string("a PNG file must be whole and undamaged: ") + decoder.message;
  return read;
}

} // namespace saliency

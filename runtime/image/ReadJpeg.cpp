// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libjpeg reports errors by longjmp: the functions between setjmp and the library own no object
// with a destructor.

#include "runtime/image/Picture.h"

#include <csetjmp>
#include <cstdio>
#include <jerror.h>
#include <jpeglib.h>

namespace saliency {
namespace {

/// A progressive file of a few kilobytes can ask for thousands of passes over a large picture.
constexpr int maxScans = 500;

struct Decoder {
  jpeg_decompress_struct info;
  jpeg_error_mgr errors;
  jpeg_progress_mgr progress;
  std::jmp_buf failed;
  char message[JMSG_LENGTH_MAX];
};

Decoder &decoderOf(j_common_ptr info) { return *static_cast<Decoder *>(info->client_data); }

[[noreturn]] void fail(j_common_ptr info) {
  Decoder &decoder = decoderOf(info);
  info->err->format_message(info, decoder.message);
  std::longjmp(decoder.failed, 1);
}

/// Warnings of libjpeg mean that it went on with invented data, but for these.
void onMessage(j_common_ptr info, int level) {
  int code = info->err->msg_code;
  bool harmless =
      code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR;
  if (level < 0 && !harmless)
    fail(info);
}

void onProgress(j_common_ptr info) {
  if (!info->is_decompressor ||
      reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= maxScans)
    return;
  std::snprintf(decoderOf(info).message, JMSG_LENGTH_MAX, "more than %d scans", maxScans);
  std::longjmp(decoderOf(info).failed, 1);
}

/// Adobe's CMYK is stored inverted: 255 is no ink.
void convertCmyk(const uint8_t *from, uint8_t *to, int width, bool inverted) {
  for (int x = 0; x < width; ++x, from += 4, to += 3) {
    for (int c = 0; c < 3; ++c) {
      int ink = inverted ? from[c] : 255 - from[c], black = inverted ? from[3] : 255 - from[3];
      to[c] = static_cast<uint8_t>((ink * black + 127) / 255);
    }
  }
}

bool decode(Decoder &decoder, std::string_view bytes, Picture &picture, std::vector<uint8_t> &row) {
  jpeg_decompress_struct &info = decoder.info;
  info.err = jpeg_std_error(&decoder.errors);
  info.client_data = &decoder;
  decoder.errors.error_exit = fail;
  decoder.errors.emit_message = onMessage;
  decoder.progress.progress_monitor = onProgress;
  if (setjmp(decoder.failed))
    return false;
  jpeg_create_decompress(&info);
  info.client_data = &decoder;
  info.progress = &decoder.progress;
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size());
  jpeg_read_header(&info, TRUE);
  if (int64_t(info.image_width) * info.image_height > maxPixels) {
    std::snprintf(decoder.message, JMSG_LENGTH_MAX, "at most %lld pixels are read, it has %u x %u",
                  static_cast<long long>(maxPixels), info.image_width, info.image_height);
    return false;
  }
  bool cmyk = info.num_components == 4;
  info.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&info);
  picture = Picture(static_cast<int>(info.output_width), static_cast<int>(info.output_height));
  row.resize(cmyk ? size_t(4) * info.output_width : 0);
  while (info.output_scanline < info.output_height) {
    uint8_t *to = picture.at(0, static_cast<int>(info.output_scanline));
    JSAMPROW target = cmyk ? row.data() : to;
    jpeg_read_scanlines(&info, &target, 1);
    if (cmyk)
      convertCmyk(row.data(), to, picture.width, info.saw_Adobe_marker);
  }
  jpeg_finish_decompress(&info);
  return true;
}

} // namespace

bool decodeJpeg(std::string_view bytes, Picture &picture, std::string &error) {
  Decoder decoder{};
  std::vector<uint8_t> row;
  bool read = decode(decoder, bytes, picture, row);
  jpeg_destroy_decompress(&decoder.info);
  if (!read)
    error = std::string("a JPEG file must be whole and undamaged: ") + decoder.message;
  return read;
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Picture.h"
#include "test/runtime/TestFiles.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <png.h>
#include <zlib.h>

using namespace saliency;
using namespace saliency::test;

namespace {

std::string png(const Picture &picture) {
  std::string error;
  return encodePng(picture, error).value_or("");
}

std::string errorOf(const std::string &bytes) {
  std::string error;
  EXPECT_FALSE(decodePicture(bytes, error).has_value());
  EXPECT_FALSE(error.empty());
  return error;
}

/// A PNG in another format of libpng's simplified interface.
std::string pngAs(uint32_t format, int width, int height, const void *pixels,
                  const void *palette = nullptr, uint32_t entries = 0) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = format;
  image.colormap_entries = entries;
  png_alloc_size_t size = 1 << 20;
  std::string bytes(size, '\0');
  EXPECT_TRUE(png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels, 0, palette))
      << image.message;
  bytes.resize(size);
  return bytes;
}

TEST(Png, RoundTrip) {
  Picture picture = testPicture(31, 17);
  std::string error;
  std::optional<Picture> read = decodePicture(png(picture), error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->width, 31);
  EXPECT_EQ(read->height, 17);
  EXPECT_EQ(read->pixels, picture.pixels);
}

TEST(Png, OtherFormatsBecomeRgb) {
  std::string error;
  const uint8_t grey[] = {0, 100, 255};
  std::optional<Picture> read = decodePicture(pngAs(PNG_FORMAT_GRAY, 3, 1, grey), error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->pixels, (std::vector<uint8_t>{0, 0, 0, 100, 100, 100, 255, 255, 255}));
  const uint8_t rgba[] = {1, 2, 3, 0, 4, 5, 6, 255};
  read = decodePicture(pngAs(PNG_FORMAT_RGBA, 2, 1, rgba), error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->pixels, (std::vector<uint8_t>{1, 2, 3, 4, 5, 6})) << "transparency is ignored";
  const uint8_t palette[] = {9, 8, 7, 6, 5, 4}, indices[] = {1, 0};
  read = decodePicture(pngAs(PNG_FORMAT_RGB_COLORMAP, 2, 1, indices, palette, 2), error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->pixels, (std::vector<uint8_t>{6, 5, 4, 9, 8, 7}));
}

TEST(Png, EveryTruncationIsAnError) {
  std::string bytes = png(testPicture(20, 20));
  for (size_t size = 0; size < bytes.size(); ++size)
    errorOf(bytes.substr(0, size));
}

TEST(Png, DamageIsAnError) {
  std::string bytes = png(testPicture(20, 20));
  for (size_t at = bytes.find("IDAT"); at < bytes.size(); at += 3) {
    std::string damaged = bytes, error;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    EXPECT_FALSE(decodePicture(damaged, error).has_value()) << at;
  }
}

TEST(Png, AbsurdSizeIsAnError) {
  // IHDR of 60000 x 60000 with a valid checksum, and no data.
  std::string bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0", 29);
  uLong sum = crc32(0, reinterpret_cast<const Bytef *>(bytes.data()) + 12, 17);
  for (int shift : {24, 16, 8, 0})
    bytes += static_cast<char>(sum >> shift & 255);
  bytes += std::string("\0\0\0\0IDAT\x35\xaf\x06\x1e", 12);
  EXPECT_NE(errorOf(bytes).find("at most 100000000 pixels are read, it has 60000 x 60000"),
            std::string::npos);
}

TEST(Jpeg, DecodesWithinItsLoss) {
  Picture picture(40, 24);
  for (int y = 0; y < 24; ++y)
    for (int x = 0; x < 40; ++x)
      for (int c = 0; c < 3; ++c)
        picture.at(x, y)[c] = static_cast<uint8_t>(c == 0 ? 5 * x : c == 1 ? 8 * y : 90);
  for (bool progressive : {false, true}) {
    std::string error;
    std::optional<Picture> read = decodePicture(encodeJpeg(picture, 3, 98, progressive), error);
    ASSERT_TRUE(read) << error;
    ASSERT_EQ(read->pixels.size(), picture.pixels.size());
    for (size_t i = 0; i < picture.pixels.size(); ++i)
      ASSERT_LE(std::abs(read->pixels[i] - picture.pixels[i]), 8) << i;
  }
}

TEST(Jpeg, GreyAndCmykBecomeRgb) {
  Picture picture(16, 16);
  for (size_t i = 0; i < picture.pixels.size(); ++i)
    picture.pixels[i] = static_cast<uint8_t>(60 + 60 * (i % 3));
  std::string error;
  std::optional<Picture> grey = decodePicture(encodeJpeg(picture, 1, 95), error);
  ASSERT_TRUE(grey) << error;
  for (int c = 0; c < 3; ++c)
    EXPECT_NEAR(grey->pixels[c], 60, 2);
  std::optional<Picture> cmyk = decodePicture(encodeJpeg(picture, 4, 95), error);
  ASSERT_TRUE(cmyk) << error;
  for (int c = 0; c < 3; ++c)
    EXPECT_NEAR(cmyk->pixels[c], 60 + 60 * c, 3) << "Adobe's inverted inks, no black";
}

TEST(Jpeg, EveryTruncationIsAnError) {
  for (bool progressive : {false, true}) {
    std::string bytes = encodeJpeg(testPicture(33, 20), 3, 90, progressive);
    for (size_t size = 0; size + 2 < bytes.size(); ++size)
      errorOf(bytes.substr(0, size));
  }
}

TEST(Jpeg, DamageNeverCrashes) {
  std::string bytes = encodeJpeg(testPicture(33, 20), 3, 90);
  for (size_t at = 3; at < bytes.size(); ++at) {
    for (int bit : {0, 7}) {
      std::string damaged = bytes, error;
      damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
      if (std::optional<Picture> read = decodePicture(damaged, error))
        EXPECT_EQ(read->pixels.size(), size_t(3) * read->width * read->height);
      else
        EXPECT_NE(error.find("JPEG file must be whole"), std::string::npos);
    }
  }
}

TEST(Jpeg, AbsurdSizeIsAnError) {
  std::string bytes = encodeJpeg(testPicture(8, 8), 3, 90);
  size_t frame = bytes.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  bytes.replace(frame + 5, 4, "\xfd\xe8\xfd\xe8");
  EXPECT_NE(errorOf(bytes).find("at most 100000000 pixels are read, it has 65000 x 65000"),
            std::string::npos);
}

TEST(Picture, UnknownFilesAreNamed) {
  TemporaryFolder folder;
  writeFile(folder / "a.jpg", "GIF89a");
  std::string error;
  EXPECT_FALSE(readPicture(folder / "a.jpg", error));
  EXPECT_NE(error.find("a.jpg: a picture must be a JPEG or PNG file"), std::string::npos);
  EXPECT_FALSE(readPicture(folder / "b.jpg", error));
  EXPECT_NE(error.find("b.jpg: No such file"), std::string::npos);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expected pixels: Pillow's Image.resize(..., BILINEAR) of the same picture.

#include "runtime/image/Preprocess.h"
#include "runtime/image/Resize.h"
#include "test/runtime/TestFiles.h"

#include <gtest/gtest.h>

using namespace saliency;
using namespace saliency::test;

namespace {

std::vector<int> red(const Picture &picture) {
  std::vector<int> values;
  for (size_t i = 0; i < picture.pixels.size(); i += 3)
    values.push_back(picture.pixels[i]);
  return values;
}

/// Sum of the bytes, each times its place.
int64_t weightedSum(const Picture &picture) {
  int64_t sum = 0;
  for (size_t i = 0; i < picture.pixels.size(); ++i)
    sum += static_cast<int64_t>(i + 1) * picture.pixels[i];
  return sum;
}

TEST(Resize, ShrinksLikePillow) {
  Picture small = resizeAntialiased(testPicture(13, 9), 7, 5);
  EXPECT_EQ(red(small),
            (std::vector<int>{74,  121, 155, 119, 90,  145, 153, 126, 95,  131, 111, 140,
                              116, 152, 128, 145, 108, 112, 134, 107, 123, 122, 115, 150,
                              134, 119, 139, 145, 125, 95,  108, 148, 109, 108, 167}));
  EXPECT_EQ(weightedSum(small), 712065);
  EXPECT_EQ(weightedSum(resizeAntialiased(testPicture(640, 481), 224, 97)), 270470655032);
}

TEST(Resize, GrowsLikePillow) {
  EXPECT_EQ(weightedSum(resizeAntialiased(testPicture(5, 4), 8, 9)), 2962665);
}

TEST(Resize, KeepsItsSize) {
  EXPECT_EQ(resizeAntialiased(testPicture(13, 9), 13, 9).pixels, testPicture(13, 9).pixels);
}

TEST(Resize, MapsAtHalfPixels) {
  const float map[] = {0, 4};
  EXPECT_EQ(resizeMap(map, 2, 1, 4, 1), (std::vector<float>{0, 1, 3, 4}));
  EXPECT_EQ(resizeMap(map, 1, 2, 1, 4), (std::vector<float>{0, 1, 3, 4}));
  EXPECT_EQ(resizeMap(map, 2, 1, 2, 1), (std::vector<float>{0, 4}));
}

TEST(Resize, Enlarges) {
  Picture big = enlarge(testPicture(2, 1), 3);
  EXPECT_EQ(red(big),
            (std::vector<int>{0, 0, 0, 37, 37, 37, 0, 0, 0, 37, 37, 37, 0, 0, 0, 37, 37, 37}));
}

TEST(Fit, CutsTheMiddleOfTheScaledPicture) {
  std::string error;
  Preprocessing how;
  std::optional<Picture> fitted = fitPicture(testPicture(640, 481), how, 224, 224, error);
  ASSERT_TRUE(fitted) << error;
  // 256 / 481 of 640 is 340.6: 340; (340 - 224) / 2 = 58, (256 - 224) / 2 = 16
  EXPECT_EQ(fitted->pixels,
            crop(resizeAntialiased(testPicture(640, 481), 340, 256), 58, 16, 224, 224).pixels);
  fitted = fitPicture(testPicture(50, 100), how, 224, 224, error);
  ASSERT_TRUE(fitted) << error;
  EXPECT_EQ(fitted->pixels,
            crop(resizeAntialiased(testPicture(50, 100), 256, 512), 16, 144, 224, 224).pixels);
}

TEST(Fit, KeepsAPictureOfTheRightSize) {
  std::string error;
  Preprocessing how;
  EXPECT_EQ(fitPicture(testPicture(32, 48), how, 32, 48, error)->pixels,
            testPicture(32, 48).pixels);
  how.shortSide = 40;
  std::optional<Picture> fitted = fitPicture(testPicture(32, 32), how, 32, 32, error);
  EXPECT_EQ(fitted->pixels,
            crop(resizeAntialiased(testPicture(32, 32), 40, 40), 4, 4, 32, 32).pixels);
}

TEST(Fit, NetworksNeedNotBeSquare) {
  std::string error;
  for (auto [width, height] :
       {std::pair(10, 300), std::pair(300, 10), std::pair(40, 41), std::pair(1, 1)}) {
    std::optional<Picture> fitted =
        fitPicture(testPicture(width, height), Preprocessing(), 48, 32, error);
    ASSERT_TRUE(fitted) << error;
    EXPECT_EQ(fitted->width, 48);
    EXPECT_EQ(fitted->height, 32);
  }
}

TEST(Fit, SquashesOnRequest) {
  std::string error;
  Preprocessing how;
  how.fit = Fit::Squash;
  EXPECT_EQ(fitPicture(testPicture(13, 9), how, 7, 5, error)->pixels,
            resizeAntialiased(testPicture(13, 9), 7, 5).pixels);
}

TEST(Fit, Errors) {
  std::string error;
  Preprocessing how;
  how.shortSide = 100;
  EXPECT_FALSE(fitPicture(testPicture(300, 300), how, 224, 224, error));
  EXPECT_NE(error.find("must not be below the network's 224 x 224, found 100"), std::string::npos);
  EXPECT_FALSE(fitPicture(testPicture(1, 60000), Preprocessing(), 224, 224, error));
  EXPECT_NE(error.find("long and thin"), std::string::npos);
}

TEST(Normalise, Presets) {
  Picture pixel(1, 1);
  pixel.pixels = {255, 127, 0};
  auto with = [&](const char *name) { return normalise(pixel, findPreset(name)->preprocessing); };
  std::vector<float> torch = with("torch-imagenet");
  EXPECT_FLOAT_EQ(torch[0], (1 - 0.485f) / 0.229f);
  EXPECT_FLOAT_EQ(torch[1], (127 / 255.0f - 0.456f) / 0.224f);
  EXPECT_FLOAT_EQ(torch[2], -0.406f / 0.225f);
  EXPECT_FLOAT_EQ(with("tf")[0], 1);
  EXPECT_FLOAT_EQ(with("tf")[2], -1);
  EXPECT_FLOAT_EQ(with("dlib")[0], (255 - 122.782f) / 256);
  EXPECT_FLOAT_EQ(with("caffe")[0], -103.939f);
  EXPECT_FLOAT_EQ(with("caffe")[2], 255 - 123.68f);
  EXPECT_EQ(with("unit"), (std::vector<float>{1, 127 / 255.0f, 0}));
  EXPECT_EQ(with("none"), (std::vector<float>{255, 127, 0}));
  EXPECT_EQ(findPreset("absent"), nullptr);
}

TEST(Normalise, GreyLikePillow) {
  Preprocessing how = findPreset("none")->preprocessing;
  how.order = ColourOrder::Gray;
  EXPECT_EQ(normalise(testPicture(4, 3), how),
            (std::vector<float>{43, 80, 117, 154, 134, 172, 181, 69, 196, 85, 47, 86}));
}

} // namespace

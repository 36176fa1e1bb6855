// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Preprocess.h"
#include "runtime/image/Resize.h"

#include <algorithm>
#include <cmath>

namespace saliency {

static const Preset presetTable[] = {
    {"torch-imagenet",
     "RGB, (px/255 - (.485,.456,.406)) / (.229,.224,.225): torchvision and most PyTorch models",
     {1.0 / 255, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}}},
    {"tf",
     "RGB, (px - 127.5) / 127.5: MobileNet and other TensorFlow models, timm's ViT",
     {1, {127.5, 127.5, 127.5}, {127.5, 127.5, 127.5}}},
    {"dlib",
     "RGB, (px - (122.782,117.001,104.298)) / 256",
     {1, {122.782, 117.001, 104.298}, {256, 256, 256}}},
    {"caffe",
     "BGR, px - (103.939,116.779,123.68)",
     {1, {103.939, 116.779, 123.68}, {1, 1, 1}, ColourOrder::Bgr}},
    {"cifar10",
     "RGB, (px/255 - (.4914,.4822,.4465)) / (.2023,.1994,.2010)",
     {1.0 / 255, {0.4914, 0.4822, 0.4465}, {0.2023, 0.1994, 0.2010}}},
    {"unit", "RGB, px / 255", {1.0 / 255, {0, 0, 0}, {1, 1, 1}}},
    {"none", "RGB, px as it is, 0 to 255", {1, {0, 0, 0}, {1, 1, 1}}},
};

std::span<const Preset> presets() { return presetTable; }

const Preset *findPreset(std::string_view name) {
  for (const Preset &preset : presetTable)
    if (name == preset.name)
      return &preset;
  return nullptr;
}

std::optional<Picture> fitPicture(const Picture &picture, const Preprocessing &how, int width,
                                  int height, std::string &error) {
  if (how.fit == Fit::Squash ||
      (how.shortSide == 0 && picture.width == width && picture.height == height))
    return resizeAntialiased(picture, width, height);
  if (how.shortSide != 0 && how.shortSide < std::max(width, height)) {
    error = "the short side before the crop must not be below the network's " +
            std::to_string(width) + " x " + std::to_string(height) + ", found " +
            std::to_string(how.shortSide);
    return std::nullopt;
  }
  // The picture covers (width, height) / 0.875, or a square of shortSide; the other side follows as
  // in torchvision.
  double coverWidth = how.shortSide ? how.shortSide : std::nearbyint(width / 0.875);
  double coverHeight = how.shortSide ? how.shortSide : std::nearbyint(height / 0.875);
  bool byWidth = coverWidth / picture.width >= coverHeight / picture.height;
  double scale = byWidth ? coverWidth / picture.width : coverHeight / picture.height;
  double longSide = scale * (byWidth ? picture.height : picture.width);
  if (longSide * (byWidth ? coverWidth : coverHeight) > maxPixels) {
    error = "a picture must not be so long and thin: scaled for the network it would exceed " +
            std::to_string(maxPixels) + " pixels, it has " + std::to_string(picture.width) + " x " +
            std::to_string(picture.height);
    return std::nullopt;
  }
  int newWidth = static_cast<int>(byWidth ? coverWidth : std::floor(longSide + 1e-9));
  int newHeight = static_cast<int>(byWidth ? std::floor(longSide + 1e-9) : coverHeight);
  Picture scaled = resizeAntialiased(picture, newWidth, newHeight);
  return crop(scaled, static_cast<int>(std::nearbyint((newWidth - width) / 2.0)),
              static_cast<int>(std::nearbyint((newHeight - height) / 2.0)), width, height);
}

std::vector<float> normalise(const Picture &picture, const Preprocessing &how) {
  size_t area = size_t(picture.width) * picture.height;
  size_t channels = how.order == ColourOrder::Gray ? 1 : 3;
  std::vector<float> input(channels * area);
  for (size_t c = 0; c < channels; ++c) {
    for (size_t i = 0; i < area; ++i) {
      const uint8_t *pixel = picture.pixels.data() + 3 * i;
      int value = pixel[how.order == ColourOrder::Bgr ? 2 - c : c];
      if (how.order == ColourOrder::Gray) // ITU-R 601 in 16 bits, as Pillow
        value = (pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16;
      input[c * area + i] = static_cast<float>((value * how.scale - how.mean[c]) / how.std[c]);
    }
  }
  return input;
}

} // namespace saliency

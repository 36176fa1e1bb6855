// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a photograph to a network's input.

#ifndef SALIENCY_RUNTIME_IMAGE_PREPROCESS_H
#define SALIENCY_RUNTIME_IMAGE_PREPROCESS_H

#include "runtime/image/Picture.h"

#include <array>
#include <span>

namespace saliency {

enum class ColourOrder { Rgb, Bgr, Gray };

/// How a picture of another size becomes height x width.
enum class Fit {
  Centre, ///< scale until the centre crop is inside, then cut it
  Squash  ///< scale both sides, the proportions change
};

/// input = (pixel * scale - mean) / std, per channel in the network's order.
struct Preprocessing {
  double scale = 1.0 / 255;
  std::array<double, 3> mean = {0, 0, 0};
  std::array<double, 3> std = {1, 1, 1};
  ColourOrder order = ColourOrder::Rgb;
  Fit fit = Fit::Centre;
  int shortSide = 0; ///< before the crop; 0: the network's side / 0.875, and a picture of the right
                     ///< size stays as it is
};

struct Preset {
  const char *name;
  const char *summary;
  Preprocessing preprocessing;
};

/// The usual ones, for help texts too.
std::span<const Preset> presets();
const Preset *findPreset(std::string_view name);

/// The part of the picture that the network sees, at its size. `shortSide`, unless 0, must not be
/// below a side of the network.
std::optional<Picture> fitPicture(const Picture &picture, const Preprocessing &how, int width,
                                  int height, std::string &error);

/// Planar floats [channels][height][width] of a fitted picture; one channel for ColourOrder::Gray,
/// otherwise three.
std::vector<float> normalise(const Picture &picture, const Preprocessing &how);

} // namespace saliency

#endif // SALIENCY_RUNTIME_IMAGE_PREPROCESS_H

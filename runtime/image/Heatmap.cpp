// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Heatmap.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace saliency {

using Colour = std::array<float, 3>;

constexpr Colour red = {230, 20, 20};
constexpr Colour blue = {20, 60, 230};

/// The most that the overlay hides of the photograph.
constexpr float opacity = 0.85f;
/// Of the photograph's distance from white, what is left under the overlay: blue does not stand out
/// from dark grey.
constexpr float contrast = 0.6f;

float fullColour(std::span<const float> map) {
  if (map.empty())
    return 0;
  std::vector<float> magnitudes(map.size());
  std::transform(map.begin(), map.end(), magnitudes.begin(),
                 [](float value) { return std::fabs(value); });
  auto place = magnitudes.begin() +
               static_cast<ptrdiff_t>(0.995 * static_cast<double>(magnitudes.size() - 1) + 0.5);
  std::nth_element(magnitudes.begin(), place, magnitudes.end());
  return *place > 0 ? *place : *std::max_element(magnitudes.begin(), magnitudes.end());
}

/// -1 to 1.
static float intensity(float value, float full) {
  return full > 0 ? std::clamp(value / full, -1.0f, 1.0f) : 0;
}

static void blend(uint8_t *to, const Colour &under, const Colour &over, float share) {
  for (int c = 0; c < 3; ++c)
    to[c] = static_cast<uint8_t>(std::lround(under[c] + (over[c] - under[c]) * share));
}

Picture renderSigned(std::span<const float> map, int width, int height) {
  assert(map.size() == size_t(width) * height);
  Picture picture(width, height);
  float full = fullColour(map);
  for (size_t i = 0; i < map.size(); ++i) {
    float value = intensity(map[i], full);
    blend(&picture.pixels[3 * i], {255, 255, 255}, value < 0 ? blue : red, std::fabs(value));
  }
  return picture;
}

Picture overlay(const Picture &photograph, std::span<const float> map) {
  assert(map.size() * 3 == photograph.pixels.size());
  Picture picture(photograph.width, photograph.height);
  float full = fullColour(map);
  for (size_t i = 0; i < map.size(); ++i) {
    const uint8_t *pixel = &photograph.pixels[3 * i];
    float grey = 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
    grey = 255 - contrast * (255 - grey);
    float value = intensity(map[i], full);
    blend(&picture.pixels[3 * i], {grey, grey, grey}, value < 0 ? blue : red,
          opacity * std::fabs(value));
  }
  return picture;
}

} // namespace saliency

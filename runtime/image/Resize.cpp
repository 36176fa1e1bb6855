// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Resize.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace saliency {
namespace {

/// Weights are integers with this many bits behind the point; 8-bit sums of them fit into 32 bits.
constexpr int weightBits = 22;

/// The inputs of one output: [first, first + weights.size()).
struct Taps {
  int first;
  std::vector<int> weights;
};

std::vector<Taps> triangleTaps(int size, int newSize) {
  double scale = double(size) / newSize, support = std::max(scale, 1.0);
  std::vector<Taps> taps(newSize);
  for (int i = 0; i < newSize; ++i) {
    double centre = (i + 0.5) * scale, sum = 0;
    int first = std::max(0, static_cast<int>(centre - support + 0.5));
    int last = std::min(size, static_cast<int>(centre + support + 0.5));
    std::vector<double> weights(last - first);
    for (int k = 0; k < last - first; ++k) {
      weights[k] = std::max(0.0, 1.0 - std::fabs((k + first - centre + 0.5) * (1.0 / support)));
      sum += weights[k];
    }
    taps[i].first = first;
    for (double weight : weights)
      taps[i].weights.push_back(
          static_cast<int>(0.5 + (sum != 0 ? weight / sum : 0) * (1 << weightBits)));
  }
  return taps;
}

uint8_t rounded(int sum) { return static_cast<uint8_t>(std::clamp(sum >> weightBits, 0, 255)); }

/// One output pixel: the taps from `from`, `step` bytes apart.
void apply(const Taps &taps, const uint8_t *from, size_t step, uint8_t *to) {
  for (int c = 0; c < 3; ++c) {
    int sum = 1 << (weightBits - 1);
    for (size_t k = 0; k < taps.weights.size(); ++k)
      sum += taps.weights[k] * from[k * step + c];
    to[c] = rounded(sum);
  }
}

} // namespace

Picture resizeAntialiased(const Picture &picture, int width, int height) {
  Picture columns = picture;
  if (width != picture.width) {
    columns = Picture(width, picture.height);
    std::vector<Taps> taps = triangleTaps(picture.width, width);
    for (int y = 0; y < picture.height; ++y)
      for (int x = 0; x < width; ++x)
        apply(taps[x], picture.at(taps[x].first, y), 3, columns.at(x, y));
  }
  if (height == picture.height)
    return columns;
  Picture result(width, height);
  std::vector<Taps> taps = triangleTaps(picture.height, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      apply(taps[y], columns.at(x, taps[y].first), size_t(3) * width, result.at(x, y));
  return result;
}

Picture crop(const Picture &picture, int left, int top, int width, int height) {
  assert(left >= 0 && top >= 0 && left + width <= picture.width && top + height <= picture.height);
  Picture result(width, height);
  for (int y = 0; y < height; ++y)
    std::copy_n(picture.at(left, top + y), size_t(3) * width, result.at(0, y));
  return result;
}

Picture enlarge(const Picture &picture, int factor) {
  Picture result(picture.width * factor, picture.height * factor);
  for (int y = 0; y < result.height; ++y)
    for (int x = 0; x < result.width; ++x)
      std::copy_n(picture.at(x / factor, y / factor), 3, result.at(x, y));
  return result;
}

std::vector<float> resizeMap(const float *map, int width, int height, int newWidth, int newHeight) {
  std::vector<float> result(size_t(newWidth) * newHeight);
  for (int y = 0; y < newHeight; ++y) {
    double sy = std::clamp((y + 0.5) * height / newHeight - 0.5, 0.0, height - 1.0);
    int y0 = static_cast<int>(sy), y1 = std::min(y0 + 1, height - 1);
    for (int x = 0; x < newWidth; ++x) {
      double sx = std::clamp((x + 0.5) * width / newWidth - 0.5, 0.0, width - 1.0);
      int x0 = static_cast<int>(sx), x1 = std::min(x0 + 1, width - 1);
      auto value = [&](int row, int column) { return double(map[size_t(row) * width + column]); };
      double top = value(y0, x0) + (value(y0, x1) - value(y0, x0)) * (sx - x0);
      double bottom = value(y1, x0) + (value(y1, x1) - value(y1, x0)) * (sx - x0);
      result[size_t(y) * newWidth + x] = static_cast<float>(top + (bottom - top) * (sy - y0));
    }
  }
  return result;
}

} // namespace saliency

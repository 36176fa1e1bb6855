// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain nested-loop convolutions and random data for the tests: nothing of the rule language is
// used here.
#ifndef SALIENCY_TEST_RULES_REFERENCE_H
#define SALIENCY_TEST_RULES_REFERENCE_H

#include "passes/rules/reference/DenseLayer.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace saliency::rules::test {

using Values = std::vector<double>;

struct Random {
  std::mt19937 engine;
  explicit Random(unsigned seed) : engine(seed) {}
  double uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine);
  }
  Values values(size_t count, double low = -1, double high = 1) {
    Values result(count);
    for (double &value : result)
      value = uniform(low, high);
    return result;
  }
  /// Mostly positive, about a fifth negative, some exact zeros: what a convolution sees after a
  /// leaky activation and a padding.
  DenseTensor activations(unsigned channels, unsigned positions) {
    Values result = values(size_t(channels) * positions, -0.3, 1.2);
    for (size_t i = 3; i < result.size(); i += 11)
      result[i] = 0;
    return {channels, positions, result};
  }
  DenseTensor tensor(unsigned channels, unsigned positions) {
    return {channels, positions, values(size_t(channels) * positions)};
  }
};

/// A convolution by its definition; x [C][H][W], w [K][C/groups][kh][kw], y [K][OH][OW].
struct PlainConvolution {
  Window window;
  unsigned channels, outChannels, groups;

  unsigned in(unsigned c, int y, int x) const {
    return (c * window.height + unsigned(y)) * window.width + unsigned(x);
  }
  template <class Visit> void forEach(Visit &&visit) const {
    const unsigned perGroup = channels / groups;
    for (unsigned k = 0; k < outChannels; ++k)
      for (unsigned oy = 0; oy < window.outHeight(); ++oy)
        for (unsigned ox = 0; ox < window.outWidth(); ++ox)
          for (unsigned c = 0; c < perGroup; ++c)
            for (unsigned i = 0; i < window.kernel[0]; ++i)
              for (unsigned j = 0; j < window.kernel[1]; ++j) {
                const int y = int(oy * window.strides[0]) - int(window.pads[0]) +
                              int(i * window.dilations[0]);
                const int x = int(ox * window.strides[1]) - int(window.pads[1]) +
                              int(j * window.dilations[1]);
                if (y < 0 || x < 0 || y >= int(window.height) || x >= int(window.width))
                  continue;
                const unsigned group = k / (outChannels / groups);
                visit((k * window.outHeight() + oy) * window.outWidth() + ox,
                      in(group * perGroup + c, y, x),
                      ((k * perGroup + c) * window.kernel[0] + i) * window.kernel[1] + j);
              }
  }
  size_t inSize() const { return size_t(channels) * window.height * window.width; }
  size_t outSize() const { return size_t(outChannels) * window.outHeight() * window.outWidth(); }
  size_t weightSize() const {
    return size_t(outChannels) * (channels / groups) * window.kernel[0] * window.kernel[1];
  }

  Values conv(const Values &x, const Values &w) const {
    Values y(outSize());
    forEach([&](unsigned o, unsigned i, unsigned k) { y[o] += x[i] * w[k]; });
    return y;
  }
  Values convT(const Values &s, const Values &w) const {
    Values x(inSize());
    forEach([&](unsigned o, unsigned i, unsigned k) { x[i] += s[o] * w[k]; });
    return x;
  }
  Values wgrad(const Values &x, const Values &s) const {
    Values w(weightSize());
    forEach([&](unsigned o, unsigned i, unsigned k) { w[k] += x[i] * s[o]; });
    return w;
  }
};

template <class F> Values each(const Values &a, F &&f) {
  Values result(a.size());
  for (size_t i = 0; i < a.size(); ++i)
    result[i] = f(a[i]);
  return result;
}
template <class F> Values each(const Values &a, const Values &b, F &&f) {
  Values result(a.size());
  for (size_t i = 0; i < a.size(); ++i)
    result[i] = f(a[i], b[i]);
  return result;
}
inline Values positive(const Values &a) {
  return each(a, [](double v) { return v > 0 ? v : 0; });
}
inline Values negative(const Values &a) {
  return each(a, [](double v) { return v < 0 ? v : 0; });
}
inline Values times(const Values &a, const Values &b) {
  return each(a, b, [](double u, double v) { return u * v; });
}
inline Values sum(const Values &a, const Values &b) {
  return each(a, b, [](double u, double v) { return u + v; });
}
inline Values difference(const Values &a, const Values &b) {
  return each(a, b, [](double u, double v) { return u - v; });
}
inline double total(const Values &a) {
  double result = 0;
  for (double v : a)
    result += v;
  return result;
}
/// a / b, 0 where b is 0.
inline Values sdivA(const Values &a, const Values &b) {
  return each(a, b, [](double u, double v) { return v == 0 ? 0 : u / v; });
}
inline Values stabilised(const Values &a, const Values &b, double epsilon) {
  return each(a, b, [&](double u, double v) { return u / (v + (v < 0 ? -epsilon : epsilon)); });
}

inline void expectNear(const DenseTensor &actual, const Values &expected,
                       double tolerance = 1e-10) {
  ASSERT_EQ(actual.size(), expected.size());
  double largest = 0;
  for (double v : expected)
    largest = std::max(largest, std::abs(v));
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(actual.data[i], expected[i], tolerance * std::max(largest, 1e-30))
        << "at entry " << i;
}

} // namespace saliency::rules::test

#endif // SALIENCY_TEST_RULES_REFERENCE_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/reference/DenseMaps.h"

#include "passes/rules/language/Philox.h"

#include <algorithm>
#include <cmath>

namespace saliency::rules {

double percentile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end(), std::greater<>());
  const double last = double(values.size() - 1);
  const double k = std::nearbyint(last * (1.0 - q / 100.0)); // round half to even
  return values[size_t(std::clamp(k, 0.0, last))];
}

bool isInWindow(unsigned position, unsigned number, unsigned extent, unsigned step) {
  return position >= number * step && position < number * step + extent;
}
unsigned countWindows(unsigned size, unsigned extent, unsigned step) {
  return size <= extent ? 1 : (size - extent + step - 1) / step + 1;
}

double gridMask(unsigned position, unsigned size, unsigned cells, double probability, unsigned run,
                uint64_t seed) {
  const unsigned extent = (size + cells - 1) / cells;
  const double shift =
      std::floor(drawUniform({.entry = 0, .run = run, .stream = 1}, seed) * extent);
  const double source =
      std::clamp((position + shift + 0.5) * cells / double((cells + 1) * extent) - 0.5, 0.0,
                 double(cells - 1));
  const auto cell = [&](unsigned number) {
    return drawUniform({.entry = number, .run = run}, seed) < probability ? 1.0 : 0.0;
  };
  const unsigned lower = unsigned(source);
  return cell(lower) * (1 - (source - lower)) +
         cell(std::min(lower + 1, cells - 1)) * (source - lower);
}

DenseTensor combineRuns(NodeKind kind, const std::vector<DenseTensor> &a,
                        const std::vector<DenseTensor> &b) {
  const std::vector<DenseTensor> &values = kind == NodeKind::RunSoftmaxMean ? b : a;
  std::vector<double> weights(values.size(), 1.0);
  if (kind == NodeKind::RunSoftmaxMean) {
    double largest = a[0].data[0], sum = 0;
    for (const DenseTensor &score : a)
      largest = std::max(largest, score.data[0]);
    for (size_t i = 0; i < a.size(); ++i)
      sum += weights[i] = std::exp(a[i].data[0] - largest);
    for (double &weight : weights)
      weight /= sum;
  }
  DenseTensor result(values[0].channels, values[0].positions);
  for (size_t entry = 0; entry < result.size(); ++entry) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < values.size(); ++i)
      sum += weights[i] * values[i].data[entry];
    const double mean = sum / double(values.size());
    for (const DenseTensor &value : values)
      squares += (value.data[entry] - mean) * (value.data[entry] - mean);
    result.data[entry] = kind == NodeKind::RunVariance ? squares / double(values.size()) : sum;
  }
  return result;
}

/// Keys 1981, a = -1/2.
static double keys(double distance) {
  const double t = std::abs(distance);
  return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : t < 2 ? ((2.5 - 0.5 * t) * t - 4) * t + 2 : 0;
}

DenseTensor fused(Fusion fusion, const std::vector<DenseTensor> &maps) {
  DenseTensor result = maps[0];
  for (size_t i = 0; i < result.size(); ++i) {
    for (size_t map = 1; map < maps.size(); ++map) {
      double &value = result.data[i];
      const double next = maps[map].data[i];
      value = fusion == Fusion::Max       ? std::max(value, next)
              : fusion == Fusion::Product ? value * next
                                          : value + next;
    }
    if (fusion == Fusion::Mean)
      result.data[i] /= double(maps.size());
  }
  return result;
}

DenseTensor resized(const DenseTensor &map, unsigned positions, ResizeMode mode) {
  if (mode == ResizeMode::Cubic) {
    DenseTensor result(1, positions);
    for (unsigned p = 0; p < positions; ++p) {
      double weights = 0;
      for (unsigned q = 0; q < map.positions; ++q) {
        const double weight = keys((p + 0.5) * map.positions / positions - 0.5 - q);
        weights += weight, result.data[p] += weight * map.data[q];
      }
      result.data[p] /= weights;
    }
    return result;
  }
  const double last = map.positions - 1.0, scale = double(map.positions) / positions;
  DenseTensor result(1, positions);
  for (unsigned p = 0; p < positions; ++p) {
    const double source = mode == ResizeMode::Nearest ? std::floor(p * scale)
                          : mode == ResizeMode::HalfPixel
                              ? std::clamp((p + 0.5) * scale - 0.5, 0.0, last)
                          : positions == 1 ? 0
                                           : p * last / (positions - 1);
    const unsigned lower = unsigned(source), upper = std::min(lower + 1, map.positions - 1);
    result.data[p] = map.data[lower] * (1 - (source - lower)) + map.data[upper] * (source - lower);
  }
  return result;
}

DenseTensor principalScores(const DenseTensor &a) {
  // The Gram matrix of the positions, squared until only its largest eigenvalue's projector is
  // left.
  const unsigned n = a.positions;
  DenseTensor gram(n, n);
  for (unsigned c = 0; c < a.channels; ++c) {
    double mean = 0;
    for (unsigned p = 0; p < n; ++p)
      mean += a.at(c, p) / n;
    for (unsigned p = 0; p < n; ++p)
      for (unsigned q = 0; q < n; ++q)
        gram.data[size_t(p) * n + q] += (a.at(c, p) - mean) * (a.at(c, q) - mean);
  }
  DenseTensor power = gram;
  for (unsigned i = 0; i < 40; ++i) {
    double trace = 0;
    for (unsigned p = 0; p < n; ++p)
      trace += power.at(p, p);
    if (trace == 0) // all positions are equal
      return DenseTensor(1, n);
    for (double &entry : power.data)
      entry /= trace;
    power = matrixProduct(power, power);
  }
  unsigned largest = 0;
  for (unsigned p = 0; p < n; ++p)
    largest = power.at(p, p) > power.at(largest, largest) ? p : largest;
  DenseTensor scores(1, n);
  double norm = 0, eigenvalue = 0;
  for (unsigned p = 0; p < n; ++p)
    norm += power.at(p, largest) * power.at(p, largest);
  for (unsigned p = 0; p < n; ++p)
    for (unsigned q = 0; q < n; ++q)
      eigenvalue += power.at(p, largest) * gram.at(p, q) * power.at(q, largest) / norm;
  for (unsigned p = 0; p < n; ++p)
    scores.data[p] = power.at(p, largest) * std::sqrt(eigenvalue / norm);
  return scores;
}

DenseTensor blurred(const DenseTensor &map) {
  DenseTensor result(1, map.positions);
  for (unsigned p = 0; p < map.positions; ++p)
    result.data[p] = (2 * map.data[p] + (p > 0 ? map.data[p - 1] : 0) +
                      (p + 1 < map.positions ? map.data[p + 1] : 0)) /
                     4;
  return result;
}

DenseTensor atTokens(const DenseTensor &map, double before) {
  DenseTensor result(1, map.positions + 1, before);
  std::copy(map.data.begin(), map.data.end(), result.data.begin() + 1);
  return result;
}

DenseTensor meanOverHeads(const DenseTensor &a) {
  const unsigned tokens = a.positions;
  DenseTensor result(tokens, tokens);
  for (size_t i = 0; i < a.size(); ++i)
    result.data[i % result.size()] += a.data[i] * tokens / a.channels;
  return result;
}

DenseTensor sumOfRows(const DenseTensor &a) {
  DenseTensor result(a.channels, 1);
  for (size_t i = 0; i < a.size(); ++i)
    result.data[i / a.positions] += a.data[i];
  return result;
}

DenseTensor identityMatrix(unsigned size) {
  DenseTensor result(size, size);
  for (unsigned i = 0; i < size; ++i)
    result.data[size_t(i) * size + i] = 1;
  return result;
}

DenseTensor matrixProduct(const DenseTensor &a, const DenseTensor &b) {
  DenseTensor result(a.channels, b.positions);
  for (unsigned i = 0; i < a.channels; ++i)
    for (unsigned j = 0; j < b.positions; ++j)
      for (unsigned k = 0; k < a.positions; ++k)
        result.data[size_t(i) * b.positions + j] += a.at(i, k) * b.at(k, j);
  return result;
}

DenseTensor classTokenMap(const DenseTensor &a) {
  DenseTensor map(a.channels / a.positions, a.positions - 1);
  for (unsigned head = 0; head < map.channels; ++head)
    for (unsigned p = 0; p < map.positions; ++p)
      map.data[head * map.positions + p] = a.at(head * a.positions, p + 1);
  return map;
}

} // namespace saliency::rules

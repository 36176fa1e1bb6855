// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/reference/DenseArithmetic.h"

#include "passes/rules/settings/Arithmetic.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

using namespace saliency::rules;

static double divide(const Quotient &quotient, double a, double b) {
  const auto [division, epsilon, rms] = quotient;
  const double s = b < 0 ? -1 : 1;
  switch (division) {
  case Division::Plain:
    return a / b;
  case Division::Stab:
    return a / (b + epsilon * s);
  case Division::StabClip:
    return a / (s * std::max(std::abs(b), epsilon));
  case Division::StabRms:
    return a / (b + epsilon * rms * s);
  case Division::ZeroSafe:
    return b == 0 ? 0 : a / b;
  case Division::ZeroBump:
    return b == 0 ? a / epsilon : a / b;
  case Division::Plus:
    return a / (b + epsilon);
  case Division::PlusMasked:
    return b == 0 ? 0 : a / (b + epsilon);
  case Division::Chosen:
    assert(false && "a chosen division is one of the others");
  }
  return 0;
}

double saliency::rules::evaluateElementwise(ElementwiseWord word, double a, double b, double c,
                                            const Quotient &quotient) {
  return word == ElementwiseWord::Divide ? divide(quotient, a, b) : evaluateNumber(word, a, b, c);
}

/// One statistic of some values.
static double reduceValues(StatisticWord word, const std::vector<double> &values) {
  switch (word) {
  case StatisticWord::ReduceSum:
    return std::accumulate(values.begin(), values.end(), 0.0);
  case StatisticWord::ReduceMean:
    return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
  case StatisticWord::ReduceMax:
    return *std::max_element(values.begin(), values.end());
  case StatisticWord::ReduceMin:
    return *std::min_element(values.begin(), values.end());
  case StatisticWord::CountNonZero:
    return double(values.size()) - double(std::count(values.begin(), values.end(), 0.0));
  case StatisticWord::Percentile:
  case StatisticWord::Entries:
    break; // not of groups of entries
  }
  assert(false && "not a reduction");
  return 0;
}

DenseTensor saliency::rules::reduce(NodeKind kind, Space to, const DenseTensor &a) {
  DenseTensor result(to == Space::PerChannel ? a.channels : 1,
                     to == Space::PerPixel ? a.positions : 1);
  std::vector<std::vector<double>> groups(result.size());
  for (unsigned c = 0; c < a.channels; ++c)
    for (unsigned p = 0; p < a.positions; ++p)
      groups[to == Space::PerChannel ? c : to == Space::PerPixel ? p : 0].push_back(a.at(c, p));
  for (size_t i = 0; i < groups.size(); ++i)
    result.data[i] = reduceValues(StatisticWord(kind), groups[i]);
  return result;
}

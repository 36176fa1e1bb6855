// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/reference/DenseArithmetic.h"

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
  switch (word) {
  case ElementwiseWord::Neg:
    return -a;
  case ElementwiseWord::Pos:
    return std::max(a, 0.0);
  case ElementwiseWord::NegPart:
    return std::min(a, 0.0);
  case ElementwiseWord::Abs:
    return std::abs(a);
  case ElementwiseWord::Sign:
    return (a > 0) - (a < 0);
  case ElementwiseWord::NonZero:
    return a != 0;
  case ElementwiseWord::Square:
    return a * a;
  case ElementwiseWord::Sqrt:
    return std::sqrt(a);
  case ElementwiseWord::Exp:
    return std::exp(a);
  case ElementwiseWord::Sigmoid:
    return 1 / (1 + std::exp(-a));
  case ElementwiseWord::Add:
    return a + b;
  case ElementwiseWord::Sub:
    return a - b;
  case ElementwiseWord::Mul:
    return a * b;
  case ElementwiseWord::Max:
    return std::max(a, b);
  case ElementwiseWord::Min:
    return std::min(a, b);
  case ElementwiseWord::Less:
    return a < b;
  case ElementwiseWord::LessEqual:
    return a <= b;
  case ElementwiseWord::Greater:
    return a > b;
  case ElementwiseWord::GreaterEqual:
    return a >= b;
  case ElementwiseWord::Equal:
    return a == b;
  case ElementwiseWord::Where:
    return a != 0 ? b : c;
  case ElementwiseWord::Divide:
    return divide(quotient, a, b);
  case ElementwiseWord::Choose:
    break; // decided before any entry is computed
  }
  assert(false && "a choice is one of its operands");
  return 0;
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

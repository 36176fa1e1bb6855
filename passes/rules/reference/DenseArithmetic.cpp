// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/reference/DenseArithmetic.h"

#include <algorithm>
#include <cassert>
#include <cmath>

using namespace saliency::rules;

double saliency::rules::divide(Division division, double a, double b, double epsilon, double rms) {
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

double saliency::rules::evaluateUnary(NodeKind kind, double a) {
  switch (kind) {
  case NodeKind::Neg:
    return -a;
  case NodeKind::Pos:
    return std::max(a, 0.0);
  case NodeKind::NegPart:
    return std::min(a, 0.0);
  case NodeKind::Abs:
    return std::abs(a);
  case NodeKind::Sign:
    return (a > 0) - (a < 0);
  case NodeKind::NonZero:
    return a != 0;
  case NodeKind::Square:
    return a * a;
  case NodeKind::Sqrt:
    return std::sqrt(a);
  case NodeKind::Exp:
    return std::exp(a);
  case NodeKind::Sigmoid:
    return 1 / (1 + std::exp(-a));
  default:
    assert(false && "not a unary node");
    return 0;
  }
}

double saliency::rules::evaluateBinary(NodeKind kind, double a, double b) {
  switch (kind) {
  case NodeKind::Add:
    return a + b;
  case NodeKind::Sub:
    return a - b;
  case NodeKind::Mul:
    return a * b;
  case NodeKind::Max:
    return std::max(a, b);
  case NodeKind::Min:
    return std::min(a, b);
  case NodeKind::Less:
    return a < b;
  case NodeKind::LessEqual:
    return a <= b;
  case NodeKind::Greater:
    return a > b;
  case NodeKind::GreaterEqual:
    return a >= b;
  case NodeKind::Equal:
    return a == b;
  default:
    assert(false && "not a binary node");
    return 0;
  }
}

static double reduceValues(NodeKind kind, const std::vector<double> &values) {
  double result = kind == NodeKind::ReduceMax || kind == NodeKind::ReduceMin ? values[0] : 0;
  for (double value : values)
    switch (kind) {
    case NodeKind::ReduceMax:
      result = std::max(result, value);
      break;
    case NodeKind::ReduceMin:
      result = std::min(result, value);
      break;
    case NodeKind::CountNonZero:
      result += value != 0;
      break;
    default:
      result += value;
    }
  return kind == NodeKind::ReduceMean ? result / double(values.size()) : result;
}

DenseTensor saliency::rules::reduce(NodeKind kind, Space to, const DenseTensor &a) {
  DenseTensor result(to == Space::PerChannel ? a.channels : 1,
                     to == Space::PerPixel ? a.positions : 1);
  std::vector<std::vector<double>> groups(result.size());
  for (unsigned c = 0; c < a.channels; ++c)
    for (unsigned p = 0; p < a.positions; ++p)
      groups[to == Space::PerChannel ? c : to == Space::PerPixel ? p : 0].push_back(a.at(c, p));
  for (size_t i = 0; i < groups.size(); ++i)
    result.data[i] = reduceValues(kind, groups[i]);
  return result;
}

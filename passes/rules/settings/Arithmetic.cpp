// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/settings/Arithmetic.h"

#include <algorithm>
#include <cassert>
#include <cmath>

using namespace saliency::rules;

double saliency::rules::evaluateNumber(ElementwiseWord word, double a, double b, double c) {
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
  case ElementwiseWord::Choose:
    break;
  }
  assert(false && "a quotient and a choice are no arithmetic of numbers alone");
  return std::nan("");
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The elementwise words on numbers: what every reader makes of a formula, or of a part of it, that
// depends on parameters and constants alone.
#ifndef SALIENCY_RULES_SETTINGS_ARITHMETIC_H
#define SALIENCY_RULES_SETTINGS_ARITHMETIC_H

#include "passes/rules/language/Words.h"

namespace saliency::rules {

/// The value of an elementwise word whose operands are `a`, `b` and `c`; those that it does not
/// have count for nothing. Not of Divide, whose value depends on its division, and not of Choose,
/// which is one of its operands.
double evaluateNumber(ElementwiseWord word, double a, double b = 0, double c = 0);

} // namespace saliency::rules

#endif // SALIENCY_RULES_SETTINGS_ARITHMETIC_H

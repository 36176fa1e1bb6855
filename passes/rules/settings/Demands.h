// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the values of a method's parameters must fulfil, "alpha - beta is 1": a formula of
// parameters and numbers (the words that Words.def allows in demands), computed as one number.
#ifndef SALIENCY_RULES_SETTINGS_DEMANDS_H
#define SALIENCY_RULES_SETTINGS_DEMANDS_H

#include "passes/rules/settings/Settings.h"

namespace saliency::rules {

/// Whether the values of the parameters fulfil a demand of the method.
bool isFulfilled(const MethodTable &table, const Settings &settings, const Demand &demand);

} // namespace saliency::rules

#endif // SALIENCY_RULES_SETTINGS_DEMANDS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The methods compiled into this build (CMake list SALIENCY_METHODS).
#ifndef SALIENCY_RULES_REGISTRY_H
#define SALIENCY_RULES_REGISTRY_H

#include "passes/rules/language/MethodTable.h"

#include <span>

namespace saliency::rules {

/// In the order of methods/Methods.h.
std::span<const MethodTable *const> allMethods();

/// Null where this build has no method of that name.
const MethodTable *findMethod(std::string_view name);

/// Steps that refine the 2-D map of any method, in the order of steps/Steps.h.
std::span<const MethodTable *const> allSteps();
const MethodTable *findStep(std::string_view name);

} // namespace saliency::rules

#endif // SALIENCY_RULES_REGISTRY_H

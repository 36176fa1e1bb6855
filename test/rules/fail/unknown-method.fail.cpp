// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency methods: SALIENCY_METHODS names a method that methods/Methods.h does not list
#define SALIENCY_RULES_ENABLEDMETHODS_H // in place of the generated header
#include <string_view>
namespace saliency::rules {
inline constexpr std::string_view enabledMethods[] = {"gradient", "no-such-method"};
}
#include "passes/rules/Registry.cpp"

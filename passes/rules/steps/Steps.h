// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All steps that can follow a method (--then). A new step is one file beside this one and one entry
// here.
#ifndef SALIENCY_RULES_STEPS_STEPS_H
#define SALIENCY_RULES_STEPS_STEPS_H

#include "passes/rules/steps/GradualExtrapolation.h"

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace saliency::rules {

inline constexpr auto stepList = boost::hana::tuple_t<steps::GradualExtrapolation>;

} // namespace saliency::rules

#endif // SALIENCY_RULES_STEPS_STEPS_H

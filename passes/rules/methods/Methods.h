// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All methods. A new method is one file beside this one and one entry here; its pass, flag and documentation follow.
#ifndef SALIENCY_RULES_METHODS_METHODS_H
#define SALIENCY_RULES_METHODS_METHODS_H

#include "passes/rules/methods/AttentionRollout.h"
#include "passes/rules/methods/AttnLrp.h"
#include "passes/rules/methods/CpLrp.h"
#include "passes/rules/methods/DeconvNet.h"
#include "passes/rules/methods/Gradient.h"
#include "passes/rules/methods/GuidedBackprop.h"
#include "passes/rules/methods/InputXGradient.h"
#include "passes/rules/methods/LrpEpsilon.h"
#include "passes/rules/methods/LrpZBox.h"
#include "passes/rules/methods/LrpZPlus.h"
#include "passes/rules/methods/Rsp.h"
#include "passes/rules/methods/TransformerAttribution.h"
#include "passes/rules/methods/TransformerLrp.h"

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace saliency::rules {

inline constexpr auto methodList =
    boost::hana::tuple_t<methods::Gradient, methods::InputXGradient, methods::GuidedBackprop, methods::DeconvNet,
                         methods::LrpEpsilon, methods::LrpZPlus, methods::LrpZBox, methods::Rsp, methods::AttnLrp, methods::CpLrp,
                         methods::AttentionRollout, methods::TransformerAttribution, methods::TransformerLrp>;

} // namespace saliency::rules

#endif // SALIENCY_RULES_METHODS_METHODS_H

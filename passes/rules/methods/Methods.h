// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All methods. A new method is one file beside this one and one entry here; its pass, flag and documentation follow.
#ifndef SALIENCY_RULES_METHODS_METHODS_H
#define SALIENCY_RULES_METHODS_METHODS_H

#include "passes/rules/methods/Clrp.h"
#include "passes/rules/methods/DeconvNet.h"
#include "passes/rules/methods/DeepTaylor.h"
#include "passes/rules/methods/ExcitationBackprop.h"
#include "passes/rules/methods/Gradient.h"
#include "passes/rules/methods/GuidedBackprop.h"
#include "passes/rules/methods/InputXGradient.h"
#include "passes/rules/methods/Lrp0.h"
#include "passes/rules/methods/LrpAlphaBeta.h"
#include "passes/rules/methods/LrpComposite.h"
#include "passes/rules/methods/LrpEpsilon.h"
#include "passes/rules/methods/LrpFlat.h"
#include "passes/rules/methods/LrpGamma.h"
#include "passes/rules/methods/LrpWSquare.h"
#include "passes/rules/methods/LrpZBox.h"
#include "passes/rules/methods/LrpZPlus.h"
#include "passes/rules/methods/Rsp.h"
#include "passes/rules/methods/Sglrp.h"

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace saliency::rules {

inline constexpr auto methodList =
    boost::hana::tuple_t<methods::Gradient, methods::InputXGradient, methods::GuidedBackprop, methods::DeconvNet,
                         methods::Lrp0, methods::LrpEpsilon, methods::LrpGamma, methods::LrpAlphaBeta, methods::LrpZPlus,
                         methods::LrpZBox, methods::LrpWSquare, methods::LrpFlat, methods::LrpComposite, methods::DeepTaylor, methods::ExcitationBackprop, methods::Clrp, methods::Sglrp,
                         methods::Rsp>;

} // namespace saliency::rules

#endif // SALIENCY_RULES_METHODS_METHODS_H

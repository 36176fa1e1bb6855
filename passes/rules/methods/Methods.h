// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All methods. A new method is one file beside this one and one entry here; its pass, flag and
// documentation follow.
#ifndef SALIENCY_RULES_METHODS_METHODS_H
#define SALIENCY_RULES_METHODS_METHODS_H

#include "passes/rules/methods/AblationCam.h"
#include "passes/rules/methods/ActivationMap.h"
#include "passes/rules/methods/Agf.h"
#include "passes/rules/methods/AttentionRollout.h"
#include "passes/rules/methods/AttnLrp.h"
#include "passes/rules/methods/AttributionEquilibrium.h"
#include "passes/rules/methods/BetaSmooth.h"
#include "passes/rules/methods/ClassActivationMap.h"
#include "passes/rules/methods/ClassProbabilityMap.h"
#include "passes/rules/methods/Clrp.h"
#include "passes/rules/methods/Conductance.h"
#include "passes/rules/methods/ContrastiveExcitationBackprop.h"
#include "passes/rules/methods/CpLrp.h"
#include "passes/rules/methods/Crp.h"
#include "passes/rules/methods/DeconvNet.h"
#include "passes/rules/methods/DeepLift.h"
#include "passes/rules/methods/DeepLiftRevealCancel.h"
#include "passes/rules/methods/DeepLiftShap.h"
#include "passes/rules/methods/DeepTaylor.h"
#include "passes/rules/methods/EigenCam.h"
#include "passes/rules/methods/ElementWiseGradCam.h"
#include "passes/rules/methods/ExcitationBackprop.h"
#include "passes/rules/methods/Fem.h"
#include "passes/rules/methods/FemPg.h"
#include "passes/rules/methods/FullGrad.h"
#include "passes/rules/methods/GradCam.h"
#include "passes/rules/methods/GradCamPlusPlus.h"
#include "passes/rules/methods/Gradient.h"
#include "passes/rules/methods/GradientShap.h"
#include "passes/rules/methods/GuidedBackprop.h"
#include "passes/rules/methods/GuidedGradCam.h"
#include "passes/rules/methods/HiResCam.h"
#include "passes/rules/methods/InputXGradient.h"
#include "passes/rules/methods/IntegratedGradients.h"
#include "passes/rules/methods/InternalInfluence.h"
#include "passes/rules/methods/LayerCam.h"
#include "passes/rules/methods/LayerGradientXActivation.h"
#include "passes/rules/methods/Lrp0.h"
#include "passes/rules/methods/LrpAlphaBeta.h"
#include "passes/rules/methods/LrpComposite.h"
#include "passes/rules/methods/LrpEpsilon.h"
#include "passes/rules/methods/LrpFlat.h"
#include "passes/rules/methods/LrpGamma.h"
#include "passes/rules/methods/LrpWSquare.h"
#include "passes/rules/methods/LrpZBox.h"
#include "passes/rules/methods/LrpZPlus.h"
#include "passes/rules/methods/MlFem.h"
#include "passes/rules/methods/NeuronConductance.h"
#include "passes/rules/methods/NeuronGradient.h"
#include "passes/rules/methods/NoBiasRectGrad.h"
#include "passes/rules/methods/Occlusion.h"
#include "passes/rules/methods/PatternAttribution.h"
#include "passes/rules/methods/PatternNet.h"
#include "passes/rules/methods/Rap.h"
#include "passes/rules/methods/ReciproCam.h"
#include "passes/rules/methods/RectGrad.h"
#include "passes/rules/methods/Rfem.h"
#include "passes/rules/methods/RfemClass.h"
#include "passes/rules/methods/Rise.h"
#include "passes/rules/methods/Rsp.h"
#include "passes/rules/methods/ScoreCam.h"
#include "passes/rules/methods/Sglrp.h"
#include "passes/rules/methods/SmoothFullGrad.h"
#include "passes/rules/methods/SmoothGrad.h"
#include "passes/rules/methods/TransformerAttribution.h"
#include "passes/rules/methods/TransformerLrp.h"
#include "passes/rules/methods/VitReciproCam.h"
#include "passes/rules/methods/XGradCam.h"

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace saliency::rules {

// clang-format off: one method a line
inline constexpr auto methodList = boost::hana::tuple_t<
    methods::Gradient,
    methods::InputXGradient,
    methods::GuidedBackprop,
    methods::DeconvNet,
    methods::LrpEpsilon,
    methods::LrpZPlus,
    methods::LrpZBox,
    methods::Rsp,
    methods::Rap,
    methods::AttributionEquilibrium,
    methods::Agf,
    methods::RectGrad,
    methods::NoBiasRectGrad,
    methods::ClassActivationMap,
    methods::GradCam,
    methods::GradCamPlusPlus,
    methods::XGradCam,
    methods::HiResCam,
    methods::ElementWiseGradCam,
    methods::LayerCam,
    methods::EigenCam,
    methods::GuidedGradCam,
    methods::LayerGradientXActivation,
    methods::ActivationMap,
    methods::ClassProbabilityMap,
    methods::Fem,
    methods::FemPg,
    methods::MlFem,
    methods::Lrp0,
    methods::LrpGamma,
    methods::LrpAlphaBeta,
    methods::LrpWSquare,
    methods::LrpFlat,
    methods::LrpComposite,
    methods::Crp,
    methods::DeepTaylor,
    methods::Clrp,
    methods::Sglrp,
    methods::ExcitationBackprop,
    methods::ContrastiveExcitationBackprop,
    methods::DeepLift,
    methods::DeepLiftRevealCancel,
    methods::DeepLiftShap,
    methods::FullGrad,
    methods::AttnLrp,
    methods::CpLrp,
    methods::AttentionRollout,
    methods::TransformerAttribution,
    methods::TransformerLrp,
    methods::Rfem,
    methods::RfemClass,
    methods::IntegratedGradients,
    methods::SmoothGrad,
    methods::SmoothFullGrad,
    methods::GradientShap,
    methods::Occlusion,
    methods::Rise,
    methods::BetaSmooth,
    methods::InternalInfluence,
    methods::NeuronGradient,
    methods::Conductance,
    methods::NeuronConductance,
    methods::ScoreCam,
    methods::AblationCam,
    methods::ReciproCam,
    methods::VitReciproCam,
    methods::PatternNet,
    methods::PatternAttribution>;
// clang-format on

} // namespace saliency::rules

#endif // SALIENCY_RULES_METHODS_METHODS_H

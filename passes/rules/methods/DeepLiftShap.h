// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_DEEPLIFTSHAP_H
#define SALIENCY_RULES_METHODS_DEEPLIFTSHAP_H

#include "passes/rules/methods/DeepLift.h"

namespace saliency::rules::methods {

struct DeepLiftShap {
  static constexpr std::string_view name = "deeplift-shap";
  static consteval void write(Method &m) {
    m.title = "DeepLIFT-SHAP";
    m.source = "Lundberg, Lee 2017 (NeurIPS, arXiv 1705.07874), section 4.2 (Deep SHAP), as "
               "captum's DeepLiftShap";
    m.help = "The mean of DeepLIFT's maps over reference inputs that the call gives.";
    const auto baseline =
        m.perChannel("baseline", {0}, "the reference input where the call gives none");
    const auto baselines = m.images("baselines", "the reference inputs");

    const auto run = m.runs(1, baselines);
    m.repeat(run, m.input());
    const auto reference = m.reference(run.given(baselines, onesLike(m.input()) * baseline));
    DeepLift::rows(m);
    m.finish(run.mean(m.map() * (m.input() - reference)));
    m.note("complete: the map adds up to the logit less its mean over the reference inputs, with "
           "max-pool=gradient only without max pools");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_DEEPLIFTSHAP_H

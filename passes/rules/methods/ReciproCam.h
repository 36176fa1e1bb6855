// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_RECIPROCAM_H
#define SALIENCY_RULES_METHODS_RECIPROCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct ReciproCam {
  static constexpr std::string_view name = "recipro-cam";
  static consteval void write(Method &m) {
    m.title = "Recipro-CAM";
    m.source = "Byun, Lee 2022 (arXiv 2209.14074), section 3: the score of the layer's map with "
               "one position left";
    m.help = "At each position of the layer the score that this position alone gives.";
    m.valueName("layer", "the map that is masked; default: the last map before the classifier");
    const auto run = m.runs(m.layerWindows(1, 1));
    const auto position = run.layerWindow(1, 1);
    const auto mask = m.choice(
        "mask", {"point", "gaussian"},
        "what is left: a position alone, or with a part of its neighbours, 1 2 1 over 4 each way");
    m.repeat(run, m.layer() * choose(mask.is("gaussian"), blurred(position), position));
    finishScores(m, run.sum(sumPerSample(m.target() * run.logits()) * position));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_RECIPROCAM_H

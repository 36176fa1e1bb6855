// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_ABLATIONCAM_H
#define SALIENCY_RULES_METHODS_ABLATIONCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct AblationCam {
  static constexpr std::string_view name = "ablation-cam";
  static consteval void write(Method &m) {
    m.title = "Ablation-CAM";
    m.source = "Ramaswamy et al. 2020 (WACV), eq. 2 and 4";
    m.help = "The layer's channels weighted by the share of the score that is lost without each.";
    m.valueName("layer", "the map that is weighted; default: the last map before the classifier");
    const auto run = m.runs(m.layerChannels());
    m.repeat(run, m.layer() * (1 - run.channel()));
    const auto score = sumPerSample(m.target() * m.logits());
    const auto lost = zeroSafe(score - sumPerSample(m.target() * run.logits()), score);
    finishCam(m, run.sum(lost * sumOverChannels(m.layer() * run.channel())));
    m.note("a score of 0 has no shares: its map is 0");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_ABLATIONCAM_H

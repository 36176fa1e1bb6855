// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_SCORECAM_H
#define SALIENCY_RULES_METHODS_SCORECAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct ScoreCam {
  static constexpr std::string_view name = "score-cam";
  static consteval void write(Method &m) {
    m.title = "Score-CAM";
    m.source = "Wang et al. 2020 (CVPR workshops, arXiv 1910.01279), algorithm 1";
    m.help = "The layer's channels weighted by the softmax of the scores behind them: the network "
             "sees the input through each.";
    m.valueName("layer", "the map that is weighted; default: the last map before the classifier");
    const auto run = m.runs(m.layerChannels());
    const auto channel = sumOverChannels(m.layer() * run.channel());
    const auto seen = resizeToInput(channel, ResizeMode::AlignCorners);
    const auto low = minPerSample(seen);
    m.repeat(run, m.input() * plus(seen - low, maxPerSample(seen) - low, 1e-8));
    finishCam(m, run.softmaxMean(sumPerSample(m.target() * run.logits()), channel));
    m.note("the score of an empty input, which the paper subtracts from every channel's, does not "
           "change the softmax");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_SCORECAM_H

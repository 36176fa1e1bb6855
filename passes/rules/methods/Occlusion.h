// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_OCCLUSION_H
#define SALIENCY_RULES_METHODS_OCCLUSION_H

#include "passes/rules/families/CommonRules.h"

namespace saliency::rules::methods {

struct Occlusion {
  static constexpr std::string_view name = "occlusion";
  static consteval void write(Method &m) {
    m.title = "Occlusion";
    m.source = "Zeiler, Fergus 2014 (arXiv 1311.2901), section 4.2: how far the class's "
               "probability falls behind a square";
    m.help = "How much the score falls when a square window is covered; the mean over all windows "
             "that cover a position.";
    const auto window = m.integer("window", 8, "extent of the square", 1);
    const auto stride = m.integer("stride", 8, "distance of neighbouring windows", 1);
    const auto fill =
        m.perChannel("baseline", {0}, "what covers the input, as the network takes it");
    const auto score = m.choice("score", {"probability", "logit"}, "what falls");
    m.convention("captum", score.is("logit"));
    m.convention("xplique", window.at(3), stride.at(3), score.is("logit"));

    const auto run = m.runs(m.windows(window, stride));
    const auto mask = run.window(window, stride);
    m.repeat(run, where(mask, onesLike(m.input()) * fill, m.input()));
    const auto fall = targetScore(m, score, m.logits()) - targetScore(m, score, run.logits());
    m.finish(zeroSafe(run.sum(fall * mask), run.sum(mask)));
    m.note("the paper leaves extent and stride of its square open");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_OCCLUSION_H

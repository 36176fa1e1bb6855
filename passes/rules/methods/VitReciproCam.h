// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_VITRECIPROCAM_H
#define SALIENCY_RULES_METHODS_VITRECIPROCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct VitReciproCam {
  static constexpr std::string_view name = "vit-recipro-cam";
  static consteval void write(Method &m) {
    m.title = "ViT-Recipro-CAM";
    m.source = "Byun, Lee 2023 (arXiv 2310.02588), the score of the last attention block with one "
               "patch's token left, as OpenVINO XAI computes it";
    m.help = "At each patch of the image the score that its token and the class token alone give; "
             "for vision transformers.";
    m.tokensName("layer", "the tokens that are masked; default: those that the last attention "
                          "block adds its result to");
    const auto mask = m.choice("mask", {"gaussian", "point"},
                               "what is left: a patch and a part of its neighbours, 1 2 1 over 4 "
                               "each way; or the patch alone");
    const auto classToken = m.choice("class-token", {"kept", "dropped"},
                                     "whether tokens before those of the patches stay");
    const auto norm = m.choice("norm", {"masked", "computed"},
                               "the layer norm that reads the tokens: masked itself, or computed "
                               "of masked tokens, to which it gives its bias");

    const auto run = m.runs(m.patchWindows(1, 1));
    const auto patch = run.patchWindow(1, 1);
    const auto left = choose(mask.is("gaussian"), blurred(patch), patch);
    const auto tokens = choose(classToken.is("kept"), atTokens(left, 1), atTokens(left, 0));
    m.repeat(run, m.layer() * tokens);
    m.maskNorms(tokens, norm.is("masked"));
    finishScores(m, run.sum(sumPerSample(m.target() * run.logits()) * patch));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_VITRECIPROCAM_H

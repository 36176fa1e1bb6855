// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LAYERGRADIENTXACTIVATION_H
#define SALIENCY_RULES_METHODS_LAYERGRADIENTXACTIVATION_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct LayerGradientXActivation {
  static constexpr std::string_view name = "layer-gradient-x-activation";
  static consteval void write(Method &m) {
    m.title = "Layer gradient x activation";
    m.source =
        "captum, LayerGradientXActivation; Ancona et al. 2018 (arXiv 1711.06104), eq. 3 at a layer";
    m.help = "Activation times the gradient of the target's logit at a layer, every channel.";
    const Cam cam(m);
    m.finish(cam.A * cam.g);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LAYERGRADIENTXACTIVATION_H

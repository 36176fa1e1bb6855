// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_GRADCAM_H
#define SALIENCY_RULES_METHODS_GRADCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct GradCam {
  static constexpr std::string_view name = "grad-cam";
  static consteval void write(Method &m) {
    m.title = "Grad-CAM";
    m.source = "Selvaraju et al. 2017 (ICCV, arXiv 1610.02391), eq. 1 and 2";
    m.help = "The layer's channels weighted by the mean gradient of the target's logit.";
    const Cam cam(m);
    finishCam(m, sumOverChannels(cam.A * meanPerChannel(cam.g)));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_GRADCAM_H

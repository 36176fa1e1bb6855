// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_XGRADCAM_H
#define SALIENCY_RULES_METHODS_XGRADCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct XGradCam {
  static constexpr std::string_view name = "xgrad-cam";
  static consteval void write(Method &m) {
    m.title = "XGrad-CAM";
    m.source = "Fu et al. 2020 (BMVC, arXiv 2008.02312), eq. 8";
    m.help = "The layer's channels weighted by their activation-weighted mean gradient.";
    const Cam cam(m);
    finishCam(
        m, sumOverChannels(cam.A * plus(sumPerChannel(cam.g * cam.A), sumPerChannel(cam.A), 1e-7)));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_XGRADCAM_H

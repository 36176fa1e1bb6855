// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_ELEMENTWISEGRADCAM_H
#define SALIENCY_RULES_METHODS_ELEMENTWISEGRADCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct ElementWiseGradCam {
  static constexpr std::string_view name = "element-wise-grad-cam";
  static consteval void write(Method &m) {
    m.title = "Element-wise Grad-CAM";
    m.source = "pytorch-grad-cam, GradCAMElementWise";
    m.help = "The positive parts of activation times gradient, summed over channels.";
    const Cam cam(m);
    finishCam(m, sumOverChannels(pos(cam.g * cam.A)));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_ELEMENTWISEGRADCAM_H

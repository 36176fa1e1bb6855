// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_GUIDEDGRADCAM_H
#define SALIENCY_RULES_METHODS_GUIDEDGRADCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct GuidedGradCam {
  static constexpr std::string_view name = "guided-grad-cam";
  static consteval void write(Method &m) {
    m.title = "Guided Grad-CAM";
    m.source = "Selvaraju et al. 2017 (ICCV, arXiv 1610.02391), section 3.2";
    m.help = "Guided backpropagation times the rectified Grad-CAM, resized to the input.";
    const auto resize = resizeChoice(m);
    m.convention("captum", resize.is("nearest"));
    const Cam cam(m);
    m.seed(m.target());
    m.on(m.rectifier(), m.rectifier().vjp(pos(m.rectifier().R)));
    m.elsewhere(gradient);
    const auto map = pos(sumOverChannels(cam.A * meanPerChannel(cam.g)));
    m.finish(m.map() * resizeToInput(map, resize));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_GUIDEDGRADCAM_H

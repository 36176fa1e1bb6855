// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_HIRESCAM_H
#define SALIENCY_RULES_METHODS_HIRESCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct HiResCam {
  static constexpr std::string_view name = "hires-cam";
  static consteval void write(Method &m) {
    m.title = "HiRes-CAM";
    m.source = "Draelos, Carin 2020 (arXiv 2011.08891), eq. 3";
    m.help = "Activation times gradient at every position, summed over channels.";
    const Cam cam(m);
    finishCam(m, sumOverChannels(cam.g * cam.A));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_HIRESCAM_H

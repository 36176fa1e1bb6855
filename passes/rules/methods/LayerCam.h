// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_LAYERCAM_H
#define SALIENCY_RULES_METHODS_LAYERCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct LayerCam {
  static constexpr std::string_view name = "layer-cam";
  static consteval void write(Method &m) {
    m.title = "Layer-CAM";
    m.source = "Jiang et al. 2021 (IEEE TIP 30), eq. 4 and 5";
    m.help = "Activations weighted by the positive gradient at every position.";
    const Cam cam(m);
    finishCam(m, sumOverChannels(pos(cam.g) * cam.A));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_LAYERCAM_H

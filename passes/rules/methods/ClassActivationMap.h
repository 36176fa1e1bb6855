// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_CLASSACTIVATIONMAP_H
#define SALIENCY_RULES_METHODS_CLASSACTIVATIONMAP_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct ClassActivationMap {
  static constexpr std::string_view name = "cam";
  static consteval void write(Method &m) {
    m.title = "CAM, class activation map";
    m.source = "Zhou et al. 2016 (CVPR, arXiv 1512.04150), eq. 2";
    m.help = "The layer's channels weighted by the classifier's weights behind the global average.";
    const Cam cam(m);
    finishCam(m, sumOverChannels(cam.A * sumPerChannel(cam.g)));
    m.note("the summed gradient is the classifier's weight where a global average pool and a dense "
           "layer follow the layer");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_CLASSACTIVATIONMAP_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_GRADCAMPLUSPLUS_H
#define SALIENCY_RULES_METHODS_GRADCAMPLUSPLUS_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct GradCamPlusPlus {
  static constexpr std::string_view name = "grad-cam++";
  static consteval void write(Method &m) {
    m.title = "Grad-CAM++";
    m.source = "Chattopadhay et al. 2018 (WACV, arXiv 1710.11063), eq. 10 and 19";
    m.help = "Grad-CAM with a weight for every position, from the gradient's powers.";
    const Cam cam(m);
    const auto squared = square(cam.g);
    const auto share = plus(squared, 2 * squared + sumPerChannel(cam.A) * squared * cam.g, 1e-6);
    finishCam(m, sumOverChannels(cam.A * sumPerChannel(where(cam.g, share, 0) * pos(cam.g))));
    m.note("the paper's factor exp(y) cancels");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_GRADCAMPLUSPLUS_H

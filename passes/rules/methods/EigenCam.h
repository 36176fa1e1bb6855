// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_EIGENCAM_H
#define SALIENCY_RULES_METHODS_EIGENCAM_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct EigenCam {
  static constexpr std::string_view name = "eigen-cam";
  static consteval void write(Method &m) {
    m.title = "Eigen-CAM";
    m.source = "Muhammad, Yeasin 2020 (IJCNN, arXiv 2008.00299), eq. 1 to 3, with centred channels "
               "as in pytorch-grad-cam";
    m.help = "The layer's first principal component over its channels; the same for every class.";
    m.valueName("layer", "the map that is analysed; default: the last map before the classifier");
    const auto scores = principal(m.layer());
    const auto agreement = sumPerSample(scores * meanOverChannels(m.layer()));
    finishCam(m, where(agreement < 0, -scores, scores));
    m.note("the component's sign is arbitrary; here it agrees with the mean activation");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_EIGENCAM_H

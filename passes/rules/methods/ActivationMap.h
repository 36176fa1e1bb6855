// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_ACTIVATIONMAP_H
#define SALIENCY_RULES_METHODS_ACTIVATIONMAP_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct ActivationMap {
  static constexpr std::string_view name = "activation-map";
  static consteval void write(Method &m) {
    m.title = "Activation map";
    m.source = "OpenVINO XAI, ActivationMap";
    m.help = "The layer's mean over channels; the same for every class.";
    m.valueName("layer", "the map that is averaged; default: the last map before the classifier");
    finishCam(m, meanOverChannels(m.layer()));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_ACTIVATIONMAP_H

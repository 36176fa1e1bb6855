// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_FEMPG_H
#define SALIENCY_RULES_METHODS_FEMPG_H

#include "passes/rules/families/CamRules.h"
#include "passes/rules/families/FemRules.h"

namespace saliency::rules::methods {

struct FemPg {
  static constexpr std::string_view name = "fem-pg";
  static consteval void write(Method &m) {
    m.title = "FEM of pytorch-grad-cam";
    m.source = "pytorch-grad-cam, FEM: not the method of Fuad et al. 2020, which it names";
    m.help = "The layer's channels weighted by how many of their positions stand out by k "
             "deviations; the same for every class.";
    m.valueName("layer", "the map that is weighted; default: the last map before the classifier");
    const KSigma rule(m);
    finishCam(m, sumOverChannels(m.layer() * meanPerChannel(rule.standsOut(m.layer()))));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_FEMPG_H

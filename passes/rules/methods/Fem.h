// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_FEM_H
#define SALIENCY_RULES_METHODS_FEM_H

#include "passes/rules/Method.h"

namespace saliency::rules::methods {

struct Fem {
  static constexpr std::string_view name = "fem";
  static consteval void write(Method &m) {
    m.title = "FEM, feature explanation method";
    m.source = "Fuad et al. 2020 (IPTA), with the authors' k = 2 and division by the maximum";
    m.help = "Positions where channels stand out by k deviations, weighted by the channels' means; forward only, the same for every class.";
    m.valueName("layer", "the map that is examined; default: the last map before the classifier");
    const auto k = m.number("k", 2, "how many deviations above its mean an entry stands out", 0);
    const auto A = m.layer();
    const auto mean = meanPerChannel(A);
    const auto deviation = sqrt(meanPerChannel(square(A - mean)));
    const auto map = sumOverChannels(mean * (A > mean + k * deviation));
    m.finish(zeroSafe(map, maxPerSample(map)));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_FEM_H

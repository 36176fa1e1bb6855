// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_FEM_H
#define SALIENCY_RULES_METHODS_FEM_H

#include "passes/rules/families/FemRules.h"

namespace saliency::rules::methods {

struct Fem {
  static constexpr std::string_view name = "fem";
  static consteval void write(Method &m) {
    m.title = "FEM, feature explanation method";
    m.source = "Fuad et al. 2020 (IPTA), with the authors' k = 2 and division by the maximum";
    m.help = "Positions where channels stand out by k deviations, weighted by the channels' means; "
             "forward only, the same for every class.";
    m.valueName("layer", "the map that is examined; default: the last map before the classifier");
    const FemRules fem(m);
    const auto picture = m.choice("picture", {"layer", "cubic"},
                                  "the 2-D map: as it is; or resized to the input, bicubic");
    m.convention("xplique", fem.comparison.is("at-least"), fem.scale.is("none"),
                 picture.is("cubic"));
    const auto map = fem.map(m.layer());
    m.finish(map);
    m.finish2d(map, beforeStep);
    m.finish2d(resizeToInput(map, ResizeMode::Cubic), picture.is("cubic"));
    m.finish2d(map);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_FEM_H

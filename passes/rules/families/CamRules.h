// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the class activation maps share: weights from the target's gradient at a layer, a weighted
// sum of its channels, and the ways in which libraries turn that into a picture.
#ifndef SALIENCY_RULES_FAMILIES_CAMRULES_H
#define SALIENCY_RULES_FAMILIES_CAMRULES_H

#include "passes/rules/language/Method.h"

namespace saliency::rules {

using LayerMap = Expr<Space::PerPixel, Space::Layer>;

/// Shifted to start at 0, then divided by its largest entry: within [0, 1].
template <AnyExpr A> constexpr auto minMax(const A &a) {
  const auto shifted = a - minPerSample(a);
  return plus(shifted, maxPerSample(shifted), 1e-7);
}

/// The layer's activation A and the target's gradient g there.
struct Cam {
  Expr<Space::Layer> A, g;
  constexpr explicit Cam(Method &m) : A(m.layer()), g(gradient(m.target())) {
    m.valueName("layer", "the map that is weighted; default: the last map before the classifier");
  }
};

constexpr ChoiceParameter resizeChoice(Method &m) {
  return m.choice("resize", {"bilinear", "nearest", "align-corners", "cubic"},
                  "how a map is brought to the input's size");
}

/// The map is the weighted sum, signed, at the layer's resolution. As a picture it is rectified,
/// brought to [0, 1] and resized.
constexpr void finishCam(Method &m, const LayerMap &map) {
  const auto picture = m.choice(
      "picture", {"scaled", "rectified"},
      "the 2-D map: rectified, resized to the input and brought to [0, 1]; or rectified only");
  m.convention("grad-cam", picture.is("scaled"));
  m.convention("torchray", picture.is("rectified"));
  m.finish(map);
  m.finish2d(pos(map), beforeStep);
  m.finish2d(minMax(resizeToInput(minMax(pos(map)), resizeChoice(m))), picture.is("scaled"));
  m.finish2d(pos(map));
}

/// Of a map of scores, each position's its own: as a picture it is brought to [0, 1] and resized,
/// what is below 0 included.
template <AnyExpr Map> constexpr void finishScores(Method &m, const Map &map) {
  m.finish(map);
  m.finish2d(map, beforeStep);
  m.finish2d(minMax(resizeToInput(minMax(map), resizeChoice(m))));
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_CAMRULES_H

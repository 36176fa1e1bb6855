// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which neuron of a layer a method asks about.
#ifndef SALIENCY_RULES_FAMILIES_NEURONRULES_H
#define SALIENCY_RULES_FAMILIES_NEURONRULES_H

#include "passes/rules/language/Method.h"

namespace saliency::rules {

/// Declares the layer and the neuron in it: 1 there, else 0.
constexpr Expr<Space::Layer> chosenNeuron(Method &m) {
  m.anyValueName("layer", "the neuron's layer; default: the last map before the classifier");
  const auto channel = m.integer("channel", -1,
                                 "the neuron's channel, from 0; -1: the one with the largest sum "
                                 "over the position or all of them",
                                 -1, 1e9);
  const auto position = m.integer(
      "position", -1,
      "its position in the layer, from 0, row by row; -1: the sum over all positions", -1, 1e9);
  m.note("a neuron behind a rectifier that is not active has no gradient: the map is 0");
  return m.neuron(channel, position);
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_NEURONRULES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_NEURONCONDUCTANCE_H
#define SALIENCY_RULES_METHODS_NEURONCONDUCTANCE_H

#include "passes/rules/families/NeuronRules.h"
#include "passes/rules/families/PathRules.h"

namespace saliency::rules::methods {

struct NeuronConductance {
  static constexpr std::string_view name = "neuron-conductance";
  static consteval void write(Method &m) {
    m.title = "Neuron conductance";
    m.source = "Dhamdhere, Sundararajan, Yan 2018 (arXiv 1805.12233), eq. 1";
    m.help = "The part of integrated gradients that flows through one neuron; the parts of all "
             "neurons of a layer that separates input "
             "and classes add up to integrated gradients.";
    const auto neuron = chosenNeuron(m);
    const StraightPath path(m);
    m.defaults(path.rule.is("gauss-legendre"));
    m.seed(neuron * gradient(m.target()));
    m.elsewhere(gradient);
    m.finish(path.difference * path.mean(m.map()));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_NEURONCONDUCTANCE_H

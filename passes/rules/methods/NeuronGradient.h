// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_NEURONGRADIENT_H
#define SALIENCY_RULES_METHODS_NEURONGRADIENT_H

#include "passes/rules/families/NeuronRules.h"

namespace saliency::rules::methods {

struct NeuronGradient {
  static constexpr std::string_view name = "neuron-gradient";
  static consteval void write(Method &m) {
    m.title = "Neuron gradient";
    m.source = "Simonyan, Vedaldi, Zisserman 2013 (arXiv 1312.6034), section 3, of a value within "
               "the network, as captum's NeuronGradient";
    m.help =
        "What raises one neuron: its gradient with respect to the input, the same for every class.";
    const auto neuron = chosenNeuron(m);
    const auto times =
        m.choice("times", {"nothing", "input"}, "multiply the gradient by the input; or not");
    m.seed(neuron);
    m.elsewhere(gradient);
    m.finish(choose(times.is("input"), m.map() * m.input(), m.map()));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_NEURONGRADIENT_H

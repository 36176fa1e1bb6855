// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_CONDUCTANCE_H
#define SALIENCY_RULES_METHODS_CONDUCTANCE_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct Conductance {
  static constexpr std::string_view name = "conductance";
  static consteval void write(Method &m) {
    m.title = "Conductance";
    m.source = "Dhamdhere, Sundararajan, Yan 2018 (arXiv 1805.12233), eq. 2";
    m.help = "Integrated gradients' flow through each value of a layer: the gradient there times "
             "that value's change along the path from "
             "a baseline. Sums to the difference of the logits, up to the step.";
    m.anyValueName("layer", "the values that conduct; default: the last map before the classifier");
    const auto steps = m.integer("steps", 50, "parts of the path", 1, 100000);
    const auto baseline = m.perChannel(
        "baseline", {0}, "where the path starts, of the input as the network takes it");

    const auto run = m.runs(steps);
    const auto onPath = [&](const auto &part) {
      return baseline + part / run.count() * (m.input() - baseline);
    };
    m.repeat(run, onPath(run.number() + 0.5));
    m.finish(run.sum(gradient(m.target()) *
                     (layerAt(onPath(run.number() + 1)) - layerAt(onPath(run.number())))));
    m.note("each part by the gradient at its middle and the difference between its ends; captum "
           "takes the gradient at an end");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_CONDUCTANCE_H

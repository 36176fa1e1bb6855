// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_DECONVNET_H
#define SALIENCY_RULES_METHODS_DECONVNET_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct DeconvNet {
  static constexpr std::string_view name = "deconvnet";
  static consteval void write(Method &m) {
    m.title = "DeconvNet";
    m.source = "Zeiler, Fergus 2014 (arXiv 1311.2901), section 2.1: R' = R+ at each rectifier";
    m.help = "The gradient, with every rectifier (Relu, Clip(0, c)) replaced by one applied to the "
             "relevance.";
    m.convention("captum");
    m.convention("zennit");

    m.seed(m.target());
    const auto rectifier = m.rectifier();
    m.on(rectifier, pos(rectifier.R));
    m.elsewhere(gradient);
    m.holds(Invariant::Homogeneous);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_DECONVNET_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_BETASMOOTH_H
#define SALIENCY_RULES_METHODS_BETASMOOTH_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct BetaSmooth {
  static constexpr std::string_view name = "beta-smooth";
  static consteval void write(Method &m) {
    m.title = "Beta-smoothed gradient";
    m.source = "Dombrowski et al. 2019 (arXiv 1906.07983), section 4: the softplus's derivative "
               "sigmoid(beta z) for the rectifier's";
    m.help =
        "The gradient, with every rectifier's step rounded off; the forward pass stays as it is.";
    const auto beta = m.number("beta", 10, "steepness of the rounded step", 0);
    m.convention("zennit", beta.at(10));

    m.seed(m.target());
    const auto rectifier = m.rectifier();
    const auto passed = where(rectifier.x > 0, rectifier.vjp(rectifier.R), rectifier.R);
    m.on(rectifier, passed * sigmoid(beta * rectifier.x));
    m.elsewhere(gradient);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
    m.note("Clip(0, c) stays closed above c; zennit smooths only ReLU");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_BETASMOOTH_H

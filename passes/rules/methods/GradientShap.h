// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_GRADIENTSHAP_H
#define SALIENCY_RULES_METHODS_GRADIENTSHAP_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct GradientShap {
  static constexpr std::string_view name = "gradient-shap";
  static consteval void write(Method &m) {
    m.title = "GradientSHAP (expected gradients)";
    m.source = "Lundberg, Lee 2017 (arXiv 1705.07874), as in their library; Erion et al. 2021 "
               "(arXiv 1906.10670), eq. 3";
    m.help = "Integrated gradients averaged over baselines, at one random point of each path.";
    const auto samples =
        m.integer("samples", 50, "points; each on the path from one baseline, in turn", 1, 1000000);
    const auto baseline = m.perChannel("baseline", {0}, "the baseline where the call gives none");
    const auto seed = m.integer("random-seed", 0, "key of the generator", 0, 9007199254740991);
    const auto baselines = m.images("baselines", "where the paths start, in turn");
    m.convention("captum", samples.at(5));

    const auto run = m.runs(samples);
    const auto difference = m.input() - run.given(baselines, onesLike(m.input()) * baseline);
    m.repeat(run, m.input() - run.uniform(seed) * difference);
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(run.mean(m.map() * difference));
    m.holds(Invariant::Odd, Invariant::Homogeneous);
    m.note(
        "the papers leave the number of samples open; the same points for every image of a call");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_GRADIENTSHAP_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_INTERNALINFLUENCE_H
#define SALIENCY_RULES_METHODS_INTERNALINFLUENCE_H

#include "passes/rules/families/PathRules.h"

namespace saliency::rules::methods {

struct InternalInfluence {
  static constexpr std::string_view name = "internal-influence";
  static consteval void write(Method &m) {
    m.title = "Internal influence";
    m.source = "Leino et al. 2018 (arXiv 1802.03788), definition 1, with the uniform distribution "
               "on the path from a baseline";
    m.help = "The gradient of the target's logit at a layer, averaged over the straight path of "
             "inputs from a baseline.";
    m.anyValueName("layer",
                   "the values that influence; default: the last map before the classifier");
    const StraightPath path(m);
    m.defaults(path.rule.is("gauss-legendre"));
    m.finish(path.mean(gradient(m.target())));
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_INTERNALINFLUENCE_H

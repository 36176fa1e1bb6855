// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_CRP_H
#define SALIENCY_RULES_METHODS_CRP_H

#include "passes/rules/methods/LrpComposite.h"

namespace saliency::rules::methods {

struct Crp {
  static constexpr std::string_view name = "crp";
  static consteval void write(Method &m) {
    m.title = "CRP, concept relevance propagation";
    m.source = "Achtibat et al. 2023 (Nature Machine Intelligence 5, arXiv 2206.03208); as "
               "zennit-crp, relevance that goes past a layer is dropped";
    m.help = "LRP by a composite of those channels alone that conditions name: what they, the "
             "concepts, see in the input.";
    m.needsCondition();
    LrpComposite::compose(m);
    m.note("the maps of a value's channels add up to the map without a condition on it, where no "
           "relevance goes past it");
    m.note("a concept's importance is the sum of its relevance: --dump-relevance gives that of "
           "every value");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_CRP_H

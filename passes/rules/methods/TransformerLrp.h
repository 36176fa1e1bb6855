// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_TRANSFORMERLRP_H
#define SALIENCY_RULES_METHODS_TRANSFORMERLRP_H

#include "passes/rules/families/TransformerRules.h"

namespace saliency::rules::methods {

struct TransformerLrp {
  static constexpr std::string_view name = "transformer-lrp";
  static consteval void write(Method &m) {
    m.title = "LRP of transformers";
    m.source = "Chefer, Gur, Wolf 2021 (CVPR, arXiv 2012.09838), section 3: its relevance, carried "
               "to the pixels as in the "
               "authors' code (full LRP)";
    m.help = "Relevance by positive contributions through all layers of a transformer, down to the "
             "pixels.";

    m.seed(m.target());
    cheferRules(m);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_TRANSFORMERLRP_H

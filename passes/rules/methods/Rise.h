// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_RISE_H
#define SALIENCY_RULES_METHODS_RISE_H

#include "passes/rules/families/CommonRules.h"

namespace saliency::rules::methods {

struct Rise {
  static constexpr std::string_view name = "rise";
  static consteval void write(Method &m) {
    m.title = "RISE";
    m.source = "Petsiuk, Das, Saenko 2018 (arXiv 1806.07421), eq. 6 and section 3.2";
    m.help = "The mean of random masks, weighted by the class's score behind each.";
    const auto masks = m.integer("masks", 4000, "random masks", 1, 1000000);
    const auto cells =
        m.integer("cells", 7, "cells of a mask's coarse grid, along each side", 1, 1000);
    const auto probability = m.number("probability", 0.5, "that a cell is seen", 1e-6, 1);
    const auto score = m.choice("score", {"probability", "logit"}, "what weights a mask");
    const auto seed = m.integer("random-seed", 0, "key of the generator", 0, 9007199254740991);
    m.convention("torchray", masks.at(8000));
    m.convention("xplique", masks.at(4000));
    m.convention("openvino", masks.at(5000), cells.at(8));

    const auto run = m.runs(masks);
    const auto mask = run.grid(cells, probability, seed);
    m.repeat(run, m.input() * mask);
    m.finish(run.mean(mask * targetScore(m, score, run.logits())) / probability);
    m.note("4000 masks as in the paper for VGG16 (8000 for ResNet-50); a cell has ceil(extent / "
           "cells) positions, as in the released "
           "code; covered means 0 as the network takes its input");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_RISE_H

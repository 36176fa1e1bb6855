// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_CONTRASTIVEEXCITATIONBACKPROP_H
#define SALIENCY_RULES_METHODS_CONTRASTIVEEXCITATIONBACKPROP_H

#include "passes/rules/methods/ExcitationBackprop.h"

namespace saliency::rules::methods {

struct ContrastiveExcitationBackprop {
  static constexpr std::string_view name = "contrastive-excitation-backprop";
  static consteval void write(Method &m) {
    m.title = "Contrastive excitation backprop";
    m.source = "Zhang et al. 2016 (ECCV, arXiv 1608.00507), section 3.3, as in TorchRay";
    m.help = "Excitation backprop of the target minus that of its opposite, the classifier with "
             "negated weights.";
    m.convention("torchray");
    m.valueName("layer",
                "the map where the walk ends; default: the last map before the classifier");
    const auto place =
        m.valueName("contrast-layer",
                    "the value where the two meet; default: the last map before the classifier");
    m.seed(m.target());
    const auto opposite = m.twin("opposite", m.target());
    const auto conv = m.convolution();
    const auto dense = m.dense();
    m.on(conv, lastLinear, opposite.here(), ExcitationBackprop::share(conv, pos(-conv.w)));
    m.on(dense, lastLinear, opposite.here(), ExcitationBackprop::share(dense, pos(-dense.w)));
    ExcitationBackprop::rows(m);
    m.meet(place, m.fork().R - opposite.at(m.fork()));
    m.finish(pos(sumOverChannels(m.mapAtLayer())));
    m.note("both walks carry the same to each position of a classifier that is a 1x1 convolution: "
           "there the difference shows only at "
           "a layer before it; at its own input the map is 0 up to rounding");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_CONTRASTIVEEXCITATIONBACKPROP_H

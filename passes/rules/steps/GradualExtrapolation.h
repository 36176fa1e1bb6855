// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_STEPS_GRADUALEXTRAPOLATION_H
#define SALIENCY_RULES_STEPS_GRADUALEXTRAPOLATION_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::steps {

struct GradualExtrapolation {
  static constexpr std::string_view name = "gradual-extrapolation";
  static consteval void write(Method &m) {
    m.title = "Gradual Extrapolation";
    m.source = "Szandala 2021 (IEEE Access 9, p. 95155), as the author's released code";
    m.help = "Sharpens a coarse map with the activations where the network changes its resolution, "
             "down to the input's size.";
    const auto variant = m.choice("variant", {"master", "experiments", "prism"},
                                  "every activation by its largest entry; only those wider than "
                                  "the map; by its mean (TorchPRISM)");
    m.record(m.selection());
    m.record(m.convolution(), strided);
    const auto map = m.map2d();
    const auto energy = zeroSafe(sumOverChannels(m.layer()), maxPerSample(m.layer()));
    m.refine(map * energy, variant.is("master"));
    m.refine(map * energy, variant.is("experiments"), enlarges);
    m.refine(map * meanOverChannels(m.layer()), variant.is("prism"));

    const auto centred = map - meanPerSample(map);
    const auto deviation = sqrt(zeroSafe(sumPerSample(square(centred)), entriesPerSample(map) - 1));
    const auto clipped = max(min(zeroSafe(centred, deviation), 1), -1);
    const auto shifted = clipped - minPerSample(clipped);
    m.finish(zeroSafe(shifted, maxPerSample(shifted)));
    m.note("statistics are taken per sample; the released code takes them over the batch");
    m.note("a map that is the same everywhere gives 0, the released code NaN");
    m.note("variant=experiments records every strided convolution; the branch of that name takes "
           "the first of each container");
  }
};

} // namespace saliency::rules::steps

#endif // SALIENCY_RULES_STEPS_GRADUALEXTRAPOLATION_H

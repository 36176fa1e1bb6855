// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_SMOOTHFULLGRAD_H
#define SALIENCY_RULES_METHODS_SMOOTHFULLGRAD_H

#include "passes/rules/methods/FullGrad.h"

namespace saliency::rules::methods {

struct SmoothFullGrad {
  static constexpr std::string_view name = "smooth-fullgrad";
  static consteval void write(Method &m) {
    m.title = "Smooth FullGrad";
    m.source = "the code of Srinivas, Fleuret 2019 (NeurIPS, arXiv 1905.00780)";
    m.help = "FullGrad of noisy copies of the input: the terms of each layer are added up before "
             "they are scaled and resized.";
    const auto samples = m.integer("samples", 25, "noisy copies of the input", 1, 1000000);
    const auto sigma = m.number(
        "sigma", 0.15, "standard deviation of the noise, as a share of the input's range", 0);
    const auto seed = m.integer("random-seed", 0, "key of the generator", 0, 9007199254740991);
    const auto noise =
        m.images("noise", "what is added to the input, one copy each; default: drawn");

    const auto run = m.runs(samples, noise);
    const auto range = maxPerSample(m.input()) - minPerSample(m.input());
    m.repeat(run, m.input() + run.given(noise, sigma * range * run.normal(seed)));
    m.seed(m.target());
    m.elsewhere(gradient);
    FullGrad::collectBiases(m, [&](const auto &u) { return run.sum(u); });
    m.finish(run.sum(m.map() * run.point()));
    m.finish2d(FullGrad::scaled(run.sum(sumOverChannels(m.map() * run.point()))) + m.collected());
    m.note("the range is that of each sample; the authors' code takes it over the batch");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_SMOOTHFULLGRAD_H

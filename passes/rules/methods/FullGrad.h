// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_FULLGRAD_H
#define SALIENCY_RULES_METHODS_FULLGRAD_H

#include "passes/rules/Method.h"

namespace saliency::rules::methods {

class FullGrad {
  /// |u| of each sample brought to [0, 1], summed over channels.
  template <AnyExpr A> static constexpr auto post(const A &u) {
    const auto shifted = abs(u) - minPerSample(abs(u));
    return sumOverChannels(plus(shifted, maxPerSample(shifted), 1e-6));
  }

public:
  static constexpr std::string_view name = "fullgrad";
  static consteval void write(Method &m) {
    m.title = "FullGrad";
    m.source = "Srinivas, Fleuret 2019 (NeurIPS, arXiv 1905.00780), eq. 8, with the authors' post-processing";
    m.help = "Input times gradient plus every layer's bias times gradient, resized to the input.";
    const auto biases = m.choice("biases", {"product", "gradient"}, "bias times gradient; or the gradient alone (Simple FullGrad)");
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto conv = m.convolution();
    const auto norm = m.normalisation();
    m.collect(conv, post(choose(biases.is("gradient"), conv.R, conv.b * conv.R)), ResizeMode::AlignCorners, hasBias);
    const auto shift = norm.beta - norm.mean * overNonZero(norm.gamma, sqrt(norm.variance + norm.epsilon));
    m.collect(norm, post(choose(biases.is("gradient"), norm.R, shift * norm.R)), ResizeMode::AlignCorners);
    m.finish(m.map() * m.input());
    m.finish2d(post(m.map() * m.input()) + m.collected());
    m.note("the map is the input's part; the full map is the 2-D one, in which biases of dense layers have no place");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_FULLGRAD_H

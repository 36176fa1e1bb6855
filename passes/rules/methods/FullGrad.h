// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_FULLGRAD_H
#define SALIENCY_RULES_METHODS_FULLGRAD_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct FullGrad {
  static constexpr std::string_view name = "fullgrad";

  /// |u| of each sample brought to [0, 1].
  template <AnyExpr A> static constexpr auto scaled(const A &u) {
    const auto shifted = abs(u) - minPerSample(abs(u));
    return plus(shifted, maxPerSample(shifted), 1e-6);
  }
  /// Every bias times its gradient; `summed` adds it up over the runs, where there are any.
  template <class F> static constexpr void collectBiases(Method &m, F &&summed) {
    const auto biases = m.choice("biases", {"product", "gradient"},
                                 "bias times gradient; or the gradient alone (Simple FullGrad)");
    const auto conv = m.convolution();
    const auto norm = m.normalisation();
    const auto post = [&](const auto &u) { return sumOverChannels(scaled(summed(u))); };
    m.collect(conv, post(choose(biases.is("gradient"), conv.R, conv.b * conv.R)),
              ResizeMode::AlignCorners, hasBias);
    const auto shift =
        norm.beta - norm.mean * overNonZero(norm.gamma, sqrt(norm.variance + norm.epsilon));
    m.collect(norm, post(choose(biases.is("gradient"), norm.R, shift * norm.R)),
              ResizeMode::AlignCorners);
    m.note("the map is the input's part; the full map is the 2-D one, in which biases of dense "
           "layers have no place");
  }

  static consteval void write(Method &m) {
    m.title = "FullGrad";
    m.source = "Srinivas, Fleuret 2019 (NeurIPS, arXiv 1905.00780), eq. 8, with the authors' "
               "post-processing";
    m.help = "Input times gradient plus every layer's bias times gradient, resized to the input.";
    m.seed(m.target());
    m.elsewhere(gradient);
    collectBiases(m, [](const auto &u) { return u; });
    m.finish(m.map() * m.input());
    m.finish2d(sumOverChannels(scaled(m.map() * m.input())) + m.collected());
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_FULLGRAD_H

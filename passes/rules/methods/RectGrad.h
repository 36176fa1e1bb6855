// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_RECTGRAD_H
#define SALIENCY_RULES_METHODS_RECTGRAD_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct RectGrad {
  static constexpr std::string_view name = "rectgrad";

  /// What RectGrad and NoBias share: everything but the product with the input.
  static constexpr void rectify(Method &m) {
    const auto q = m.number(
        "q", 98, "percentile that activation times relevance must exceed, per layer and sample", 0,
        100);
    const auto threshold =
        m.choice("threshold", {"percentile", "constant", "magnitude"},
                 "the percentile of a R (RectGrad); tau (-Const); the percentile of |a R| (-Mod)");
    const auto tau = m.number("tau", 0, "the threshold where threshold=constant");
    const auto activations = m.choice("activations", {"rectifiers", "all"},
                                      "threshold Relu and Clip(0, c); or every activation");
    const auto borders =
        m.choice("zero-borders", {"off", "on"},
                 "drop relevance on the border of each same-padded convolution's output");

    m.seed(m.target());
    const auto rectified = [&](const auto &op) {
      const auto product = choose(threshold.is("magnitude"), abs(op.y * op.R), op.y * op.R);
      return where(product > choose(threshold.is("constant"), tau + 0 * percentile(product, q),
                                    percentile(product, q)),
                   op.R, 0);
    };
    m.on(m.rectifier(), rectified(m.rectifier()));
    m.on(m.activation(), activations.is("all"), rectified(m.activation()));
    const auto conv = m.convolution();
    m.on(conv, samePadding, borders.is("on"), conv.vjp(conv.R * conv.interior()));
    m.elsewhere(gradient);
    m.holds(Invariant::Homogeneous);
    m.note("the activation's own derivative is not applied where it is thresholded");
  }

  static consteval void write(Method &m) {
    m.title = "Rectified Gradient";
    m.source = "Kim et al. 2019 (arXiv 1902.04893), eq. 5; threshold index and zero borders as in "
               "the authors' code";
    m.help = "The gradient times the input, where each rectifier passes only the largest products "
             "of activation and relevance.";
    rectify(m);
    const auto maxPool = m.choice("max-pool", {"gradient", "proportional"},
                                  "the winner takes all; or in proportion (RectGrad-PRR)");
    const auto pool = m.selection();
    const auto shares = pool.windowMeanVjp(plus(pool.R, pool.windowMean(pool.x), 1e-10));
    m.on(pool, maxPool.is("proportional"), pool.x * shares).conserves(Conservation::WithoutBias);
    m.finish(m.map() * m.input());
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_RECTGRAD_H

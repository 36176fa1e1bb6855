// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_RSP_H
#define SALIENCY_RULES_METHODS_RSP_H

#include "passes/rules/families/CommonRules.h"

namespace saliency::rules::methods {

class Rsp {
  static constexpr double kGuard = 1e-9;
  template <AnyExpr A> static constexpr A share(const A &a) {
    return plus(a, sumPerSample(a), kGuard);
  }

  /// Grad-CAM's map kept per channel: G = A mean(dy/dA), over its largest entry.
  static constexpr Expr<Space::Layer> singleSeed(Method &m, Expr<Space::Logits> score) {
    const auto map = m.layer() * meanPerChannel(gradient(score));
    return plus(map, maxPerSample(map), kGuard);
  }
  /// Eq. 1 and 2: D = m G_t - sum G_h over the m listed others; its parts of equal mass summed over
  /// channels, scaled to +2 and -1.
  static constexpr Expr<Space::Layer> hostileSeed(Method &m, ClassesTensor classes) {
    const auto contrast =
        classes.count() * singleSeed(m, m.target()) - classes.sum(singleSeed(m, classes.each()));
    const auto positive = share(pos(contrast));
    const auto negative =
        share(zeroSafe(negPart(contrast), minPerSample(contrast))) * sumPerSample(positive);
    const auto map = sumOverChannels(positive - negative);
    return onesLike(m.layer()) *
           ((2 * share(pos(map)) - share(negPart(map))) / channelsOf(m.layer()));
  }

  /// The purge of the paper's text; in the released code its two masks add up to 1 and change
  /// nothing.
  static constexpr Expr<Space::Out> purged(Expr<Space::Out> R) {
    return where(sumOverChannels(R) > 0, pos(R), negPart(R));
  }

  /// Filters correlated from positive inputs and r >= 0 stand in for the weights. Where r = 0 the
  /// division gives 0, which is the authors' mask.
  template <class Op> static constexpr Expr<Space::In> section(const Op &op, Expr<Space::Out> r) {
    const auto x = pos(op.x);
    const auto filters = correlate(x, r);
    return x * adjoint(filters, zeroSafe(r, forward(filters, x)));
  }
  template <class Op> static constexpr Expr<Space::In> sections(const Op &op, Expr<Space::Out> R) {
    return section(op, pos(R)) - section(op, -negPart(R));
  }
  /// Takes the sum of R off in equal parts from every entry that is not 0.
  static constexpr Expr<Space::In> balanced(Expr<Space::In> c, Expr<Space::Out> R) {
    return c - zeroSafe(sumPerSample(R), countNonzeroPerSample(c)) * nonzero(c);
  }

public:
  static constexpr std::string_view name = "rsp";
  static consteval void write(Method &m) {
    m.title = "RSP, relative sectional propagation";
    m.source = "Nam, Choi, Lee 2021 (AAAI 35, arXiv 2012.03434), and the authors' released code";
    m.help = "Bipolar relevance: red supports the target, blue the other listed classes. Starts at "
             "a convolutional layer.";
    const auto variant =
        m.choice("variant", {"reference", "paper"},
                 "the released code; or the paper's text (hostile seed, purge), unverified");
    const auto seed = m.choice("seed", {"single", "hostile"},
                               "the target's gradient map; or its contrast with the other classes");
    const auto purge =
        m.choice("purge", {"off", "on"},
                 "drop relevance whose sign differs from its position's sum over channels");
    m.implies(variant.is("paper"), seed.is("hostile"));
    m.implies(variant.is("paper"), purge.is("on"));
    m.valueName("layer",
                "the value where relevance starts; default: the last map before the classifier",
                "seed-layer");
    const auto classes =
        m.classes("classes",
                  "classes to contrast per image; default: the target and the highest other class");

    m.seed(singleSeed(m, m.target()), seed.is("single"));
    m.seed(where(classes.count() == 0, singleSeed(m, m.target()), hostileSeed(m, classes)),
           seed.is("hostile"));

    const auto conv = m.convolution();
    const auto R = choose(purge.is("on"), purged(conv.R), conv.R);
    m.on(conv, firstLayer, zBoxOfImage(conv))
        .holds(Invariant::Conserves)
        .conserves(Conservation::WithoutBias);
    m.on(conv, kernel(1), sections(conv, R))
        .holds(Invariant::ZeroWhereInputNotPositive, Invariant::WeightIndependent)
        .conserves(Conservation::WithoutBias);
    m.on(conv, balanced(2 * sections(conv, R), R))
        .holds(Invariant::Conserves, Invariant::ZeroWhereInputNotPositive,
               Invariant::WeightIndependent);
    const auto dense = m.dense();
    m.on(dense, sections(dense, dense.R))
        .label("our extension")
        .holds(Invariant::ZeroWhereInputNotPositive, Invariant::WeightIndependent)
        .conserves(Conservation::WithoutBias);
    sectionalElsewhere(m);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
    m.note("our extension: residual, concatenating and dense parts, grouped and depthwise "
           "convolutions (the rule within each "
           "group)");
    m.note("variant=paper is unverified: the released code holds its seed but neither calls it nor "
           "purges");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_RSP_H

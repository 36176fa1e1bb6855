// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_ATTRIBUTIONEQUILIBRIUM_H
#define SALIENCY_RULES_METHODS_ATTRIBUTIONEQUILIBRIUM_H

#include "passes/rules/families/CommonRules.h"

namespace saliency::rules::methods {

class AttributionEquilibrium {
  /// D(x, |w|; s): s in proportion to x |w|.
  template <class Op, AnyExpr X>
  static constexpr Expr<Space::In> shares(const Op &op, const X &x, const Expr<Space::Out> &s) {
    return x * adjoint(abs(op.w), zeroSafe(s, forward(abs(op.w), x)));
  }
  /// For the target t (its parts add up to 1) and against it o (-1): by positive inputs, then
  /// evenly over open and closed units.
  template <class Op, Operand Ratio>
  static constexpr Expr<Space::In> equilibrium(const Op &op, const Ratio &ratio, bool level) {
    const auto t = zeroSafe(pos(op.R), sumPerSample(pos(op.R)));
    const auto o = -zeroSafe(negPart(op.R), sumPerSample(negPart(op.R)));
    const auto c = shares(op, pos(op.x), ratio * t) + shares(op, pos(op.x), o);
    const auto levelled = level ? c - zeroSafe(nonzero(c), countNonzeroPerSample(c)) : c;
    return levelled + shares(op, op.x > 0, t) + shares(op, op.x <= 0, o);
  }

public:
  static constexpr std::string_view name = "attribution-equilibrium";
  static consteval void write(Method &m) {
    m.title = "AE, attribution equilibrium";
    m.source = "Nam et al. 2024 (T-PAMI), as the authors' released code";
    m.help = "RSP's successor: relevance for and against the target in balance at every "
             "convolution. Starts at a layer.";
    const auto ratio = m.number("ratio", 2, "relevance for the target to relevance against it", 0);
    m.valueName("layer",
                "the value where relevance starts; default: the last map before the classifier",
                "seed-layer");
    const auto map = m.layer() * meanPerChannel(gradient(m.target()));
    m.seed(zeroSafe(map, abs(sumPerSample(map))));

    const auto conv = m.convolution();
    m.on(conv, firstLayer, zBoxOfImage(conv))
        .holds(Invariant::Conserves)
        .conserves(Conservation::WithoutBias);
    m.on(conv, kernel(1), equilibrium(conv, 1, false));
    m.on(conv, equilibrium(conv, ratio, true));
    m.on(m.dense(), equilibrium(m.dense(), 1, false)).label("our extension");
    sectionalElsewhere(m);
    m.note("each convolution scales relevance anew: the map adds up to ratio - 2, to 0 below a 1x1 "
           "convolution");
    m.note("our extension: residual parts; the released bottleneck halves the relevance and drops "
           "the shortcut");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_ATTRIBUTIONEQUILIBRIUM_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_RAP_H
#define SALIENCY_RULES_METHODS_RAP_H

#include "passes/rules/families/CommonRules.h"

namespace saliency::rules::methods {

class Rap {
  /// R+ and R- split over the contributions za through weights `a` and zn through -n (both of one
  /// sign for inputs x of one sign), then shifted uniformly so that the sum stays.
  template <class Op, AnyExpr A, AnyExpr N>
  static constexpr Expr<Space::In> half(const Op &op, const Condition &paper,
                                        const Expr<Space::In> &x, const A &a, const N &n) {
    const auto open = nonzero(op.R);
    const auto za = forward(a, x) * open, zn = -forward(n, x) * open, all = za + zn;
    const auto first = [&](const auto &r) { return x * adjoint(a, open * zeroSafe(r, za)); };
    const auto second = [&](const auto &r) { return -(x * adjoint(n, open * zeroSafe(r, zn))); };
    const auto u = zeroSafe(all, all), v = zeroSafe(zn, all);
    const auto rest = [&] {
      if constexpr (Op::capability == Capability::Dense)
        return first(negPart(op.R) * u);
      else // the authors' two files differ, likely by a slip
        return choose(paper, first(negPart(op.R) * u), second(negPart(op.R) * u));
    }();
    const auto c =
        (first(pos(op.R) * u) + second(pos(op.R) * v)) + (second(negPart(op.R) * v) + rest);
    return c -
           zeroSafe(sumPerSample(c) - sumPerSample(op.R), countNonzeroPerSample(c)) * nonzero(c);
  }
  /// Positive inputs, then negative ones; where an input has both signs the sum doubles, as in the
  /// authors' code.
  template <class Op>
  static constexpr Expr<Space::In> influence(const Op &op, const Condition &paper) {
    return half(op, paper, pos(op.x), pos(op.w), negPart(op.w)) +
           half(op, paper, negPart(op.x), -pos(op.w), -negPart(op.w));
  }

  /// The classifier: contributions to the target, the bias split like them, by their absolute share
  /// of the whole.
  static constexpr Expr<Space::In> start(const DenseOp &op) {
    const auto wPos = pos(op.w), wNeg = negPart(op.w);
    const auto xPos = pos(op.x), xNeg = negPart(op.x);
    const auto z1 = forward(wPos, xPos), z2 = forward(wNeg, xPos), z3 = forward(wPos, xNeg),
               z4 = forward(wNeg, xNeg);
    const auto pull = [](const auto &x, const auto &w, const auto &r, const auto &z) {
      return x * adjoint(w, zeroSafe(r, z));
    };
    const auto t = op.R;
    const auto up = sumPerSample(z1 * t + z4 * t), down = sumPerSample(z2 * t + z3 * t);
    const auto biasUp = op.b * t * zeroSafe(up, up + down),
               biasDown = op.b * t * zeroSafe(down, up + down);
    const auto r = pull(xPos, wPos, z1 * t, z1) + pull(xNeg, wNeg, z4 * t, z4) +
                   pull(xPos, wPos, biasUp, z1) + pull(xPos, wNeg, z2 * t, z2) +
                   pull(xNeg, wPos, z3 * t, z3) + pull(xPos, wNeg, biasDown, z2);
    const auto influences = sumPerSample(pos(r) - negPart(r));
    return zeroSafe(pos(r), influences) * sumPerSample(r) -
           zeroSafe(negPart(r), influences) * sumPerSample(r);
  }
  template <class Op> static constexpr Expr<Space::In> pool(const Op &op) {
    return op.x * op.vjp(zeroSafe(op.R, op.y));
  }

public:
  static constexpr std::string_view name = "rap";
  static consteval void write(Method &m) {
    m.title = "RAP, relative attributing propagation";
    m.source = "Nam et al. 2020 (AAAI 34, arXiv 1904.00605), and the authors' released code";
    m.help = "Relevance by absolute influence, shifted uniformly so that its sum stays: positive "
             "and negative parts separate.";
    const auto variant =
        m.choice("variant", {"reference", "paper"},
                 "the released code; or one rule for convolution and dense layers, unverified");
    m.seed(m.target());

    const auto conv = m.convolution();
    const auto dense = m.dense();
    m.on(conv, firstLayer, zBoxOfImage(conv))
        .holds(Invariant::Conserves)
        .conserves(Conservation::WithoutBias);
    m.on(dense, lastLinear, start(dense));
    m.on(conv, influence(conv, variant.is("paper"))).conserves(Conservation::OneSign);
    m.on(dense, influence(dense, variant.is("paper"))).conserves(Conservation::OneSign);
    m.on(m.averagePool(), pool(m.averagePool())).holds(Invariant::Conserves);
    m.on(m.selection(), pool(m.selection())).conserves(Conservation::WithoutBias);
    const auto norm = m.normalisation();
    m.on(norm, where(nonzero(norm.x * norm.gamma), norm.R, 0)).conserves(Conservation::WithoutBias);
    passConstants(m);
    m.on(m.add(), m.add().x * zeroSafe(m.add().R, m.add().y))
        .holds(Invariant::Conserves)
        .conserves(Conservation::Unbounded);
    m.on(m.concat(), where(nonzero(m.concat().x), m.concat().R, 0))
        .conserves(Conservation::WithoutBias);
    m.on(m.fork(), overOperands(m.fork().R)).holds(Invariant::Conserves);
    m.on(m.activation(), m.activation().R)
        .holds(Invariant::Conserves)
        .conserves(Conservation::ByFiat);
    m.on(m.structural(), m.structural().vjp(m.structural().R)).conserves(Conservation::Inside);
    m.note("the classifier's rule applies to the dense layer nearest to the logits; the authors "
           "look for a relevance whose "
           "largest entry is 1");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_RAP_H

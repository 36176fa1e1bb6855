// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parts of rules that methods of different families share. `op` is a context of Ops.h.
#ifndef SALIENCY_RULES_FAMILIES_COMMONRULES_H
#define SALIENCY_RULES_FAMILIES_COMMONRULES_H

#include "passes/rules/language/Method.h"

namespace saliency::rules {

/// The z-B rule (Montavon et al. 2017, eq. 8) for inputs within [low, high]: its sum of
/// contributions, and the shares of `s`, the relevance divided by that sum in the method's way.
/// Padding is 0 in x, low and high alike; the bias cancels.
template <class Op, AnyExpr L, AnyExpr H>
constexpr Expr<Space::Out> zBoxSum(const Op &op, const L &low, const H &high) {
  return forward(op.w, op.x) - forward(pos(op.w), low) - forward(negPart(op.w), high);
}
template <class Op, AnyExpr L, AnyExpr H>
constexpr Expr<Space::In> zBoxShares(const Op &op, const L &low, const H &high,
                                     const Expr<Space::Out> &s) {
  return op.x * adjoint(op.w, s) - low * adjoint(pos(op.w), s) - high * adjoint(negPart(op.w), s);
}

/// The z-B rule with the image's own smallest and largest entry as its bounds (RSP, RAP).
template <class Op> constexpr Expr<Space::In> zBoxOfImage(const Op &op) {
  const auto low = minPerSample(op.x), high = maxPerSample(op.x);
  return zBoxShares(op, low, high, zeroSafe(op.R, zBoxSum(op, low, high)));
}

/// A scale or a shift by constants, as an input's normalisation inside the network, passes
/// relevance to its one operand.
constexpr void passConstants(Method &m) {
  m.on(m.product(), byConstant, m.product().R).holds(Invariant::Conserves);
  m.on(m.add(), byConstant, m.add().R).holds(Invariant::Conserves);
}

/// What RSP and its successor do elsewhere: in proportion to the inputs, what is 0 gets none.
constexpr void sectionalElsewhere(Method &m) {
  const double guard = 1e-9;
  const auto pool = [guard](const auto &op) {
    const auto x = op.x + guard;
    return x * op.vjp(zeroSafe(op.R, op.forward(x)), x);
  };
  m.on(m.averagePool(), pool(m.averagePool())).holds(Invariant::Conserves);
  m.on(m.selection(), pool(m.selection())).holds(Invariant::Conserves);
  const auto norm = m.normalisation();
  m.on(norm, where(nonzero(norm.x * norm.gamma), norm.R, 0))
      .conserves(Conservation::WithoutBias); // the authors' w cancels, whatever its variance term
  passConstants(m);
  const auto part = pos(m.add().x) + guard;
  m.on(m.add(), part * zeroSafe(m.add().R, overOperands(part))).holds(Invariant::Conserves);
  m.on(m.concat(), where(nonzero(m.concat().x), m.concat().R, 0))
      .conserves(Conservation::WithoutBias);
  m.on(m.fork(), overOperands(m.fork().R)).label("our extension").holds(Invariant::Conserves);
  m.on(m.activation(), m.activation().R)
      .holds(Invariant::Conserves)
      .conserves(Conservation::ByFiat);
  m.on(m.structural(), m.structural().vjp(m.structural().R)).conserves(Conservation::Inside);
}

/// The target's logit, or its probability (softmax over the classes), of one evaluation of the
/// network.
constexpr Expr<Space::PerSample> targetScore(Method &m, const ChoiceParameter &score,
                                             const Expr<Space::Logits> &logits) {
  const auto grown = exp(logits - maxPerSample(logits));
  const auto probabilities = zeroSafe(grown, sumPerSample(grown));
  return choose(score.is("logit"), sumPerSample(m.target() * logits),
                sumPerSample(m.target() * probabilities));
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_COMMONRULES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules that several methods share, each under its name in the literature. `op` is a context of Ops.h.
#ifndef SALIENCY_RULES_COMMONRULES_H
#define SALIENCY_RULES_COMMONRULES_H

#include "passes/rules/Method.h"

namespace saliency::rules {

/// zennit's default stabiliser.
inline constexpr double kStabiliser = 1e-6;

/// LRP-epsilon (Bach et al. 2015, eq. 58): shares in proportion to contributions x w, the bias in the denominator keeps its
/// share.
template <class Op, Operand E> constexpr Expr<Space::In> epsilonRule(const Op &op, const E &epsilon) {
  return op.x * adjoint(op.w, stab(op.R, op.z, epsilon));
}

/// LRP z+ (alpha 1, beta 0) for inputs of any sign, as zennit: P = W+ x+ + W- x- + b+.
template <class Op> constexpr Expr<Space::In> zPlusRule(const Op &op) {
  const auto contributions = forward(pos(op.w), pos(op.x)) + forward(negPart(op.w), negPart(op.x)) + pos(op.b);
  const auto s = stab(op.R, contributions, kStabiliser);
  return pos(op.x) * adjoint(pos(op.w), s) + negPart(op.x) * adjoint(negPart(op.w), s);
}

/// The z-B rule (Montavon et al. 2017, eq. 8) for inputs within [low, high]: its sum of contributions, and the shares of `s`, the
/// relevance divided by that sum in the method's way. Padding is 0 in x, low and high alike; the bias cancels.
template <class Op, AnyExpr L, AnyExpr H> constexpr Expr<Space::Out> zBoxSum(const Op &op, const L &low, const H &high) {
  return forward(op.w, op.x) - forward(pos(op.w), low) - forward(negPart(op.w), high);
}
template <class Op, AnyExpr L, AnyExpr H>
constexpr Expr<Space::In> zBoxShares(const Op &op, const L &low, const H &high, const Expr<Space::Out> &s) {
  return op.x * adjoint(op.w, s) - low * adjoint(pos(op.w), s) - high * adjoint(negPart(op.w), s);
}

/// The z-B rule with the image's own smallest and largest entry as its bounds (RSP, RAP).
template <class Op> constexpr Expr<Space::In> zBoxOfImage(const Op &op) {
  const auto low = minPerSample(op.x), high = maxPerSample(op.x);
  return zBoxShares(op, low, high, zeroSafe(op.R, zBoxSum(op, low, high)));
}

/// zennit's Norm: contributions to a fixed linear map (average pool), through its own derivative.
template <class Op> constexpr Expr<Space::In> normRule(const Op &op) { return op.x * op.vjp(stab(op.R, op.y, kStabiliser)); }
/// Norm of a sum: each summand's share of it.
constexpr Expr<Space::In> normRule(const AddOp &op) { return op.x * stab(op.R, op.y, kStabiliser); }

/// What the LRP family does with the ops that have no weights: average pool and sum by Norm, the winner of a max pool takes all,
/// activations and batch norm pass, the rest is rearranged.
constexpr void lrpElsewhere(Method &m) {
  m.on(m.averagePool(), normRule(m.averagePool())).holds(Invariant::Conserves);
  m.on(m.add(), normRule(m.add())).holds(Invariant::Conserves);
  m.on(m.activation(), m.activation().R).holds(Invariant::Conserves);
  m.on(m.normalisation(), m.normalisation().R).holds(Invariant::Conserves);
  m.on(m.selection(), m.selection().vjp(m.selection().R)).holds(Invariant::Conserves);
  m.on(m.structural(), m.structural().vjp(m.structural().R));
  m.on(m.concat(), m.concat().R).holds(Invariant::Conserves);
  m.on(m.fork(), overOperands(m.fork().R)).holds(Invariant::Conserves);
}

/// The target's logit, or its probability (softmax over the classes), of one evaluation of the network.
constexpr Expr<Space::PerSample> targetScore(Method &m, const ChoiceParameter &score, const Expr<Space::Logits> &logits) {
  const auto grown = exp(logits - maxPerSample(logits));
  const auto probabilities = zeroSafe(grown, sumPerSample(grown));
  return choose(score.is("logit"), sumPerSample(m.target() * logits), sumPerSample(m.target() * probabilities));
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_COMMONRULES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DeepLIFT's rules (Shrikumar, Greenside, Kundaje 2017): how a multiplier of an op's output becomes
// one of its input. RevealCancel has one for the rise of a value and one for its fall; their
// contributions are m+ rise + m- fall.
#ifndef SALIENCY_RULES_FAMILIES_DEEPLIFTRULES_H
#define SALIENCY_RULES_FAMILIES_DEEPLIFTRULES_H

#include "passes/rules/language/Method.h"

namespace saliency::rules {

/// The Rescale rule (section 3.5.2): the slope between reference and input.
template <class Op, AnyExpr M, Operand E>
constexpr Expr<Space::In> rescale(const Op &op, const M &multiplier, const E &epsilon) {
  const auto dx = op.x - op.x0();
  return where(abs(dx) < epsilon, op.vjp(multiplier), multiplier * zeroSafe(op.y - op.y0(), dx));
}

/// The changes up to and from the larger of the two maxima, each to its own winner, over that
/// winner's change.
template <AnyExpr M, Operand E>
constexpr Expr<Space::In> crossMaximum(const SelectionOp &pool, const M &multiplier,
                                       const E &epsilon) {
  const auto dx = pool.x - pool.x0();
  const auto top = max(pool.y, pool.y0());
  const auto routed =
      pool.vjp(multiplier * (top - pool.y0())) + pool.vjp(multiplier * (pool.y - top), pool.x0());
  return where(abs(dx) < epsilon, pool.vjp(multiplier), zeroSafe(routed, dx));
}

/// Where the whole of a change is either, by its sign.
template <AnyExpr D, AnyExpr M, AnyExpr N>
constexpr auto bySign(const D &change, const M &ofRise, const N &ofFall) {
  return where(change > 0, ofRise, where(change < 0, ofFall, (ofRise + ofFall) / 2));
}

/// The linear rule (section 3.5.1): a positive change adds through positive weights and takes
/// through negative ones.
template <class Op, AnyExpr M, AnyExpr N>
constexpr Expr<Space::In> bySigns(const Op &op, const M &ofRise, const N &ofFall) {
  const auto wp = pos(op.w), wn = negPart(op.w);
  const auto dx = op.x - op.x0();
  return where(dx > 0, adjoint(wp, ofRise) + adjoint(wn, ofFall),
               where(dx < 0, adjoint(wn, ofRise) + adjoint(wp, ofFall),
                     adjoint(op.w, (ofRise + ofFall) / 2)));
}

/// RevealCancel (section 3.5.3): of one part of the input's change to what it makes of the output,
/// the mean of coming first and of coming behind the other part.
template <AnyExpr M, AnyExpr P, AnyExpr Q, Operand E>
constexpr Expr<Space::In> reveal(const ActivationOp &op, const M &multiplier, const P &part,
                                 const Q &other, const E &epsilon) {
  const auto change =
      (op.forward(op.x0() + part) - op.y0() + op.y - op.forward(op.x0() + other)) / 2;
  return where(abs(part) < epsilon, op.vjp(multiplier), multiplier * zeroSafe(change, part));
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_DEEPLIFTRULES_H

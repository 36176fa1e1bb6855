// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules that the LRP methods for transformers share.
#ifndef SALIENCY_RULES_FAMILIES_TRANSFORMERRULES_H
#define SALIENCY_RULES_FAMILIES_TRANSFORMERRULES_H

#include "passes/rules/language/Method.h"

namespace saliency::rules {

/// Stabiliser of sums and products in the authors' code of AttnLRP.
inline constexpr double kSmallStabiliser = 1e-8;
/// The same in that of Chefer et al.
inline constexpr double kGuard = 1e-9;

/// A layer norm whose deviation is a constant is linear: x J'(R / y), J = gamma / deviation (I -
/// 1/d) (Ali et al. 2022, the LN rule).
template <Operand E>
constexpr Expr<Space::In> centringRule(const LayerNormOp &op, const E &epsilon) {
  const auto s = op.gamma / op.deviation() * plus(op.R, op.y, epsilon);
  return op.x * (s - meanOverChannels(s));
}

/// All but attention: linear maps by epsilon, norms as linear maps, sums by contributions,
/// activations pass.
template <Operand E> constexpr void transformerRules(Method &m, const E &epsilon) {
  const auto convolution = m.convolution();
  const auto dense = m.dense();
  m.on(convolution,
       convolution.x * adjoint(convolution.w, plus(convolution.R, convolution.z, epsilon)))
      .conserves(Conservation::Leaks);
  m.on(dense, dense.x * adjoint(dense.w, plus(dense.R, dense.z, epsilon)))
      .conserves(Conservation::Leaks);
  m.on(m.layerNorm(), centringRule(m.layerNorm(), epsilon)).conserves(Conservation::Leaks);
  const auto norm = m.normalisation();
  m.on(norm, norm.x * norm.vjp(plus(norm.R, norm.y, epsilon))).conserves(Conservation::Leaks);
  const auto pool = m.averagePool();
  m.on(pool, pool.x * pool.vjp(plus(pool.R, pool.y, kSmallStabiliser)))
      .conserves(Conservation::Unbounded);
  m.on(m.add(), m.add().x * plus(m.add().R, m.add().y, kSmallStabiliser))
      .conserves(Conservation::Unbounded);
  m.on(m.activation(), m.activation().R)
      .holds(Invariant::Conserves)
      .conserves(Conservation::ByFiat);
  m.on(m.selection(), m.selection().vjp(m.selection().R)).holds(Invariant::Conserves);
  m.on(m.structural(), m.structural().vjp(m.structural().R)).conserves(Conservation::Inside);
  m.on(m.concat(), m.concat().R).holds(Invariant::Conserves);
  m.on(m.fork(), overOperands(m.fork().R)).holds(Invariant::Conserves);
}

/// The LRP of Chefer et al.: z+ without bias, products half and half, sums normalised to each
/// operand's part of the whole, all else passes.
constexpr void cheferRules(Method &m) {
  const auto convolution = m.convolution();
  const auto low = minPerSample(convolution.x), high = maxPerSample(convolution.x);
  const auto box = plus(convolution.R,
                        forward(convolution.w, convolution.x) - forward(pos(convolution.w), low) -
                            forward(negPart(convolution.w), high),
                        kGuard);
  m.on(convolution, firstLayer,
       convolution.x * adjoint(convolution.w, box) - low * adjoint(pos(convolution.w), box) -
           high * adjoint(negPart(convolution.w), box))
      .conserves(Conservation::WithoutBias);
  const auto zPlus = [](const auto &op) {
    const auto s = plusMasked(
        op.R, forward(pos(op.w), pos(op.x)) + forward(negPart(op.w), negPart(op.x)), kGuard);
    return pos(op.x) * adjoint(pos(op.w), s) + negPart(op.x) * adjoint(negPart(op.w), s);
  };
  m.on(convolution, zPlus(convolution)).conserves(Conservation::WithoutBias);
  m.on(m.dense(), zPlus(m.dense())).conserves(Conservation::WithoutBias);
  const auto product = m.bilinear();
  m.on(product, product.x * product.vjp(plusMasked(product.R, product.y, kGuard)) / 2)
      .conserves(Conservation::WithoutBias);
  const auto add = m.add();
  const auto share = add.x * plusMasked(add.R, add.y, kGuard);
  const auto total = sumPerSample(share);
  const auto part = plusMasked(abs(total), overOperands(abs(total)), kGuard) * sumPerSample(add.R);
  m.on(add, share * plusMasked(part, total, kGuard)).conserves(Conservation::WithoutBias);
  const auto pool = m.averagePool();
  m.on(pool, pool.x * pool.vjp(plusMasked(pool.R, pool.y, kGuard)))
      .conserves(Conservation::Unbounded);
  m.on(m.fork(), where(nonzero(m.fork().x), overOperands(m.fork().R), 0))
      .conserves(Conservation::WithoutBias);
  m.on(m.layerNorm(), m.layerNorm().R).holds(Invariant::Conserves).conserves(Conservation::ByFiat);
  m.on(m.normalisation(), m.normalisation().R)
      .holds(Invariant::Conserves)
      .conserves(Conservation::ByFiat);
  m.on(m.softmax(), m.softmax().R).holds(Invariant::Conserves).conserves(Conservation::ByFiat);
  m.on(m.activation(), m.activation().R)
      .holds(Invariant::Conserves)
      .conserves(Conservation::ByFiat);
  m.on(m.product(), byConstant, m.product().R).holds(Invariant::Conserves);
  m.on(m.selection(), m.selection().vjp(m.selection().R)).holds(Invariant::Conserves);
  m.on(m.structural(), m.structural().vjp(m.structural().R)).conserves(Conservation::Inside);
  m.on(m.concat(), m.concat().R).holds(Invariant::Conserves);
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_TRANSFORMERRULES_H

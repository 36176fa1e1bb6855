// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words a rule is written in, besides + - * / and comparisons: parts, named divisions,
// reductions, the products of a linear map. Every statistic keeps the sample axis, so a batch of N
// gives what N single samples give.
#ifndef SALIENCY_RULES_LANGUAGE_VOCABULARY_H
#define SALIENCY_RULES_LANGUAGE_VOCABULARY_H

#include "passes/rules/language/Expr.h"

namespace saliency::rules {

//===-- Elementwise ------------------------------------------------------===//

/// max(a, 0)
template <AnyExpr A> constexpr auto pos(const A &a) { return detail::unary(NodeKind::Pos, a); }
/// min(a, 0): negative or zero; a = pos(a) + negPart(a).
template <AnyExpr A> constexpr auto negPart(const A &a) {
  return detail::unary(NodeKind::NegPart, a);
}
template <AnyExpr A> constexpr auto abs(const A &a) { return detail::unary(NodeKind::Abs, a); }
/// -1, 0 or 1.
template <AnyExpr A> constexpr auto sign(const A &a) { return detail::unary(NodeKind::Sign, a); }
/// 1[a != 0]
template <AnyExpr A> constexpr auto nonzero(const A &a) {
  return detail::unary(NodeKind::NonZero, a);
}
template <AnyExpr A> constexpr auto square(const A &a) {
  return detail::unary(NodeKind::Square, a);
}
template <AnyExpr A> constexpr auto sqrt(const A &a) { return detail::unary(NodeKind::Sqrt, a); }
template <AnyExpr A> constexpr auto exp(const A &a) { return detail::unary(NodeKind::Exp, a); }
template <AnyExpr A> constexpr auto sigmoid(const A &a) {
  return detail::unary(NodeKind::Sigmoid, a);
}

template <class A, class B>
  requires Operands<A, B>
constexpr auto max(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Max}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto min(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Min}, a, b);
}

/// mask != 0 ? a : b, elementwise.
template <AnyExpr M, Operand A, Operand B>
constexpr auto where(const M &mask, const A &a, const B &b) {
  const auto x = detail::lift(mask.tape, a);
  const auto y = detail::lift(mask.tape, b);
  using X = decltype(x);
  using Y = decltype(y);
  constexpr JoinedSpace branches = joinSpaces(X::space, X::base, Y::space, Y::base);
  constexpr JoinedSpace joined = joinSpaces(branches.space, branches.base, M::space, M::base);
  static_assert(branches.exists && joined.exists,
                "saliency rule: where(mask, a, b) needs the mask and both values in the same "
                "space, or broadcasting to it");
  return detail::makeNode<joined.space, joined.base>(
      mask.tape, {.kind = NodeKind::Where, .a = mask.id, .b = x.id, .c = y.id});
}

//===-- Divisions near zero (s = sign of b with s(0) = +1) ---------------===//

namespace detail {
template <class A, class B, Operand E>
constexpr auto divide(Node division, const A &a, const B &b, const E &epsilon) {
  const auto e = lift(tapeOf(a, b), epsilon);
  static_assert(decltype(e)::space == Space::Scalar,
                "saliency rule: the epsilon of a division must be a number or a number parameter");
  division.c = e.id;
  return binary(division, a, b);
}
template <class A, class B, Operand E>
constexpr auto divide(Division division, const A &a, const B &b, const E &epsilon) {
  return divide(Node{.kind = NodeKind::Divide, .division = division}, a, b, epsilon);
}
} // namespace detail

/// a / (b + epsilon s)
template <class A, class B, Operand E>
  requires Operands<A, B>
constexpr auto stab(const A &a, const B &b, const E &epsilon) {
  return detail::divide(Division::Stab, a, b, epsilon);
}
/// a / (s max(|b|, epsilon))
template <class A, class B, Operand E>
  requires Operands<A, B>
constexpr auto stabClip(const A &a, const B &b, const E &epsilon) {
  return detail::divide(Division::StabClip, a, b, epsilon);
}
/// a / (b + epsilon rms(b) s), rms over the sample.
template <class A, class B, Operand E>
  requires Operands<A, B>
constexpr auto stabRms(const A &a, const B &b, const E &epsilon) {
  return detail::divide(Division::StabRms, a, b, epsilon);
}
/// 0 where b = 0, a / b elsewhere (RSP, RAP).
template <class A, class B>
  requires Operands<A, B>
constexpr auto zeroSafe(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Divide, .division = Division::ZeroSafe}, a, b);
}
/// a / epsilon where b = 0, a / b elsewhere.
template <class A, class B, Operand E>
  requires Operands<A, B>
constexpr auto zeroBump(const A &a, const B &b, const E &epsilon) {
  return detail::divide(Division::ZeroBump, a, b, epsilon);
}
/// a / (b + epsilon)
template <class A, class B, Operand E>
  requires Operands<A, B>
constexpr auto plus(const A &a, const B &b, const E &epsilon) {
  return detail::divide(Division::Plus, a, b, epsilon);
}
/// a / (b + epsilon), 0 where b = 0 (AGF).
template <class A, class B, Operand E>
  requires Operands<A, B>
constexpr auto plusMasked(const A &a, const B &b, const E &epsilon) {
  return detail::divide(Division::PlusMasked, a, b, epsilon);
}

/// a / b, where the author of the rule vouches that b is never 0.
template <class A, class B>
  requires Operands<A, B>
constexpr auto overNonZero(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Divide, .division = Division::Plain, .index = 1}, a, b);
}

//===-- Reductions -------------------------------------------------------===//

namespace detail {
template <Space To, AnyExpr A> constexpr auto reduce(NodeKind kind, const A &a) {
  static_assert(isFullSpace(A::base) || A::space == Space::PerSample,
                "saliency rule: a statistic is taken per sample of a value that has samples; "
                "weights and scalars have none");
  static_assert(To == Space::PerSample || A::space == A::base,
                "saliency rule: a reduction per channel or over channels needs an unreduced value");
  if constexpr (To == Space::PerSample)
    return makeNode<Space::PerSample>(a.tape, {.kind = kind, .a = a.id});
  else
    return makeNode<To, A::base>(a.tape, {.kind = kind, .a = a.id});
}
} // namespace detail

// One number per sample.
template <AnyExpr A> constexpr auto sumPerSample(const A &a) {
  return detail::reduce<Space::PerSample>(NodeKind::ReduceSum, a);
}
template <AnyExpr A> constexpr auto meanPerSample(const A &a) {
  return detail::reduce<Space::PerSample>(NodeKind::ReduceMean, a);
}
template <AnyExpr A> constexpr auto maxPerSample(const A &a) {
  return detail::reduce<Space::PerSample>(NodeKind::ReduceMax, a);
}
template <AnyExpr A> constexpr auto minPerSample(const A &a) {
  return detail::reduce<Space::PerSample>(NodeKind::ReduceMin, a);
}
template <AnyExpr A> constexpr auto countNonzeroPerSample(const A &a) {
  return detail::reduce<Space::PerSample>(NodeKind::CountNonZero, a);
}
// One number per sample and channel.
template <AnyExpr A> constexpr auto sumPerChannel(const A &a) {
  return detail::reduce<Space::PerChannel>(NodeKind::ReduceSum, a);
}
template <AnyExpr A> constexpr auto meanPerChannel(const A &a) {
  return detail::reduce<Space::PerChannel>(NodeKind::ReduceMean, a);
}
template <AnyExpr A> constexpr auto maxPerChannel(const A &a) {
  return detail::reduce<Space::PerChannel>(NodeKind::ReduceMax, a);
}
template <AnyExpr A> constexpr auto minPerChannel(const A &a) {
  return detail::reduce<Space::PerChannel>(NodeKind::ReduceMin, a);
}
template <AnyExpr A> constexpr auto countNonzeroPerChannel(const A &a) {
  return detail::reduce<Space::PerChannel>(NodeKind::CountNonZero, a);
}
// One number per sample and position.
template <AnyExpr A> constexpr auto sumOverChannels(const A &a) {
  return detail::reduce<Space::PerPixel>(NodeKind::ReduceSum, a);
}
template <AnyExpr A> constexpr auto meanOverChannels(const A &a) {
  return detail::reduce<Space::PerPixel>(NodeKind::ReduceMean, a);
}
template <AnyExpr A> constexpr auto maxOverChannels(const A &a) {
  return detail::reduce<Space::PerPixel>(NodeKind::ReduceMax, a);
}
template <AnyExpr A> constexpr auto minOverChannels(const A &a) {
  return detail::reduce<Space::PerPixel>(NodeKind::ReduceMin, a);
}

/// Ones in the space of a.
template <AnyExpr A> constexpr auto onesLike(const A &a) {
  return detail::makeNode<A::base>(a.tape, {.kind = NodeKind::Ones});
}
/// The number of channels of a.
template <AnyExpr A> constexpr auto channelsOf(const A &a) { return sumOverChannels(onesLike(a)); }

/// How many entries a has in each sample.
template <AnyExpr A> constexpr Expr<Space::Scalar> entriesPerSample(const A &a) {
  static_assert(
      isFullSpace(A::base),
      "saliency rule: entriesPerSample(a) counts the entries of a value that has samples");
  return detail::makeNode<Space::Scalar>(a.tape, {.kind = NodeKind::Entries, .a = a.id});
}

/// The q-th percentile (0..100) of each sample: entry round_half_even((d - 1)(1 - q/100)) of the d
/// entries in descending order.
template <AnyExpr A, Operand Q> constexpr auto percentile(const A &a, const Q &q) {
  static_assert(isFullSpace(A::base),
                "saliency rule: percentile(a, q) is taken per sample of a value that has samples");
  const auto rank = detail::lift(a.tape, q);
  static_assert(decltype(rank)::space == Space::Scalar,
                "saliency rule: percentile(a, q) needs a number q");
  return detail::makeNode<Space::PerSample>(
      a.tape, {.kind = NodeKind::Percentile, .a = a.id, .b = rank.id});
}

/// Each position's channels, less their means, projected on their first principal component. Its
/// sign is arbitrary.
template <AnyExpr A> constexpr Expr<Space::PerPixel, Space::Layer> principal(const A &a) {
  static_assert(A::space == Space::Layer,
                "saliency rule: principal(a) is taken of a value in the target layer's space");
  return detail::makeNode<Space::PerPixel, Space::Layer>(a.tape,
                                                         {.kind = NodeKind::Principal, .a = a.id});
}

/// A map per position of the target layer or per patch of the image, resampled to the positions of
/// the network's input.
template <AnyExpr A>
constexpr Expr<Space::PerPixel, Space::In> resizeToInput(const A &a, ResizeMode mode) {
  static_assert((A::space == Space::PerPixel && A::base == Space::Layer) ||
                    A::space == Space::Patches,
                "saliency rule: resizeToInput(a, mode) takes a map per pixel of the target layer, "
                "or per patch");
  return detail::makeNode<Space::PerPixel, Space::In>(
      a.tape, {.kind = NodeKind::Resize, .index = uint8_t(mode), .a = a.id});
}

//===-- The products of a linear map y = W x + b -------------------------===//

/// W x, without the bias; x may be reduced or per channel, it broadcasts to the input's shape
/// (padding stays 0).
template <AnyExpr W, AnyExpr X> constexpr Expr<Space::Out> forward(const W &w, const X &x) {
  static_assert(isWeightSpace(W::space),
                "saliency rule: forward(w, x) needs weights (the op's w or a correlate) as w");
  static_assert(broadcastsTo(X::space, X::base, Space::In),
                "saliency rule: forward(w, x) needs x in the input's space");
  return detail::makeNode<Space::Out>(w.tape, {.kind = NodeKind::Forward, .a = w.id, .b = x.id});
}
/// W' r, the transposed map.
template <AnyExpr W, AnyExpr R> constexpr Expr<Space::In> adjoint(const W &w, const R &r) {
  static_assert(isWeightSpace(W::space),
                "saliency rule: adjoint(w, r) needs weights (the op's w or a correlate) as w");
  static_assert(broadcastsTo(R::space, R::base, Space::Out),
                "saliency rule: adjoint(w, r) needs r in the output's space");
  return detail::makeNode<Space::In>(w.tape, {.kind = NodeKind::Adjoint, .a = w.id, .b = r.id});
}
/// The backward-filter product: the gradient of <W x, r> in W, one for each sample.
template <AnyExpr X, AnyExpr R>
constexpr Expr<Space::SampleWeight> correlate(const X &x, const R &r) {
  static_assert(broadcastsTo(X::space, X::base, Space::In),
                "saliency rule: correlate(x, r) needs x in the input's space");
  static_assert(broadcastsTo(R::space, R::base, Space::Out),
                "saliency rule: correlate(x, r) needs r in the output's space");
  return detail::makeNode<Space::SampleWeight>(x.tape,
                                               {.kind = NodeKind::Correlate, .a = x.id, .b = r.id});
}

/// Merge and fork: the sum of a over all operands (uses), where x (R) in a stands for each in turn.
template <AnyExpr A> constexpr auto overOperands(const A &a) {
  static_assert(A::space == Space::In || A::space == Space::PerSample,
                "saliency rule: overOperands(a) needs a in the operand's space");
  return detail::makeNode<A::space>(a.tape, {.kind = NodeKind::OverOperands, .a = a.id});
}

//===-- Attention --------------------------------------------------------===//

/// Mean over the heads of an attention layer.
template <AnyExpr A> constexpr Expr<Space::Tokens> meanOverHeads(const A &a) {
  static_assert(A::space == Space::Heads,
                "saliency rule: meanOverHeads(a) needs a value of an attention layer's heads");
  return detail::makeNode<Space::Tokens>(a.tape, {.kind = NodeKind::ReduceMean, .a = a.id});
}
/// The sum of each row of a matrix between tokens.
template <AnyExpr A> constexpr Expr<Space::PerToken, Space::Tokens> sumOfRows(const A &a) {
  static_assert(A::space == Space::Tokens,
                "saliency rule: sumOfRows(a) needs a matrix between tokens");
  return detail::makeNode<Space::PerToken, Space::Tokens>(a.tape,
                                                          {.kind = NodeKind::ReduceSum, .a = a.id});
}
/// The identity matrix of a's size.
template <AnyExpr A> constexpr Expr<Space::Tokens> identityLike(const A &a) {
  static_assert(A::space == Space::Tokens,
                "saliency rule: identityLike(a) needs a matrix between tokens");
  return detail::makeNode<Space::Tokens>(a.tape, {.kind = NodeKind::IdentityMatrix, .a = a.id});
}
/// The matrix product of a over all attention layers, the last one first; a's terminals stand for
/// each layer in turn.
template <AnyExpr A> constexpr Expr<Space::Tokens> rollout(const A &a) {
  static_assert(
      A::space == Space::Tokens,
      "saliency rule: rollout(a) needs a matrix between tokens, one for each attention layer");
  return detail::makeNode<Space::Tokens>(a.tape, {.kind = NodeKind::Rollout, .a = a.id});
}
/// A map of positions by the binomial filter, 1 2 1 over 4 along each axis; what lies outside is 0.
template <AnyExpr A> constexpr auto blurred(const A &a) {
  static_assert(A::space == Space::PerPixel || A::space == Space::Patches,
                "saliency rule: blurred(a) takes a map of positions");
  return detail::makeNode<A::space, A::base>(a.tape, {.kind = NodeKind::Blur, .a = a.id});
}
/// A map of the image's patches, one entry for each token of the target layer; tokens before those
/// of the patches, the class token, get `before`.
template <AnyExpr A, Operand B>
constexpr Expr<Space::PerPixel, Space::Layer> atTokens(const A &a, const B &before) {
  static_assert(A::space == Space::Patches,
                "saliency rule: atTokens(a, before) takes a map of the image's patches");
  const auto number = detail::lift(a.tape, before);
  static_assert(decltype(number)::space == Space::Scalar,
                "saliency rule: atTokens(a, before) gives class tokens a number");
  return detail::makeNode<Space::PerPixel, Space::Layer>(
      a.tape, {.kind = NodeKind::AtTokens, .a = a.id, .b = number.id});
}
/// What the class token, the first one, has from the patches: row 0 without column 0; of an
/// attention layer a map for each head.
template <AnyExpr A> constexpr auto classTokenMap(const A &a) {
  static_assert(A::space == Space::Tokens || A::space == Space::Heads,
                "saliency rule: classTokenMap(a) needs a matrix between tokens");
  return detail::makeNode<A::space == Space::Heads ? Space::HeadMaps : Space::Patches>(
      a.tape, {.kind = NodeKind::ClassToken, .a = a.id});
}

//===-- Whole methods ----------------------------------------------------===//

/// The ordinary derivative: gradient(score) is that of <logits, score> at the target layer;
/// elsewhere(gradient) makes it a method's rule for all ops without a row.
struct OrdinaryDerivative {
  template <AnyExpr A> constexpr Expr<Space::Layer> operator()(const A &score) const {
    static_assert(A::space == Space::Logits,
                  "saliency rule: gradient(score) needs a score in the space of the logits");
    return detail::makeNode<Space::Layer>(score.tape, {.kind = NodeKind::Gradient, .a = score.id});
  }
};
inline constexpr OrdinaryDerivative gradient;

/// Of a target layer with a channel for each class (m.classMaps): what each class has of a, at that
/// class's channel.
template <AnyExpr A> constexpr Expr<Space::PerChannel, Space::Layer> atClasses(const A &a) {
  static_assert(A::space == Space::Logits,
                "saliency rule: atClasses(a) takes a value in the space of the logits");
  return detail::makeNode<Space::PerChannel, Space::Layer>(
      a.tape, {.kind = NodeKind::AtClasses, .a = a.id});
}
/// The target layer's value where the network's input is x.
template <AnyExpr X> constexpr Expr<Space::Layer> layerAt(const X &x) {
  static_assert(broadcastsTo(X::space, X::base, Space::In),
                "saliency rule: layerAt(x) needs x in the input's space");
  return detail::makeNode<Space::Layer>(x.tape, {.kind = NodeKind::LayerAt, .a = x.id});
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_VOCABULARY_H

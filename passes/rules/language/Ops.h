// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an op of each capability offers to a rule: its terminals, under the papers' names, and its
// own function and derivative.
#ifndef SALIENCY_RULES_LANGUAGE_OPS_H
#define SALIENCY_RULES_LANGUAGE_OPS_H

#include "passes/rules/language/Vocabulary.h"

namespace saliency::rules {

namespace detail {
template <Space S, Space Base = S>
constexpr Expr<S, Base> terminal(TapeBuilder &tape, NodeKind kind) {
  return makeNode<S, Base>(&tape, {.kind = kind});
}
} // namespace detail

/// x: data; y: output; R: the relevance of the output. `Result` is the space of y and R: Out, or In
/// where an op is elementwise.
template <Capability C, Space Result> struct OpWithInput {
  static constexpr Capability capability = C;
  Expr<Space::In> x;
  Expr<Result> y, R;

  constexpr explicit OpWithInput(TapeBuilder &tape)
      : x(detail::terminal<Space::In>(tape, NodeKind::X)),
        y(detail::terminal<Result>(tape, NodeKind::Y)),
        R(detail::terminal<Result>(tape, NodeKind::R)) {}

  /// x and y where the network's input is the method's reference, see Method::reference().
  constexpr Expr<Space::In> x0() const {
    return detail::makeNode<Space::In>(x.tape, {.kind = NodeKind::X0});
  }
  constexpr Expr<Result> y0() const {
    return detail::makeNode<Result>(x.tape, {.kind = NodeKind::Y0});
  }
  /// How x came from x0, its value at the reference input: rise() is what adds to it and fall()
  /// what takes from it, so that x = x0 + rise + fall, with rise >= 0 and fall <= 0. Where a linear
  /// map made x, each of its inputs contributes weight times change to x - x0; rise is the sum of
  /// the positive contributions and fall that of the negative ones. Where a sum, a rearrangement,
  /// an average pool or a batch norm made x, they are what that op makes of its own inputs' rise
  /// and fall. Anywhere else they are the positive and the negative part of x - x0.
  constexpr Expr<Space::In> rise() const {
    return detail::makeNode<Space::In>(x.tape, {.kind = NodeKind::Rise});
  }
  constexpr Expr<Space::In> fall() const {
    return detail::makeNode<Space::In>(x.tape, {.kind = NodeKind::Fall});
  }

  /// The op's own function at another input.
  template <AnyExpr A> constexpr Expr<Result> forward(const A &input) const {
    static_assert(A::space == Space::In,
                  "saliency rule: op.forward(x) needs x in the input's space");
    return detail::makeNode<Result>(input.tape, {.kind = NodeKind::ForwardOp, .a = input.id});
  }
  /// The ordinary vector-Jacobian product of r, at x or at another input.
  template <AnyExpr A> constexpr Expr<Space::In> vjp(const A &r) const {
    static_assert(broadcastsTo(A::space, A::base, Result),
                  "saliency rule: vjp(r) needs r in the output's space");
    return detail::makeNode<Space::In>(r.tape, {.kind = NodeKind::Vjp, .a = r.id});
  }
  template <AnyExpr A, AnyExpr B> constexpr Expr<Space::In> vjp(const A &r, const B &input) const {
    static_assert(broadcastsTo(A::space, A::base, Result),
                  "saliency rule: vjp(r, x) needs r in the output's space");
    static_assert(B::space == Space::In, "saliency rule: vjp(r, x) needs x in the input's space");
    return detail::makeNode<Space::In>(
        r.tape, {.kind = NodeKind::Vjp, .a = r.id, .b = input.id == x.id ? kNone : input.id});
  }
};

/// y = z = W x + b. The bias b (one entry per output channel) is 0 where the op has none;
/// biasIsFolded: 1 where it had none before batch norm was folded into it, else 0; isBottleneck: 1
/// where all relevance passes through y, else 0.
template <Capability C> struct OpWithWeights : OpWithInput<C, Space::Out> {
  Expr<Space::Out> z;
  Expr<Space::Weight> w;
  Expr<Space::PerChannel, Space::Out> b;
  Expr<Space::Scalar> biasIsFolded, isBottleneck;

  constexpr explicit OpWithWeights(TapeBuilder &tape)
      : OpWithInput<C, Space::Out>(tape), z(this->y),
        w(detail::terminal<Space::Weight>(tape, NodeKind::W)),
        b(detail::terminal<Space::PerChannel, Space::Out>(tape, NodeKind::B)),
        biasIsFolded(detail::terminal<Space::Scalar>(tape, NodeKind::BiasIsFolded)),
        isBottleneck(detail::terminal<Space::Scalar>(tape, NodeKind::IsBottleneck)) {}

  /// 1 inside, 0 on the output's border of one position.
  constexpr Expr<Space::Out> interior() const {
    return detail::makeNode<Space::Out>(w.tape, {.kind = NodeKind::Interior});
  }
  /// W x
  constexpr Expr<Space::Out> zNoBias() const { return rules::forward(w, this->x); }
};

using LinearMapOp = OpWithWeights<Capability::LinearMap>;
using ConvolutionOp = OpWithWeights<Capability::Convolution>;
/// Behind a flattened map, `mapChannelMean(a)` is the mean of a over that map's channels, at each
/// of its positions.
struct DenseOp : OpWithWeights<Capability::Dense> {
  using OpWithWeights::OpWithWeights;
  template <AnyExpr A> constexpr Expr<Space::In> mapChannelMean(const A &a) const {
    static_assert(A::space == Space::In,
                  "saliency rule: mapChannelMean(a) needs a in the input's space");
    return detail::makeNode<Space::In>(a.tape, {.kind = NodeKind::MapChannelMean, .a = a.id});
  }
};
using AveragePoolOp = OpWithInput<Capability::AveragePool, Space::Out>;
using ActivationOp = OpWithInput<Capability::Activation, Space::In>;
using RectifierOp = OpWithInput<Capability::Rectifier, Space::In>;
/// A max pool; its windows can be averaged instead.
struct SelectionOp : OpWithInput<Capability::Selection, Space::Out> {
  using OpWithInput::OpWithInput;
  template <AnyExpr A> constexpr Expr<Space::Out> windowMean(const A &a) const {
    static_assert(A::space == Space::In,
                  "saliency rule: windowMean(x) needs x in the input's space");
    return detail::makeNode<Space::Out>(a.tape, {.kind = NodeKind::WindowMean, .a = a.id});
  }
  template <AnyExpr A> constexpr Expr<Space::In> windowMeanVjp(const A &r) const {
    static_assert(broadcastsTo(A::space, A::base, Space::Out),
                  "saliency rule: windowMeanVjp(r) needs r in the output's space");
    return detail::makeNode<Space::In>(r.tape, {.kind = NodeKind::WindowMeanVjp, .a = r.id});
  }
};
using StructuralOp = OpWithInput<Capability::Structural, Space::Out>;
using SoftmaxOp = OpWithInput<Capability::Softmax, Space::In>;
/// x is the operand at hand, broadcast to the output's shape; a row gives that operand's share.
using MergeOp = OpWithInput<Capability::Merge, Space::In>;
using AddOp = OpWithInput<Capability::Add, Space::In>;
using ProductOp = OpWithInput<Capability::Product, Space::In>;

/// A product of two data operands, x the one at hand; a row gives its share.
struct BilinearOp : OpWithInput<Capability::Bilinear, Space::Out> {
  Expr<Space::Other> other;
  constexpr explicit BilinearOp(TapeBuilder &tape)
      : OpWithInput(tape), other(detail::terminal<Space::Other>(tape, NodeKind::Other)) {}

  using OpWithInput::forward;
  using OpWithInput::vjp;
  /// The product at other operands.
  template <AnyExpr A, AnyExpr B>
  constexpr Expr<Space::Out> forward(const A &x, const B &second) const {
    static_assert(
        A::space == Space::In && B::space == Space::Other,
        "saliency rule: bilinear.forward(x, other) needs a value in the space of each operand");
    return detail::makeNode<Space::Out>(x.tape,
                                        {.kind = NodeKind::ForwardOp, .a = x.id, .b = second.id});
  }
  /// The vector-Jacobian product of r for the operand at hand, at other operands.
  template <AnyExpr A, AnyExpr B, AnyExpr C>
  constexpr Expr<Space::In> vjp(const A &r, const B &x, const C &second) const {
    static_assert(broadcastsTo(A::space, A::base, Space::Out),
                  "saliency rule: vjp(r, x, other) needs r in the output's space");
    static_assert(B::space == Space::In && C::space == Space::Other,
                  "saliency rule: vjp(r, x, other) needs a value in the space of each operand");
    return detail::makeNode<Space::In>(
        r.tape, {.kind = NodeKind::Vjp, .a = r.id, .b = x.id, .c = second.id});
  }
};

/// x is the operand at hand, R the relevance of its slice of the output; usedElsewhere: 1 where
/// other layers read x, too, else 0.
struct ConcatOp {
  static constexpr Capability capability = Capability::Concat;
  Expr<Space::In> x, R;
  Expr<Space::Scalar> usedElsewhere;
  constexpr explicit ConcatOp(TapeBuilder &tape)
      : x(detail::terminal<Space::In>(tape, NodeKind::X)),
        R(detail::terminal<Space::In>(tape, NodeKind::R)),
        usedElsewhere(detail::terminal<Space::Scalar>(tape, NodeKind::UsedElsewhere)) {}
};

/// x is the value used several times, R the relevance of the use at hand; overOperands(R) is their
/// sum.
struct ForkOp {
  static constexpr Capability capability = Capability::Fork;
  Expr<Space::In> x, R;
  constexpr explicit ForkOp(TapeBuilder &tape)
      : x(detail::terminal<Space::In>(tape, NodeKind::X)),
        R(detail::terminal<Space::In>(tape, NodeKind::R)) {}
};

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, per channel.
struct NormalisationOp : OpWithInput<Capability::Normalisation, Space::In> {
  Expr<Space::PerChannel, Space::In> gamma, beta, mean, variance;
  Expr<Space::Scalar> epsilon;
  constexpr explicit NormalisationOp(TapeBuilder &tape)
      : OpWithInput(tape),
        gamma(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Gamma)),
        beta(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Beta)),
        mean(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Mean)),
        variance(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Variance)),
        epsilon(detail::terminal<Space::Scalar>(tape, NodeKind::BatchEpsilon)) {}
};

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta with the statistics of x over its
/// channels (the axes normalised).
struct LayerNormOp : OpWithInput<Capability::LayerNorm, Space::In> {
  Expr<Space::PerChannel, Space::In> gamma, beta;
  Expr<Space::PerPixel, Space::In> mean, variance;
  Expr<Space::Scalar> epsilon;
  constexpr explicit LayerNormOp(TapeBuilder &tape)
      : OpWithInput(tape),
        gamma(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Gamma)),
        beta(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Beta)),
        mean(detail::terminal<Space::PerPixel, Space::In>(tape, NodeKind::Mean)),
        variance(detail::terminal<Space::PerPixel, Space::In>(tape, NodeKind::Variance)),
        epsilon(detail::terminal<Space::Scalar>(tape, NodeKind::BatchEpsilon)) {}
  /// sqrt(variance + epsilon)
  constexpr Expr<Space::PerPixel, Space::In> deviation() const { return sqrt(variance + epsilon); }
};

/// An attention layer as a finish sees it: a softmax over tokens whose result a bilinear op takes.
/// y: the attention weights; R: the relevance that arrived at them.
struct AttentionOp {
  static constexpr Capability capability = Capability::Softmax;
  Expr<Space::Heads> y, R;
  constexpr explicit AttentionOp(TapeBuilder &tape)
      : y(detail::terminal<Space::Heads>(tape, NodeKind::Y)),
        R(detail::terminal<Space::Heads>(tape, NodeKind::R)) {}
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_OPS_H

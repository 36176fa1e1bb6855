// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an op of each capability offers to a rule: its terminals, under the papers' names, and its own function and derivative.
#ifndef SALIENCY_RULES_OPS_H
#define SALIENCY_RULES_OPS_H

#include "passes/rules/Vocabulary.h"

namespace saliency::rules {

namespace detail {
template <Space S, Space Base = S> constexpr Expr<S, Base> terminal(TapeBuilder &tape, NodeKind kind) {
  return makeNode<S, Base>(&tape, {.kind = kind});
}
} // namespace detail

/// x: data; y: output; R: the relevance of the output. `Result` is the space of y and R: Out, or In where an op is elementwise.
template <Capability C, Space Result> struct OpWithInput {
  static constexpr Capability capability = C;
  Expr<Space::In> x;
  Expr<Result> y, R;

  constexpr explicit OpWithInput(TapeBuilder &tape)
      : x(detail::terminal<Space::In>(tape, NodeKind::X)), y(detail::terminal<Result>(tape, NodeKind::Y)),
        R(detail::terminal<Result>(tape, NodeKind::R)) {}

  /// The op's own function at another input.
  template <AnyExpr A> constexpr Expr<Result> forward(const A &input) const {
    static_assert(A::space == Space::In, "saliency rule: op.forward(x) needs x in the input's space");
    return detail::makeNode<Result>(input.tape, {.kind = NodeKind::ForwardOp, .a = input.id});
  }
  /// The ordinary vector-Jacobian product of r, at x or at another input.
  template <AnyExpr A> constexpr Expr<Space::In> vjp(const A &r) const {
    static_assert(broadcastsTo(A::space, A::base, Result), "saliency rule: vjp(r) needs r in the output's space");
    return detail::makeNode<Space::In>(r.tape, {.kind = NodeKind::Vjp, .a = r.id});
  }
  template <AnyExpr A, AnyExpr B> constexpr Expr<Space::In> vjp(const A &r, const B &input) const {
    static_assert(broadcastsTo(A::space, A::base, Result), "saliency rule: vjp(r, x) needs r in the output's space");
    static_assert(B::space == Space::In, "saliency rule: vjp(r, x) needs x in the input's space");
    return detail::makeNode<Space::In>(r.tape, {.kind = NodeKind::Vjp, .a = r.id, .b = input.id == x.id ? kNone : input.id});
  }
};

/// y = z = W x + b. The bias b (one entry per output channel) is 0 where the op has none; biasIsFolded: 1 where it had none before
/// batch norm was folded into it, else 0.
template <Capability C> struct OpWithWeights : OpWithInput<C, Space::Out> {
  Expr<Space::Out> z;
  Expr<Space::Weight> w;
  Expr<Space::PerChannel, Space::Out> b;
  Expr<Space::Scalar> biasIsFolded;

  constexpr explicit OpWithWeights(TapeBuilder &tape)
      : OpWithInput<C, Space::Out>(tape), z(this->y), w(detail::terminal<Space::Weight>(tape, NodeKind::W)),
        b(detail::terminal<Space::PerChannel, Space::Out>(tape, NodeKind::B)),
        biasIsFolded(detail::terminal<Space::Scalar>(tape, NodeKind::BiasIsFolded)) {}

  /// W x
  constexpr Expr<Space::Out> zNoBias() const { return rules::forward(w, this->x); }
};

using LinearMapOp = OpWithWeights<Capability::LinearMap>;
using ConvolutionOp = OpWithWeights<Capability::Convolution>;
using DenseOp = OpWithWeights<Capability::Dense>;
using AveragePoolOp = OpWithInput<Capability::AveragePool, Space::Out>;
using BilinearOp = OpWithInput<Capability::Bilinear, Space::Out>;
using ActivationOp = OpWithInput<Capability::Activation, Space::In>;
using RectifierOp = OpWithInput<Capability::Rectifier, Space::In>;
using SelectionOp = OpWithInput<Capability::Selection, Space::Out>;
using StructuralOp = OpWithInput<Capability::Structural, Space::Out>;
using SoftmaxOp = OpWithInput<Capability::Softmax, Space::In>;
/// x is the operand at hand, broadcast to the output's shape; a row gives that operand's share.
using MergeOp = OpWithInput<Capability::Merge, Space::In>;
using AddOp = OpWithInput<Capability::Add, Space::In>;
using ProductOp = OpWithInput<Capability::Product, Space::In>;

/// x is the operand at hand, R the relevance of its slice of the output; usedElsewhere: 1 where other layers read x, too, else 0.
struct ConcatOp {
  static constexpr Capability capability = Capability::Concat;
  Expr<Space::In> x, R;
  Expr<Space::Scalar> usedElsewhere;
  constexpr explicit ConcatOp(TapeBuilder &tape)
      : x(detail::terminal<Space::In>(tape, NodeKind::X)), R(detail::terminal<Space::In>(tape, NodeKind::R)),
        usedElsewhere(detail::terminal<Space::Scalar>(tape, NodeKind::UsedElsewhere)) {}
};

/// x is the value used several times, R the relevance of the use at hand; overOperands(R) is their sum.
struct ForkOp {
  static constexpr Capability capability = Capability::Fork;
  Expr<Space::In> x, R;
  constexpr explicit ForkOp(TapeBuilder &tape)
      : x(detail::terminal<Space::In>(tape, NodeKind::X)), R(detail::terminal<Space::In>(tape, NodeKind::R)) {}
};

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, per channel.
struct NormalisationOp : OpWithInput<Capability::Normalisation, Space::In> {
  Expr<Space::PerChannel, Space::In> gamma, beta, mean, variance;
  Expr<Space::Scalar> epsilon;
  constexpr explicit NormalisationOp(TapeBuilder &tape)
      : OpWithInput(tape), gamma(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Gamma)),
        beta(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Beta)),
        mean(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Mean)),
        variance(detail::terminal<Space::PerChannel, Space::In>(tape, NodeKind::Variance)),
        epsilon(detail::terminal<Space::Scalar>(tape, NodeKind::BatchEpsilon)) {}
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_OPS_H

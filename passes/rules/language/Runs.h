// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a method that evaluates the network at several inputs says of one run, and of all.
#ifndef SALIENCY_RULES_LANGUAGE_RUNS_H
#define SALIENCY_RULES_LANGUAGE_RUNS_H

#include "passes/rules/language/Parameters.h"
#include "passes/rules/language/Quadrature.h"

namespace saliency::rules {

/// One run of a repetition (see Repeat in Entries.h) and what all runs add up to.
struct RunHandle {
  TapeBuilder *tape;
  Repeat repeat;

  /// The number of this run, from 0, and how many there are.
  constexpr Expr<Space::PerSample> number() const {
    return detail::makeNode<Space::PerSample>(tape, {.kind = NodeKind::RunNumber});
  }
  constexpr Expr<Space::PerSample> count() const {
    return detail::makeNode<Space::PerSample>(tape, {.kind = NodeKind::RunCount});
  }
  /// Where this run evaluates the network, and what it finds there. The relevance that arrives is
  /// m.map().
  constexpr Expr<Space::In> point() const {
    return detail::makeNode<Space::In>(tape, {.kind = NodeKind::Point});
  }
  constexpr Expr<Space::Logits> logits() const {
    return detail::makeNode<Space::Logits>(tape, {.kind = NodeKind::PointLogits});
  }
  constexpr Expr<Space::Layer> layer() const {
    return detail::makeNode<Space::Layer>(tape, {.kind = NodeKind::PointLayer});
  }

  /// Node and weight of this run for an integral over [0, 1]; `rule` is a choice whose options are
  /// names of quadrature rules.
  constexpr Expr<Space::PerSample> node(const ChoiceParameter &rule) const {
    return ofRule(NodeKind::QuadratureNode, rule);
  }
  constexpr Expr<Space::PerSample> weight(const ChoiceParameter &rule) const {
    return ofRule(NodeKind::QuadratureWeight, rule);
  }

  /// Independent draws from N(0, 1) in the input's shape, and one from [0, 1). Other streams are
  /// independent of them.
  constexpr Expr<Space::In> normal(const NumberParameter &seed, uint8_t stream = 0) const {
    return detail::makeNode<Space::In>(tape,
                                       {.kind = NodeKind::Normal, .index = stream, .a = seed.id});
  }
  constexpr Expr<Space::PerSample> uniform(const NumberParameter &seed, uint8_t stream = 0) const {
    return detail::makeNode<Space::PerSample>(
        tape, {.kind = NodeKind::Uniform, .index = stream, .a = seed.id});
  }
  /// This run's image of a per-call tensor, or `otherwise` in a call that gives none. With fewer
  /// images than runs they start over.
  template <AnyExpr A>
  constexpr Expr<Space::In> given(const ImagesTensor &images, const A &otherwise) const {
    static_assert(broadcastsTo(A::space, A::base, Space::In),
                  "saliency rule: given(images, otherwise) needs both in the input's space");
    return detail::makeNode<Space::In>(
        tape, {.kind = NodeKind::GivenImage, .index = images.index, .a = otherwise.id});
  }
  /// 1 inside this run's window, 0 outside: windows of `extent` cells, `step` apart, row by row;
  /// the last of a row is cut off at the border.
  template <Operand A, Operand B> constexpr auto window(const A &extent, const B &step) const {
    return windowOf<Space::PerPixel, Space::In>(Extent::Input, extent, step);
  }
  /// A random grid of cells x cells that are 1 with a probability, else 0; shifted at random and
  /// interpolated to the input's extent.
  template <Operand A, Operand B>
  constexpr auto grid(const A &cells, const B &probability, const NumberParameter &seed) const {
    return detail::makeNode<Space::PerPixel, Space::In>(tape,
                                                        {.kind = NodeKind::GridMask,
                                                         .a = detail::lift(tape, cells).id,
                                                         .b = detail::lift(tape, probability).id,
                                                         .c = seed.id});
  }

  /// The same over the target layer's positions, and 1 at one of its channels.
  template <Operand A, Operand B> constexpr auto layerWindow(const A &extent, const B &step) const {
    return windowOf<Space::PerPixel, Space::Layer>(Extent::Layer, extent, step);
  }
  /// The same over the image's patches, of which the target layer has tokens.
  template <Operand A, Operand B> constexpr auto patchWindow(const A &extent, const B &step) const {
    return windowOf<Space::Patches, Space::Patches>(Extent::Patches, extent, step);
  }
  constexpr auto channel() const {
    return detail::makeNode<Space::PerChannel, Space::Layer>(tape, {.kind = NodeKind::ChannelMask});
  }

  // Over all runs.
  template <AnyExpr A> constexpr auto sum(const A &a) const {
    return detail::makeNode<A::space, A::base>(tape, {.kind = NodeKind::RunSum, .a = a.id});
  }
  template <AnyExpr A> constexpr auto mean(const A &a) const { return sum(a) / count(); }
  /// The mean of (a - mean a)^2, by Welford's recurrence.
  template <AnyExpr A> constexpr auto variance(const A &a) const {
    return detail::makeNode<A::space, A::base>(tape, {.kind = NodeKind::RunVariance, .a = a.id});
  }
  /// The sum of softmax(score) a, the softmax over the runs.
  template <AnyExpr S, AnyExpr A> constexpr auto softmaxMean(const S &score, const A &a) const {
    static_assert(S::space == Space::PerSample,
                  "saliency rule: run.softmaxMean(score, a) needs one score per sample");
    return detail::makeNode<A::space, A::base>(
        tape, {.kind = NodeKind::RunSoftmaxMean, .a = score.id, .b = a.id});
  }

private:
  template <Space S, Space Base, Operand A, Operand B>
  constexpr Expr<S, Base> windowOf(Extent over, const A &extent, const B &step) const {
    return detail::makeNode<S, Base>(tape, {.kind = NodeKind::WindowMask,
                                            .index = uint8_t(over),
                                            .a = detail::lift(tape, extent).id,
                                            .b = detail::lift(tape, step).id});
  }
  constexpr Expr<Space::PerSample> ofRule(NodeKind kind, const ChoiceParameter &rule) const {
    if (repeat.given != 0xff)
      ruleError("saliency method: nodes of a quadrature need a number of runs that no call "
                "changes: m.runs(count)");
    for (unsigned i = 0; i < rule.parameter.optionCount; ++i)
      if (!findQuadrature(rule.parameter.options[i]))
        ruleError("saliency method: the options of a quadrature are rules that Quadrature.h knows "
                  "by name");
    return detail::makeNode<Space::PerSample>(tape, {.kind = kind, .index = rule.index});
  }
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_RUNS_H

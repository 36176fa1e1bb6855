// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a method file writes on: what it declares (Declarations.h), rows, seeds, finish. A method is
//
//   struct LrpEpsilon {
//     static constexpr std::string_view name = "lrp-epsilon"; // its flag is --emit-lrp-epsilon
//     static consteval void write(Method &m);
//   };
//
// and Compile.h turns it into a constant MethodTable or says in words why not.
#ifndef SALIENCY_RULES_LANGUAGE_METHOD_H
#define SALIENCY_RULES_LANGUAGE_METHOD_H

#include "passes/rules/language/Conditions.h"
#include "passes/rules/language/Declarations.h"
#include "passes/rules/language/Ops.h"
#include "passes/rules/language/Runs.h"

#include <initializer_list>

namespace saliency::rules {

/// A further stream, see Tape.h. `at(op)` is its value at the op's output, just as op.R is the
/// relevance there.
struct StreamHandle {
  uint8_t index;
  template <class Op> constexpr auto at(const Op &op) const {
    using R = decltype(op.R);
    return detail::makeNode<R::space, R::base>(op.R.tape, {.kind = NodeKind::R, .index = index});
  }
  /// On a row of the relevance: for this twin only.
  constexpr Condition here() const { return {.kind = ConditionKind::InStream, .value = index}; }
};

//===-- The method -------------------------------------------------------===//

/// What m.on and m.seed give back: more to say about that row or seed.
template <class Entry> struct Remark {
  Entry &entry;
  /// "our extension", "unverified".
  constexpr Remark label(std::string_view text) {
    entry.label = text;
    return *this;
  }
  /// What becomes of the sum of relevance; Exact is written holds(Invariant::Conserves), which
  /// tests it on every layer.
  constexpr Remark conserves(Conservation conservation) {
    entry.conservation = conservation;
    return *this;
  }
  template <class... I> constexpr Remark holds(I... invariant) {
    entry.invariants |= (maskOf(invariant) | ... | uint8_t(0));
    return *this;
  }
};

class Method : public Declarations {
public:
  std::string_view title, source, help;

  // Ops: their terminals.
  constexpr LinearMapOp linearMap() { return LinearMapOp(tape); }
  constexpr ConvolutionOp convolution() { return ConvolutionOp(tape); }
  constexpr DenseOp dense() { return DenseOp(tape); }
  constexpr AveragePoolOp averagePool() { return AveragePoolOp(tape); }
  constexpr BilinearOp bilinear() { return BilinearOp(tape); }
  constexpr ActivationOp activation() { return ActivationOp(tape); }
  constexpr RectifierOp rectifier() { return RectifierOp(tape); }
  constexpr SelectionOp selection() { return SelectionOp(tape); }
  constexpr StructuralOp structural() { return StructuralOp(tape); }
  constexpr MergeOp merge() { return MergeOp(tape); }
  constexpr AddOp add() { return AddOp(tape); }
  constexpr ConcatOp concat() { return ConcatOp(tape); }
  constexpr ProductOp product() { return ProductOp(tape); }
  constexpr ForkOp fork() { return ForkOp(tape); }
  constexpr NormalisationOp normalisation() { return NormalisationOp(tape); }
  constexpr SoftmaxOp softmax() { return SoftmaxOp(tape); }
  constexpr LayerNormOp layerNorm() { return LayerNormOp(tape); }
  /// For rollout(...) in a finish.
  constexpr AttentionOp attention() { return AttentionOp(tape); }

  // Rows, tried in the order written; the first whose conditions hold wins. A row serves its
  // capability and those refining it.
  template <class Op, AnyExpr E> constexpr Remark<Row> on(const Op &, const E &rule) {
    return row<Op>(rule);
  }
  template <class Op, AnyExpr E>
  constexpr Remark<Row> on(const Op &, const Condition &c, const E &rule) {
    return row<Op>(rule, c);
  }
  template <class Op, AnyExpr E>
  constexpr Remark<Row> on(const Op &, const Condition &c, const Condition &d, const E &rule) {
    return row<Op>(rule, c, d);
  }
  template <class Op, AnyExpr E>
  constexpr Remark<Row> on(const Op &, const Condition &c, const Condition &d, const Condition &e,
                           const E &rule) {
    return row<Op>(rule, c, d, e);
  }
  /// The same for a further stream.
  template <class Op, class... Rest>
  constexpr Remark<Row> on(StreamHandle stream, const Op &op, const Rest &...conditionsAndRule) {
    Remark<Row> result = on(op, conditionsAndRule...);
    result.entry.stream = stream.index;
    return result;
  }
  /// For the relevance and a joint stream alike: rule(own, other), with the one's value at the op
  /// and the other's.
  template <class Op, class F, std::same_as<Condition>... C>
  constexpr void onEach(StreamHandle stream, const Op &op, const F &rule, const C &...conditions) {
    row<Op>(rule(op.R, stream.at(op)), conditions...);
    row<Op>(rule(stream.at(op), op.R), conditions...).entry.stream = stream.index;
  }
  /// A rule that a composite may give to an op of this capability, by name.
  template <class Op, AnyExpr E>
  constexpr Remark<Row> rule(std::string_view name, const Op &, const E &rule) {
    Remark<Row> result = row<Op>(rule);
    result.entry.rule = name;
    return result;
  }
  /// Every op without a row takes its ordinary derivative.
  constexpr void elsewhere(OrdinaryDerivative) { elsewhereGradient = true; }

  // Seeds: at the logits or, in the layer's space, at the target layer.
  constexpr Expr<Space::Logits> target() {
    return detail::terminal<Space::Logits>(tape, NodeKind::Target);
  }
  constexpr Expr<Space::Logits> logits() {
    return detail::terminal<Space::Logits>(tape, NodeKind::Logits);
  }
  constexpr Expr<Space::Layer> layer() {
    return detail::terminal<Space::Layer>(tape, NodeKind::Layer);
  }
  /// 1 at one channel of the target layer, or at the most active one of each sample at the
  /// network's input (-1), at one position, counted row by row, or at all of them (-1); else 0.
  template <Operand A, Operand B>
  constexpr Expr<Space::Layer> neuron(const A &channel, const B &position) {
    return detail::makeNode<Space::Layer>(&tape, {.kind = NodeKind::Neuron,
                                                  .a = detail::lift(&tape, channel).id,
                                                  .b = detail::lift(&tape, position).id});
  }
  template <AnyExpr E, std::same_as<Condition>... C>
  constexpr Remark<Seed> seed(const E &relevance, const C &...conditions) {
    static_assert(E::space == Space::Logits || E::space == Space::Layer,
                  "saliency method: a seed lies in the space of the logits or of the target layer");
    Seed &entry = seeds.push(Seed());
    entry.result = relevance.id;
    entry.atLayer = E::space == Space::Layer;
    addOptions(entry, conditions...);
    return {entry};
  }

  /// A further stream that starts with `value`; without a row it takes the ordinary derivative.
  template <AnyExpr E> constexpr StreamHandle stream(std::string_view name, const E &value) {
    streams.push({name});
    seed(value).entry.stream = streams.count;
    return {streams.count};
  }

  /// A further stream that starts with `value` and takes the relevance's rows, itself in place of
  /// R.
  template <AnyExpr E> constexpr StreamHandle twin(std::string_view name, const E &value) {
    const StreamHandle handle = stream(name, value);
    streams.items[streams.count - 1].twin = true;
    return handle;
  }

  /// A further stream that starts with `value` and is carried through each op together with the
  /// relevance: its rows read the relevance, op.R, and the relevance's rows read it.
  template <AnyExpr E> constexpr StreamHandle joint(std::string_view name, const E &value) {
    const StreamHandle handle = stream(name, value);
    streams.items[streams.count - 1].joint = true;
    return handle;
  }

  /// At the named value (default: the target layer): what the relevance becomes, written with
  /// fork() and stream.at(fork()); the further streams end there.
  template <AnyExpr E> constexpr void meet(const ValueNameParameter &place, const E &relevance) {
    static_assert(E::space == Space::In,
                  "saliency method: meet(place, r) gives relevance of the value, as fork().R is");
    meetings.push({place.index, relevance.id});
  }
  /// What every op of this kind adds to the map, per position of its output, resized to the input.
  template <class Op, AnyExpr E, std::same_as<Condition>... C>
  constexpr void collect(const Op &, const E &map, ResizeMode mode, const C &...conditions) {
    static_assert(
        E::space == Space::PerPixel,
        "saliency method: collect(op, map, mode) gives a map per position of the op's output");
    Collection &entry = collections.push(Collection());
    entry.capability = Op::capability;
    ((entry.conditions[entry.conditionCount++] = conditions), ...);
    if constexpr (std::same_as<Op, AttentionOp>)
      entry.conditions[entry.conditionCount++] = {ConditionKind::Attention};
    entry.result = map.id;
    entry.mode = mode;
  }
  /// The same for every named value; `map` is written with fork(), whose x is the value.
  template <AnyExpr E>
  constexpr void collect(const ValueNamesParameter &places, const E &map, ResizeMode mode) {
    collect(fork(), map, mode);
    collections.items[collections.count - 1].places = places.index;
  }
  /// A second input, on which the network is evaluated too: x0() and y0() of the ops.
  template <AnyExpr E> constexpr Expr<Space::In> reference(const E &image) {
    static_assert(broadcastsTo(E::space, E::base, Space::In),
                  "saliency method: the reference is an input of the network");
    referenceNode = image.id;
    return detail::terminal<Space::In>(tape, NodeKind::ImageX0);
  }
  // Repetition: m.runs(count) names the runs, m.repeat(run, point) says where each evaluates the
  // network.
  template <Operand C> constexpr RunHandle runs(const C &count) {
    const auto number = detail::lift(&tape, count);
    static_assert(decltype(number)::space == Space::Scalar,
                  "saliency method: the number of runs is a number known at compile time");
    return {&tape, {.count = number.id}};
  }
  /// As many runs as the call gives images, `count` where it gives none.
  template <Operand C> constexpr RunHandle runs(const C &count, const ImagesTensor &images) {
    RunHandle run = runs(count);
    run.repeat.given = images.index;
    return run;
  }
  template <AnyExpr P> constexpr void repeat(const RunHandle &run, const P &point) {
    static_assert(broadcastsTo(P::space, P::base, Space::In) || P::base == Space::Layer,
                  "saliency method: a run evaluates the network at a point in the input's space or "
                  "the target layer's");
    Repeat &entry = repeats.push(run.repeat);
    entry.point = point.id;
    entry.fromLayer = P::base == Space::Layer;
  }
  /// Runs from the target layer on: layer norms that read it see it as it was, and what they give
  /// is multiplied by `factor`.
  template <AnyExpr F, std::same_as<Condition>... C>
  constexpr void maskNorms(const F &factor, const C &...options) {
    static_assert(
        broadcastsTo(F::space, F::base, Space::Layer),
        "saliency method: a norm's result is masked by a factor in the target layer's space");
    NormMask &entry = normMasks.push(NormMask());
    entry.result = factor.id;
    addOptions(entry, options...);
  }
  /// How many windows run.window(extent, step) there are, run.layerWindow(extent, step),
  /// run.patchWindow(extent, step).
  template <Operand A, Operand B> constexpr auto windows(const A &extent, const B &step) {
    return windowsOf(Extent::Input, extent, step);
  }
  template <Operand A, Operand B> constexpr auto layerWindows(const A &extent, const B &step) {
    return windowsOf(Extent::Layer, extent, step);
  }
  template <Operand A, Operand B> constexpr auto patchWindows(const A &extent, const B &step) {
    return windowsOf(Extent::Patches, extent, step);
  }
  /// How many channels the target layer has.
  constexpr Expr<Space::Scalar> layerChannels() {
    return detail::terminal<Space::Scalar>(tape, NodeKind::ChannelCount);
  }

  // Finish: the map from what arrived at the input or at the target layer, or from the target layer
  // alone.
  constexpr Expr<Space::In> map() { return detail::terminal<Space::In>(tape, NodeKind::Map); }
  constexpr Expr<Space::In> map(StreamHandle stream) {
    return detail::makeNode<Space::In>(&tape, {.kind = NodeKind::Map, .index = stream.index});
  }
  /// What arrived at the target layer, where the walk ends.
  constexpr Expr<Space::Layer> mapAtLayer() {
    return detail::terminal<Space::Layer>(tape, NodeKind::Map);
  }
  /// What collect() gathered, as one map.
  constexpr Expr<Space::PerPixel, Space::In> collected(Fusion fusion = Fusion::Sum) {
    return detail::makeNode<Space::PerPixel, Space::In>(
        &tape, {.kind = NodeKind::Collected, .index = uint8_t(fusion)});
  }
  /// The same, put together as a choice among names of fusions says.
  constexpr Expr<Space::PerPixel, Space::In> collected(const ChoiceParameter &fusion) {
    Expr<Space::PerPixel, Space::In> map = collected(fusionOf(fusion, 0));
    for (unsigned i = 1; i < fusion.parameter.optionCount; ++i)
      map = choose(fusion.is(fusion.parameter.options[i]), collected(fusionOf(fusion, i)), map);
    return map;
  }
  constexpr Expr<Space::In> input() { return detail::terminal<Space::In>(tape, NodeKind::ImageX); }
  template <AnyExpr E, std::same_as<Condition>... C>
  constexpr void finish(const E &result, const C &...conditions) {
    static_assert(
        E::space == Space::In || E::space == Space::Layer ||
            (E::space == Space::PerPixel && (E::base == Space::In || E::base == Space::Layer)) ||
            E::space == Space::Patches,
        "saliency method: the finish gives a map in the space of the input, of the target layer or "
        "of the input's patches");
    addFinish(finishes, result.id, conditions...);
  }
  /// The method's own 2-D map; the sum over channels where it has none.
  template <AnyExpr E, std::same_as<Condition>... C>
  constexpr void finish2d(const E &result, const C &...conditions) {
    static_assert(
        (E::space == Space::PerPixel && (E::base == Space::In || E::base == Space::Layer)) ||
            E::space == Space::Patches,
        "saliency method: the 2-D finish gives a map per pixel of the input, of the target layer, "
        "or per patch");
    addFinish(finishes2d, result.id, conditions...);
  }

  // A step behind methods (--then): their 2-D map, refined at recorded activations from the last to
  // the first.
  /// The 2-D map so far; inside refine() resized to the activation at hand, which is layer().
  constexpr Expr<Space::PerPixel, Space::Layer> map2d() {
    return detail::terminal<Space::PerPixel, Space::Layer>(tape, NodeKind::Map);
  }
  /// Record these ops' outputs, and the input of the first op recorded.
  template <class Op, std::same_as<Condition>... C>
  constexpr void record(const Op &, const C &...conditions) {
    Recording &entry = recordings.push(Recording());
    entry.capability = Op::capability;
    ((entry.conditions[entry.conditionCount++] = conditions), ...);
  }
  template <AnyExpr E, std::same_as<Condition>... C>
  constexpr void refine(const E &result, const C &...conditions) {
    static_assert(
        E::space == Space::PerPixel && E::base == Space::Layer,
        "saliency step: refine() gives a map per pixel of the activation at hand, layer()");
    Refinement &entry = refinements.push(Refinement());
    entry.result = result.id;
    ((entry.conditions[entry.conditionCount++] = conditions), ...);
  }

  /// Rewrite the network before the rules apply, where the option holds.
  template <std::same_as<Condition>... C>
  constexpr void canonize(CanonizerKind kind, const C &...conditions) {
    Canonizer &entry = canonizers.push(Canonizer());
    entry.kind = kind;
    addOptions(entry, conditions...);
  }
  /// The method explains some channels of some values: what --condition names. (Every method takes
  /// conditions; this one needs them.)
  constexpr void needsCondition() { conditioned = true; }
  /// Holds for every row.
  template <class... I> constexpr void holds(I... invariant) {
    invariants |= (maskOf(invariant) | ... | uint8_t(0));
  }
  constexpr void note(std::string_view text) { notes.push(text); }

  // The rest of the draft, read by Compile.h.
  NodeId referenceNode = kNone;
  bool elsewhereGradient = false, conditioned = false;
  uint8_t invariants = 0;

private:
  template <Operand A, Operand B>
  constexpr Expr<Space::Scalar> windowsOf(Extent over, const A &extent, const B &step) {
    return detail::makeNode<Space::Scalar>(&tape, {.kind = NodeKind::WindowCount,
                                                   .index = uint8_t(over),
                                                   .a = detail::lift(&tape, extent).id,
                                                   .b = detail::lift(&tape, step).id});
  }

  static constexpr Fusion fusionOf(const ChoiceParameter &choice, unsigned option) {
    for (Fusion fusion : {Fusion::Sum, Fusion::Mean, Fusion::Max, Fusion::Product})
      if (nameOf(fusion) == choice.parameter.options[option])
        return fusion;
    ruleError("saliency method: the options of a fusion are sum, mean, max or product");
    return Fusion::Sum;
  }
  template <class List, class... C>
  constexpr void addFinish(List &list, NodeId result, const C &...conditions) {
    Finish &entry = list.push(Finish());
    entry.result = result;
    for (const Condition &condition : std::initializer_list<Condition>{conditions...})
      if (condition.kind == ConditionKind::BeforeStep)
        entry.conditions[entry.conditionCount++] = condition;
      else
        addOptions(entry, condition);
  }

  template <class Entry, class... C>
  constexpr void addOptions(Entry &entry, const C &...conditions) {
    for (const Condition &condition : std::initializer_list<Condition>{conditions...}) {
      if (!condition.facts().choice)
        ruleError("saliency method: seeds, finishes and canonizers are chosen by options only, "
                  "parameter.is(option)");
      entry.conditions[entry.conditionCount++] = condition;
    }
  }

  template <class Op, class E, class... C>
  constexpr Remark<Row> row(const E &rule, const C &...conditions) {
    static_assert(E::space == Space::In, "saliency rule: a row gives relevance in the input's "
                                         "space; adjoint(w, r) and vjp(r) bring r from Out to In");
    Row &entry = rows.push(Row());
    entry.capability = Op::capability;
    ((entry.conditions[entry.conditionCount++] = conditions), ...);
    entry.result = rule.id;
    return {entry};
  }
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_METHOD_H

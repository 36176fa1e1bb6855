// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a method's draft to its constant table: the tape is pruned, the arrays are trimmed, the
// checks of Checks.h are asserted.
#ifndef SALIENCY_RULES_LANGUAGE_COMPILE_H
#define SALIENCY_RULES_LANGUAGE_COMPILE_H

#include "passes/rules/language/Method.h"
#include "passes/rules/language/MethodChecks.h"

#include <array>
#include <utility>

namespace saliency::rules {

namespace detail {

/// Drops terminals that nothing reads (an op's context creates all of its terminals) and renumbers.
constexpr void pruneTerminals(Method &m) {
  bool used[TapeBuilder::capacity] = {};
  auto use = [&](NodeId id) {
    if (id != kNone)
      used[id] = true;
  };
  for (const Row &row : m.rows)
    use(row.result);
  for (const Seed &seed : m.seeds)
    use(seed.result);
  for (const Finish &finish : m.finishes)
    use(finish.result);
  for (const Finish &finish : m.finishes2d)
    use(finish.result);
  for (const Refinement &refinement : m.refinements)
    use(refinement.result);
  for (const Meeting &meeting : m.meetings)
    use(meeting.result);
  for (const Collection &collection : m.collections)
    use(collection.result);
  use(m.referenceNode);
  for (const Demand &demand : m.demands)
    use(demand.condition);
  for (const Repeat &repeat : m.repeats) {
    use(repeat.count);
    use(repeat.point);
  }
  for (const NormMask &mask : m.normMasks)
    use(mask.result);
  for (unsigned i = 0; i < m.tape.count; ++i)
    for (NodeId operand : {m.tape.nodes[i].a, m.tape.nodes[i].b, m.tape.nodes[i].c})
      use(operand);
  NodeId renumbered[TapeBuilder::capacity] = {};
  uint16_t kept = 0;
  auto renumber = [&](NodeId &id) {
    if (id != kNone)
      id = renumbered[id];
  };
  for (unsigned i = 0; i < m.tape.count; ++i) {
    if (!used[i] && operandCount(m.tape.nodes[i].kind) == 0)
      continue;
    renumbered[i] = kept;
    Node node = m.tape.nodes[i];
    renumber(node.a);
    renumber(node.b);
    renumber(node.c);
    m.tape.nodes[kept++] = node;
  }
  m.tape.count = kept;
  for (unsigned i = 0; i < m.rows.count; ++i)
    renumber(m.rows.items[i].result);
  for (unsigned i = 0; i < m.seeds.count; ++i)
    renumber(m.seeds.items[i].result);
  for (unsigned i = 0; i < m.finishes.count; ++i)
    renumber(m.finishes.items[i].result);
  for (unsigned i = 0; i < m.finishes2d.count; ++i)
    renumber(m.finishes2d.items[i].result);
  for (unsigned i = 0; i < m.refinements.count; ++i)
    renumber(m.refinements.items[i].result);
  for (unsigned i = 0; i < m.meetings.count; ++i)
    renumber(m.meetings.items[i].result);
  for (unsigned i = 0; i < m.collections.count; ++i)
    renumber(m.collections.items[i].result);
  renumber(m.referenceNode);
  for (unsigned i = 0; i < m.demands.count; ++i)
    renumber(m.demands.items[i].condition);
  for (unsigned i = 0; i < m.repeats.count; ++i) {
    renumber(m.repeats.items[i].count);
    renumber(m.repeats.items[i].point);
  }
  for (unsigned i = 0; i < m.normMasks.count; ++i)
    renumber(m.normMasks.items[i].result);
}

template <class M> consteval Method draftOf() {
  Method m;
  M::write(m);
  if (m.finishes.count == 0 || m.finishes.items[m.finishes.count - 1].conditionCount > 0)
    m.finish(m.map());
  bool named = false;
  for (const Convention &convention : m.conventions)
    named |= convention.name == "paper";
  if (!named) {
    m.convention("paper");
    for (unsigned i = m.conventions.count; --i > 0;) // the default comes first
      std::swap(m.conventions.items[i], m.conventions.items[i - 1]);
  }
  pruneTerminals(m);
  return m;
}

template <unsigned N, class T> constexpr std::array<T, N> trim(const T *items) {
  std::array<T, N> result{};
  for (unsigned i = 0; i < N; ++i)
    result[i] = items[i];
  return result;
}

/// A meeting's place is the target layer where it has no name of its own.
constexpr bool readsLayer(const Method &m) {
  if (m.meetings.count > 0)
    return true;
  for (const Collection &collection : m.collections)
    if (collection.places != Collection::atOps)
      return true;
  for (const Seed &seed : m.seeds)
    if (seed.atLayer)
      return true;
  for (unsigned i = 0; i < m.tape.count; ++i)
    if (m.tape.nodes[i].space == Space::Layer || m.tape.nodes[i].kind == NodeKind::ChannelMask ||
        m.tape.nodes[i].kind == NodeKind::AtTokens ||
        (m.tape.nodes[i].kind == NodeKind::WindowMask &&
         m.tape.nodes[i].index != uint8_t(Extent::Input)))
      return true;
  return false;
}

/// Class maps are put together behind the network: methods that read them read nothing that depends
/// on what lies between.
constexpr bool readsClassMapsAlone(const MethodTable &t) {
  bool ofClassMaps = false, carries = t.walks || !t.repeats.empty() || !t.collections.empty(),
       reads = false;
  for (const Parameter &parameter : t.parameters)
    ofClassMaps |= parameter.ofClassMaps;
  for (const Node &node : t.nodes) {
    carries |= node.kind == NodeKind::Gradient || node.kind == NodeKind::LayerAt;
    reads |= node.kind == NodeKind::AtClasses;
  }
  return ofClassMaps ? !carries : !reads;
}

constexpr bool readsMap(const Method &m, Space space) {
  for (unsigned i = 0; i < m.tape.count; ++i)
    if (m.tape.nodes[i].kind == NodeKind::Map && m.tape.nodes[i].space == space)
      return true;
  return false;
}

template <class M> struct Draft {
  static constexpr Method value = draftOf<M>();
};
/// False where writing the method ended in a ruleError, which is then the one error reported.
template <class M>
concept Written = requires { typename std::bool_constant<(Draft<M>::value.tape.count >= 0)>; };

/// The constant data of method M.
template <class M> struct Compiled {
  static constexpr const Method &draft = Draft<M>::value;
  static constexpr auto nodes = trim<draft.tape.count>(draft.tape.nodes);
  static constexpr auto parameters = trim<draft.parameters.count>(draft.parameters.items);
  static constexpr auto conventions = trim<draft.conventions.count>(draft.conventions.items);
  static constexpr auto implications = trim<draft.implications.count>(draft.implications.items);
  static constexpr auto callTensors = trim<draft.callTensors.count>(draft.callTensors.items);
  static constexpr auto rows = trim<draft.rows.count>(draft.rows.items);
  static constexpr auto seeds = trim<draft.seeds.count>(draft.seeds.items);
  static constexpr auto canonizers = trim<draft.canonizers.count>(draft.canonizers.items);
  static constexpr auto finishes = trim<draft.finishes.count>(draft.finishes.items);
  static constexpr auto finishes2d = trim<draft.finishes2d.count>(draft.finishes2d.items);
  static constexpr auto meetings = trim<draft.meetings.count>(draft.meetings.items);
  static constexpr auto collections = trim<draft.collections.count>(draft.collections.items);
  static constexpr auto recordings = trim<draft.recordings.count>(draft.recordings.items);
  static constexpr auto refinements = trim<draft.refinements.count>(draft.refinements.items);
  static constexpr auto streams = trim<draft.streams.count>(draft.streams.items);
  static constexpr auto demands = trim<draft.demands.count>(draft.demands.items);
  static constexpr auto repeats = trim<draft.repeats.count>(draft.repeats.items);
  static constexpr auto normMasks = trim<draft.normMasks.count>(draft.normMasks.items);
  static constexpr auto notes = trim<draft.notes.count>(draft.notes.items);
  static constexpr MethodTable table{M::name,
                                     draft.title,
                                     draft.source,
                                     draft.help,
                                     {parameters.data(), parameters.size()},
                                     {conventions.data(), conventions.size()},
                                     {implications.data(), implications.size()},
                                     {callTensors.data(), callTensors.size()},
                                     {nodes.data(), nodes.size()},
                                     {rows.data(), rows.size()},
                                     {seeds.data(), seeds.size()},
                                     {canonizers.data(), canonizers.size()},
                                     {notes.data(), notes.size()},
                                     {finishes.data(), finishes.size()},
                                     {finishes2d.data(), finishes2d.size()},
                                     draft.elsewhereGradient,
                                     readsLayer(draft),
                                     draft.seeds.count > 0 || readsMap(draft, Space::In) ||
                                         readsMap(draft, Space::Layer),
                                     readsMap(draft, Space::Layer),
                                     draft.invariants,
                                     {streams.data(), streams.size()},
                                     {demands.data(), demands.size()},
                                     {meetings.data(), meetings.size()},
                                     {collections.data(), collections.size()},
                                     draft.referenceNode,
                                     {recordings.data(), recordings.size()},
                                     {refinements.data(), refinements.size()},
                                     {repeats.data(), repeats.size()},
                                     {normMasks.data(), normMasks.size()},
                                     draft.conditioned};
};

template <class M, unsigned RowNumber> constexpr bool checkRow() {
  constexpr const MethodTable &table = Compiled<M>::table;
  static_assert(readsOnlyOffered(table, table.rows[RowNumber]),
                "saliency rule: the expression reads a value that this row's capability does not "
                "offer (was it written with "
                "another op's terminals?)");
  static_assert(readsStreamsInOrder(table, table.rows[RowNumber]),
                "saliency method: a further stream reads itself and the streams declared before "
                "it; only the relevance reads all");
  static_assert(leavesTwinsAlone(table, table.rows[RowNumber]),
                "saliency method: a twin takes the relevance's rows: it has no row of its own, and "
                "beside it the relevance's rows "
                "read R only");
  static_assert(!isDuplicate(table, RowNumber),
                "saliency method: two rows have the same capability and the same conditions");
  static_assert(isDuplicate(table, RowNumber) || isReachable(table, RowNumber),
                "saliency method: this row is unreachable: rows are tried in the order written, "
                "and the rows before it take every "
                "op it could serve; write the special row first");
  return true;
}
template <class M, unsigned SeedNumber> constexpr bool checkSeed() {
  constexpr const MethodTable &table = Compiled<M>::table;
  static_assert(seedIsReachable(table, SeedNumber),
                "saliency method: this seed is unreachable: the seeds before it apply under every "
                "choice of options");
  static_assert(readsOnlySeedTerminals(table, table.seeds[SeedNumber].result),
                "saliency method: a seed reads the target layer, the logits, the target and listed "
                "classes, nothing of an op");
  static_assert(classesAreBound(table, table.seeds[SeedNumber].result),
                "saliency method: a listed class (classes.each()) has a meaning only inside "
                "classes.sum(...)");
  return true;
}

template <class M, unsigned FinishNumber, bool TwoD> constexpr bool checkFinish() {
  constexpr const MethodTable &table = Compiled<M>::table;
  constexpr const Finish &finish = (TwoD ? table.finishes2d : table.finishes)[FinishNumber];
  static_assert(readsOnlyFinishTerminals(table, finish.result),
                "saliency method: a finish reads the map that arrived, the input and the target "
                "layer, nothing of an op");
  static_assert(classesAreBound(table, finish.result),
                "saliency method: a listed class (classes.each()) has a meaning only inside "
                "classes.sum(...)");
  static_assert(attentionIsBound(table, finish.result),
                "saliency method: an attention layer's values (m.attention()) have a meaning only "
                "inside rollout(...)");
  static_assert(table.repeats.empty() || runsAreBound(table, finish.result),
                "saliency method: what belongs to one run (m.map(), run.point(), run.number() ...) "
                "has a meaning only inside "
                "run.sum(...), run.mean(...) and the like, and these do not nest");
  return true;
}

template <class M, unsigned Number> constexpr bool checkCollection() {
  constexpr const MethodTable &table = Compiled<M>::table;
  static_assert(collectionIsSound(table, table.collections[Number]),
                "saliency method: what is collected reads what its op offers, relevance only where "
                "there is a seed, and in a method "
                "that repeats what belongs to one run only inside run.sum(...) and the like");
  return true;
}
template <class M, unsigned... I>
constexpr bool checkCollections(std::integer_sequence<unsigned, I...>) {
  return (checkCollection<M, I>() && ...);
}

template <class M, unsigned... I> constexpr bool checkRows(std::integer_sequence<unsigned, I...>) {
  return (checkRow<M, I>() && ...);
}
template <class M, unsigned... I> constexpr bool checkSeeds(std::integer_sequence<unsigned, I...>) {
  return (checkSeed<M, I>() && ...);
}

template <class M, bool TwoD, unsigned... I>
constexpr bool checkFinishes(std::integer_sequence<unsigned, I...>) {
  return (checkFinish<M, I, TwoD>() && ...);
}

template <class M> constexpr bool checkMethod() {
  constexpr const MethodTable &t = Compiled<M>::table;
  static_assert(!t.name.empty() && !t.title.empty() && !t.source.empty() && !t.help.empty(),
                "saliency method: a method has a name, a title, a source (paper and equation) and "
                "a help text");
  static_assert(namesAreUnique(t), "saliency method: two parameters have the same name");
  static_assert(
      t.reference != kNone || !readsReference(t),
      "saliency method: x0() and y0() are values at the reference input: write m.reference(image)");
  static_assert(t.collections.empty() == !readsKind(t, NodeKind::Collected),
                "saliency method: what collect() adds up is read by the finish, collected(), and "
                "the other way round");
  static_assert(t.refinements.empty() || (!t.recordings.empty() && !t.walks),
                "saliency step: a step records activations, record(op), and refines a method's 2-D "
                "map; it has no rows of its own");
  static_assert(readsMap(Compiled<M>::draft, Space::In) ||
                    readsMap(Compiled<M>::draft, Space::Layer) || readsAttention(t) ||
                    !t.collections.empty() || (t.seeds.empty() && t.rows.empty()),
                "saliency method: rows and seeds are for relevance that is carried back, but no "
                "finish reads map()");
  static_assert(!(readsMap(Compiled<M>::draft, Space::In) && t.endsAtLayer),
                "saliency method: relevance is carried to the input, map(), or to the target "
                "layer, mapAtLayer(), not to both");
  static_assert(!t.walks || !t.seeds.empty(),
                "saliency method: a method needs a seed: m.seed(m.target()) starts with 1 at the "
                "target's logit");
  static_assert(!t.walks || t.seeds.empty() || seedsAreComplete(t),
                "saliency method: under some choice of options no seed applies; write a last seed "
                "without a condition");
  static_assert(isCovered(t, Capability::Convolution),
                "saliency method: no rule for Convolution: write a row for convolution() "
                "or linearMap() without a condition, or m.elsewhere(gradient)");
  static_assert(isCovered(t, Capability::Dense),
                "saliency method: no rule for Dense: write a row for dense() or linearMap() "
                "without a condition, or m.elsewhere(gradient)");
  static_assert(isCovered(t, Capability::AveragePool),
                "saliency method: no rule for AveragePool: write a row for averagePool() "
                "or linearMap() without a condition, or m.elsewhere(gradient)");
  static_assert(
      averagePoolIsServed(t),
      "saliency method: a row for linearMap() computes with changed weights or correlate(x, "
      "r), which an average pool does not have: write a row for averagePool() before it");
  static_assert(isCovered(t, Capability::Activation),
                "saliency method: no rule for Activation: write a row for activation() without a "
                "condition, or m.elsewhere(gradient)");
  static_assert(isCovered(t, Capability::Rectifier),
                "saliency method: no rule for Rectifier: write a row for rectifier() or "
                "activation() without a condition, or m.elsewhere(gradient)");
  static_assert(isCovered(t, Capability::Selection),
                "saliency method: no rule for Selection (max pool): write a row for "
                "selection() without a condition, or m.elsewhere(gradient)");
  static_assert(isCovered(t, Capability::Structural),
                "saliency method: no rule for Structural (reshape, slice, pad): write a row for "
                "structural(), or m.elsewhere(gradient)");
  static_assert(isCovered(t, Capability::Add),
                "saliency method: no rule for Add: write a row for add() or merge() without a "
                "condition, or m.elsewhere(gradient)");
  static_assert(isCovered(t, Capability::Concat),
                "saliency method: no rule for Concat: write a row for concat() or merge() without "
                "a condition, or m.elsewhere(gradient)");
  static_assert(isCovered(t, Capability::Normalisation),
                "saliency method: no rule for Normalisation (batch norm): write a row "
                "for normalisation() without a condition, or m.elsewhere(gradient)");
  static_assert(!t.repeats.empty() || !readsRuns(t),
                "saliency method: the runs of m.runs(count) need a point: m.repeat(run, point)");
  static_assert(readsClassMapsAlone(t),
                "saliency method: a method on class maps, m.classMaps(...), is forward only: no "
                "seed, run, collection or gradient; and "
                "atClasses(a) belongs to such methods");
  static_assert(t.normMasks.empty() || (!t.repeats.empty() && t.repeats[0].fromLayer),
                "saliency method: maskNorms(factor) belongs to runs from the target layer on: "
                "m.repeat(run, point of the layer)");
  static_assert(t.repeats.empty() || readsOnlyPointTerminals(t, t.repeats[0].point),
                "saliency method: the point of a run reads the input, the target layer, this run's "
                "number, nodes, draws and images, "
                "not what the run gives");
  return checkRows<M>(std::make_integer_sequence<unsigned, unsigned(t.rows.size())>()) &&
         checkSeeds<M>(std::make_integer_sequence<unsigned, unsigned(t.seeds.size())>()) &&
         checkCollections<M>(
             std::make_integer_sequence<unsigned, unsigned(t.collections.size())>()) &&
         checkFinishes<M, false>(
             std::make_integer_sequence<unsigned, unsigned(t.finishes.size())>()) &&
         checkFinishes<M, true>(
             std::make_integer_sequence<unsigned, unsigned(t.finishes2d.size())>());
}

inline constexpr MethodTable kNoTable{};

} // namespace detail

/// The table of method M; M's mistakes are compile-time errors.
template <class M> constexpr const MethodTable &tableOf() {
  if constexpr (detail::Written<M>)
    static_assert(detail::checkMethod<M>());
  if constexpr (detail::Written<M>)
    return detail::Compiled<M>::table;
  else
    return detail::kNoTable;
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_COMPILE_H

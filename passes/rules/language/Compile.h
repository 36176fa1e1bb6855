// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What must hold of a method (MethodChecks.h), asserted in words. A method is used through
// tableOf<M>() at the end, which compiles its draft (Compiled.h) and checks it: the sections
// together, then that every op has a rule, then each section entry by entry.
#ifndef SALIENCY_RULES_LANGUAGE_COMPILE_H
#define SALIENCY_RULES_LANGUAGE_COMPILE_H

#include "passes/rules/language/Compiled.h"
#include "passes/rules/language/MethodChecks.h"

namespace saliency::rules {

namespace detail {

//===-- The checks of one entry, by its type -----------------------------===//

/// What must hold of entry `number` of `section` of method M. There is no answer for a type that is
/// not listed here.
template <class Entry> struct EntryCheck;
struct NothingToCheck {
  template <class M, auto section, unsigned number> static constexpr bool check() { return true; }
};
template <> struct EntryCheck<Stream> : NothingToCheck {};
template <> struct EntryCheck<Recording> : NothingToCheck {};
template <> struct EntryCheck<Canonizer> : NothingToCheck {};
template <> struct EntryCheck<Parameter> : NothingToCheck {};
template <> struct EntryCheck<Implication> : NothingToCheck {};
template <> struct EntryCheck<CallTensor> : NothingToCheck {};
template <> struct EntryCheck<Convention> : NothingToCheck {};
template <> struct EntryCheck<std::string_view> : NothingToCheck {};

template <> struct EntryCheck<Row> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    constexpr const Row &row = table.rows[number];
    static_assert(readsOnlyOffered(table, row),
                  "saliency rule: the expression reads a value that this row's capability does not "
                  "offer (was it written with another op's terminals?)");
    static_assert(readsStreamsInOrder(table, row),
                  "saliency method: a further stream reads itself and the streams declared before "
                  "it; only the relevance reads all");
    static_assert(leavesTwinsAlone(table, row),
                  "saliency method: a twin takes the relevance's rows: it has no row of its own, "
                  "and beside it the relevance's rows read R only");
    static_assert(!isDuplicate(table, number),
                  "saliency method: two rows have the same capability and the same conditions");
    static_assert(isDuplicate(table, number) || isReachable(table, number),
                  "saliency method: this row is unreachable: rows are tried in the order written, "
                  "and the rows before it take every op it could serve; write the special row "
                  "first");
    return true;
  }
};

template <> struct EntryCheck<Seed> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    static_assert(seedIsReachable(table, number),
                  "saliency method: this seed is unreachable: the seeds before it apply under "
                  "every choice of options");
    static_assert(readsOnly(table, table.seeds[number].result, words::InSeed),
                  "saliency method: a seed reads the target layer, the logits, the target and "
                  "listed classes, nothing of an op");
    static_assert(classesAreBound(table, table.seeds[number].result),
                  "saliency method: a listed class (classes.each()) has a meaning only inside "
                  "classes.sum(...)");
    return true;
  }
};

template <> struct EntryCheck<Finish> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    constexpr NodeId result = (table.*section)[number].result;
    static_assert(readsOnly(table, result, words::InFinish),
                  "saliency method: a finish reads the map that arrived, the input and the target "
                  "layer, nothing of an op");
    static_assert(classesAreBound(table, result),
                  "saliency method: a listed class (classes.each()) has a meaning only inside "
                  "classes.sum(...)");
    static_assert(attentionIsBound(table, result),
                  "saliency method: an attention layer's values (m.attention()) have a meaning "
                  "only inside rollout(...)");
    static_assert(table.repeats.empty() || runsAreBound(table, result),
                  "saliency method: what belongs to one run (m.map(), run.point(), run.number() "
                  "...) has a meaning only inside run.sum(...), run.mean(...) and the like, and "
                  "these do not nest");
    return true;
  }
};

template <> struct EntryCheck<Collection> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    static_assert(collectionIsSound(table, table.collections[number]),
                  "saliency method: what is collected reads what its op offers, relevance only "
                  "where there is a seed, and in a method that repeats what belongs to one run "
                  "only inside run.sum(...) and the like");
    return true;
  }
};

template <> struct EntryCheck<Repeat> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    static_assert(readsOnly(table, table.repeats[number].point, words::InPoint),
                  "saliency method: the point of a run reads the input, the target layer, this "
                  "run's number, nodes, draws and images, not what the run gives");
    return true;
  }
};

template <> struct EntryCheck<NormMask> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    static_assert(readsOnly(table, table.normMasks[number].result, words::InPoint),
                  "saliency method: the factor of maskNorms(factor) reads what the point of a run "
                  "may read, nothing of an op");
    return true;
  }
};

template <> struct EntryCheck<Meeting> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    constexpr NodeId result = table.meetings[number].result;
    static_assert(table.node(result).space != Space::In ||
                      offersAll(table, Capability::Fork, result),
                  "saliency method: where streams meet the relevance is made of what fork() "
                  "offers, its R and stream.at(fork())");
    return true;
  }
};

template <> struct EntryCheck<Refinement> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    static_assert(readsOnly(table, table.refinements[number].result, words::InFinish),
                  "saliency step: a refinement reads the map so far, m.map2d(), and the activation "
                  "at hand, m.layer(), nothing of an op");
    return true;
  }
};

template <> struct EntryCheck<Demand> {
  template <class M, auto section, unsigned number> static constexpr bool check() {
    constexpr const MethodTable &table = Compiled<M>::table;
    static_assert(readsOnly(table, table.demands[number].condition, words::InDemand),
                  "saliency method: a demand is made of parameters and numbers, by + - *, abs, "
                  "max, min and comparisons");
    return true;
  }
};

/// All entries of one section.
template <class M, class Entry, auto section, unsigned... number>
constexpr bool checkSection(std::integer_sequence<unsigned, number...>) {
  return (EntryCheck<Entry>::template check<M, section, number>() && ...);
}

//===-- The checks of a method as a whole --------------------------------===//

/// What holds of the sections together.
template <class M> constexpr bool checkWhole() {
  constexpr const MethodTable &t = Compiled<M>::table;
  static_assert(!t.name.empty() && !t.title.empty() && !t.source.empty() && !t.help.empty(),
                "saliency method: a method has a name, a title, a source (paper and equation) and "
                "a help text");
  static_assert(namesAreUnique(t), "saliency method: two parameters have the same name");
  static_assert(
      t.reference != kNone || !readsAny(t, words::AtReference),
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
  static_assert(!t.repeats.empty() || !readsAny(t, words::OneRun | words::OverRuns | words::OfRuns),
                "saliency method: the runs of m.runs(count) need a point: m.repeat(run, point)");
  static_assert(readsClassMapsAlone(t),
                "saliency method: a method on class maps, m.classMaps(...), is forward only: no "
                "seed, run, collection or gradient; and "
                "atClasses(a) belongs to such methods");
  static_assert(t.normMasks.empty() || (!t.repeats.empty() && t.repeats[0].fromLayer),
                "saliency method: maskNorms(factor) belongs to runs from the target layer on: "
                "m.repeat(run, point of the layer)");
  return true;
}

/// Every op that networks are made of has a rule.
template <class M> constexpr bool checkCoverage() {
  constexpr const MethodTable &t = Compiled<M>::table;
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
  return true;
}

/// The checks of all entries, section by section.
template <class M> constexpr bool checkEntries() {
  return true
#define SECTION(entry, list, capacity)                                                             \
  &&checkSection<M, entry, &MethodTable::list>(                                                    \
      std::make_integer_sequence<unsigned, unsigned(Compiled<M>::table.list.size())>())
#include "passes/rules/language/Sections.def"
      ;
}

inline constexpr MethodTable kNoTable{};

} // namespace detail

/// The table of method M; M's mistakes are compile-time errors.
template <class M> constexpr const MethodTable &tableOf() {
  if constexpr (detail::Written<M>)
    static_assert(detail::checkWhole<M>() && detail::checkCoverage<M>() &&
                  detail::checkEntries<M>());
  if constexpr (detail::Written<M>)
    return detail::Compiled<M>::table;
  else
    return detail::kNoTable;
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_COMPILE_H

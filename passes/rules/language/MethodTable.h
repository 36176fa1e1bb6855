// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A finished method as every reader sees it: the nodes of its tape and its sections, spans over
// constant arrays that Compile.h made of the draft; and the order in which rows are chosen.
#ifndef SALIENCY_RULES_LANGUAGE_METHODTABLE_H
#define SALIENCY_RULES_LANGUAGE_METHODTABLE_H

#include "passes/rules/language/Entries.h"
#include "passes/rules/language/Words.h"

#include <cstddef>

namespace saliency::rules {

/// A span over constant data. Method files are evaluated at compile time, to which the constrained
/// constructors of std::span would add.
template <class T> struct ConstSpan {
  const T *first = nullptr;
  size_t count = 0;
  constexpr const T *begin() const { return first; }
  constexpr const T *end() const { return first + count; }
  constexpr size_t size() const { return count; }
  constexpr bool empty() const { return count == 0; }
  constexpr const T &operator[](size_t i) const { return first[i]; }
};

struct MethodTable {
  std::string_view name;                // also the flag's suffix: --emit-<name>
  std::string_view title, source, help; // source: paper and equation
  ConstSpan<Node> nodes;
#define SECTION(entry, list, capacity) ConstSpan<entry> list;
#include "passes/rules/language/Sections.def"
  /// The reference input, in the input's space; kNone: there is none.
  NodeId reference = kNone;
  uint8_t invariants = 0; // hold for every row
  /// An op without a row takes the ordinary derivative; else it is unsupported.
  bool elsewhereGradient = false;
  bool conditioned = false; // refuses a call of the compiler without conditions on channels
  bool needsLayer = false;  // the method reads the target layer
  /// Relevance is carried backwards; else the map is made from the target layer alone.
  bool walks = true;
  bool endsAtLayer = false; // ... down to the target layer, else to the input

  constexpr const Node &node(NodeId id) const { return nodes[id]; }
};

#define SECTION(entry, list, capacity) +sizeof(ConstSpan<entry>)
static_assert(sizeof(MethodTable) == 4 * sizeof(std::string_view) + sizeof(ConstSpan<Node>)
#include "passes/rules/language/Sections.def"
                                         + sizeof(uint64_t), // the reference and the six flags
              "a list of the table is a section: it stands in Sections.def");

/// The capability that c refines, or c itself.
constexpr Capability parentOf(Capability c) {
  switch (c) {
  case Capability::Convolution:
  case Capability::Dense:
  case Capability::AveragePool:
    return Capability::LinearMap;
  case Capability::Rectifier:
    return Capability::Activation;
  case Capability::Add:
  case Capability::Concat:
  case Capability::Product:
    return Capability::Merge;
  case Capability::LinearMap:
  case Capability::Activation:
  case Capability::Merge:
  case Capability::Bilinear:
  case Capability::Selection:
  case Capability::Structural:
  case Capability::Fork:
  case Capability::Normalisation:
  case Capability::Softmax:
  case Capability::LayerNorm:
  case Capability::Count:
    return c;
  }
  return c;
}

/// True where a row written for `row` may serve an op whose most specific capability is `op`.
constexpr bool serves(Capability row, Capability op) { return row == op || row == parentOf(op); }

constexpr bool isLinearMap(Capability c) { return parentOf(c) == Capability::LinearMap; }

/// Ops whose input, output and relevance share one shape (a merge's operand is broadcast to it).
constexpr bool isElementwise(Capability c) {
  return parentOf(c) == Capability::Activation || parentOf(c) == Capability::Merge ||
         c == Capability::Normalisation || c == Capability::Softmax || c == Capability::LayerNorm ||
         c == Capability::Fork;
}

std::string_view nameOf(Capability capability);
std::string_view nameOf(NodeKind kind);
std::string_view nameOf(Space space);
std::string_view nameOf(Invariant invariant);
std::string_view nameOf(Conservation conservation);
/// Also the canonizer's flag and its pass's counters.
std::string_view nameOf(CanonizerKind canonizer);
/// What the canonizer does, a sentence without its full stop.
std::string_view describe(CanonizerKind canonizer);

/// Whether all conditions of a row, seed or canonizer hold; `holds` answers for one condition as if
/// it were not negated.
template <class Conditional, class Holds>
constexpr bool applies(const Conditional &entry, Holds &&holds) {
  for (unsigned i = 0; i < entry.conditionCount; ++i)
    if (holds(entry.conditions[i]) == entry.conditions[i].negated)
      return false;
  return true;
}

/// The first entry of a list (seeds, finishes) whose conditions hold; null where there is none.
template <class Entries, class Holds>
constexpr auto *findEntry(const Entries &entries, Holds &&holds) {
  for (const auto &entry : entries)
    if (applies(entry, holds))
      return &entry;
  return static_cast<decltype(entries.begin())>(nullptr);
}

/// A row's class; a row that declares the invariant Conserves and no class is exact.
constexpr Conservation conservationOf(const MethodTable &table, const Row &row) {
  const bool conserves = (row.invariants | table.invariants) & maskOf(Invariant::Conserves);
  return row.conservation != Conservation::None ? row.conservation
         : conserves                            ? Conservation::Exact
                                                : Conservation::None;
}

/// The stream whose rows `stream` takes: its own, or the relevance's.
template <class Table> constexpr unsigned rowsOf(const Table &table, unsigned stream) {
  return stream != 0 && table.streams[stream - 1].twin ? 0 : stream;
}

/// The row for an op whose most specific capability is `op`: the first one, in the order written,
/// that serves it and whose conditions hold; null where there is none.
template <class Table, class Holds>
constexpr const Row *findRow(const Table &table, Capability op, Holds &&holds,
                             unsigned stream = 0) {
  for (const Row &row : table.rows)
    if (row.rule.empty() && row.stream == stream && serves(row.capability, op) &&
        applies(row, holds))
      return &row;
  return nullptr;
}

/// The rule of this name for such an op; null where there is none.
constexpr const Row *findRule(const MethodTable &table, Capability op, std::string_view name) {
  for (const Row &row : table.rows)
    if (!name.empty() && row.rule == name && serves(row.capability, op))
      return &row;
  return nullptr;
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_METHODTABLE_H

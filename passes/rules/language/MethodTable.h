// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A finished method as every reader sees it: spans over constant arrays, and the order in which
// rows are chosen.
#ifndef SALIENCY_RULES_LANGUAGE_METHODTABLE_H
#define SALIENCY_RULES_LANGUAGE_METHODTABLE_H

#include "passes/rules/language/Tape.h"

#include <cstddef>

namespace saliency::rules {

/// A span over constant data. (std::span's constructors cost half of a method file's compile time.)
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
  ConstSpan<Parameter> parameters;
  ConstSpan<Convention> conventions; // "paper" is always there: the defaults
  ConstSpan<Implication> implications;
  ConstSpan<CallTensor> callTensors;
  ConstSpan<Node> nodes;
  ConstSpan<Row> rows;
  ConstSpan<Seed> seeds;
  ConstSpan<Canonizer> canonizers;
  ConstSpan<std::string_view> notes;
  ConstSpan<Finish> finishes; // the map; the last one has no condition
  ConstSpan<Finish>
      finishes2d; // the 2-D map, PerPixel; where none applies: the map's sum over channels
  bool elsewhereGradient =
      false; // an op without a row takes the ordinary derivative; else it is unsupported
  bool needsLayer = false; // the method reads the target layer
  bool walks =
      true; // relevance is carried backwards; else the map is made from the target layer alone
  bool endsAtLayer = false;  // ... down to the target layer, else to the input
  uint8_t invariants = 0;    // hold for every row
  ConstSpan<Stream> streams; // besides the main one
  ConstSpan<Demand> demands; // what the parameters' values must fulfil
  ConstSpan<Meeting> meetings;
  ConstSpan<Collection> collections;
  NodeId reference = kNone; // the reference input, in the input's space; kNone: there is none
  ConstSpan<Recording> recordings; // of a step
  ConstSpan<Refinement> refinements;
  ConstSpan<Repeat> repeats;     // at most one
  ConstSpan<NormMask> normMasks; // of the repetition; the first whose conditions hold
  bool conditioned = false;      // refuses a call of the compiler without conditions on channels

  constexpr const Node &node(NodeId id) const { return nodes[id]; }
};

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
  default:
    return c;
  }
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

/// The number of operands (a, b, c) that a node of this kind has; ForwardOp's second, Vjp's second
/// and third, Divide's third may be kNone.
constexpr unsigned operandCount(NodeKind kind) {
  switch (kind) {
  case NodeKind::Neg:
  case NodeKind::Pos:
  case NodeKind::NegPart:
  case NodeKind::Abs:
  case NodeKind::Sign:
  case NodeKind::NonZero:
  case NodeKind::Square:
  case NodeKind::Sqrt:
  case NodeKind::Exp:
  case NodeKind::Sigmoid:
  case NodeKind::ReduceSum:
  case NodeKind::ReduceMean:
  case NodeKind::ReduceMax:
  case NodeKind::ReduceMin:
  case NodeKind::CountNonZero:
  case NodeKind::Entries:
  case NodeKind::Principal:
  case NodeKind::Resize:
  case NodeKind::WindowMean:
  case NodeKind::WindowMeanVjp:
  case NodeKind::MapChannelMean:
  case NodeKind::OverOperands:
  case NodeKind::Gradient:
  case NodeKind::LayerAt:
  case NodeKind::ForEachClass:
  case NodeKind::Rollout:
  case NodeKind::IdentityMatrix:
  case NodeKind::AtClasses:
  case NodeKind::Blur:
  case NodeKind::ClassToken:
  case NodeKind::Normal:
  case NodeKind::Uniform:
  case NodeKind::GivenImage:
  case NodeKind::RunSum:
  case NodeKind::RunVariance:
    return 1;
  case NodeKind::Add:
  case NodeKind::Sub:
  case NodeKind::Mul:
  case NodeKind::Max:
  case NodeKind::Min:
  case NodeKind::Less:
  case NodeKind::LessEqual:
  case NodeKind::Greater:
  case NodeKind::GreaterEqual:
  case NodeKind::Equal:
  case NodeKind::Choose:
  case NodeKind::Percentile:
  case NodeKind::Forward:
  case NodeKind::Adjoint:
  case NodeKind::Correlate:
  case NodeKind::ForwardOp:
  case NodeKind::AtTokens:
  case NodeKind::Neuron:
  case NodeKind::WindowMask:
  case NodeKind::WindowCount:
  case NodeKind::RunSoftmaxMean:
    return 2;
  case NodeKind::Where:
  case NodeKind::Vjp:
  case NodeKind::GridMask:
  case NodeKind::Divide:
    return 3;
  default:
    return 0;
  }
}

/// Whether a node adds up over the runs of a repetition.
constexpr bool overRuns(NodeKind kind) {
  return kind == NodeKind::RunSum || kind == NodeKind::RunVariance ||
         kind == NodeKind::RunSoftmaxMean;
}
/// Whether a node has a meaning only in a method that repeats.
constexpr bool ofRepetition(NodeKind kind) {
  return kind >= NodeKind::Point && kind <= NodeKind::RunSoftmaxMean;
}
/// Whether a node belongs to one run of a repetition.
constexpr bool ofOneRun(NodeKind kind) {
  return kind >= NodeKind::Point && kind <= NodeKind::ChannelMask;
}

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

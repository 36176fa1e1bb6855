// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a method's draft to its constant table. A method file fills a draft (Method.h), whose lists
// have room for the largest method; here the tape loses the terminals that nothing reads, and each
// list becomes an array of its size. Nothing is checked yet: Compile.h does that.
#ifndef SALIENCY_RULES_LANGUAGE_COMPILED_H
#define SALIENCY_RULES_LANGUAGE_COMPILED_H

#include "passes/rules/language/Method.h"
#include "passes/rules/language/Sections.h"

#include <array>
#include <utility>

namespace saliency::rules {

namespace detail {

/// Drops terminals that nothing reads (an op's context creates all of its terminals) and renumbers.
constexpr void pruneTerminals(Method &m) {
  bool used[TapeBuilder::capacity] = {};
  const auto use = [&](NodeId id) { used[id] = true; };
  forEachRoot(m, m.referenceNode, use);
  for (unsigned i = 0; i < m.tape.count; ++i)
    for (NodeId operand : {m.tape.nodes[i].a, m.tape.nodes[i].b, m.tape.nodes[i].c})
      if (operand != kNone)
        use(operand);
  NodeId renumbered[TapeBuilder::capacity] = {};
  uint16_t kept = 0;
  for (unsigned i = 0; i < m.tape.count; ++i) {
    if (!used[i] && operandCount(m.tape.nodes[i].kind) == 0)
      continue;
    renumbered[i] = kept;
    Node node = m.tape.nodes[i];
    for (NodeId *operand : {&node.a, &node.b, &node.c})
      if (*operand != kNone)
        *operand = renumbered[*operand];
    m.tape.nodes[kept++] = node;
  }
  m.tape.count = kept;
  forEachRoot(m, m.referenceNode, [&](NodeId &id) { id = renumbered[id]; });
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
  for (unsigned i = 0; i < m.tape.count; ++i) {
    const Node &node = m.tape.nodes[i];
    const bool masksLayer =
        node.kind == NodeKind::WindowMask && node.index != uint8_t(Extent::Input);
    if (node.space == Space::Layer || standsIn(node.kind, words::OfLayer) || masksLayer)
      return true;
  }
  return false;
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

/// The constant data of method M: an array for each section, and the table with a span of each.
template <class M> struct Compiled {
  static constexpr const Method &draft = Draft<M>::value;
  static constexpr auto nodes = trim<draft.tape.count>(draft.tape.nodes);
#define SECTION(entry, list, capacity)                                                             \
  static constexpr auto list = trim<draft.list.count>(draft.list.items);
#include "passes/rules/language/Sections.def"
  static constexpr MethodTable makeTable() {
    MethodTable t;
    t.name = M::name;
    t.title = draft.title;
    t.source = draft.source;
    t.help = draft.help;
    t.nodes = {nodes.data(), nodes.size()};
#define SECTION(entry, list, capacity) t.list = {list.data(), list.size()};
#include "passes/rules/language/Sections.def"
    t.reference = draft.referenceNode;
    t.invariants = draft.invariants;
    t.elsewhereGradient = draft.elsewhereGradient;
    t.conditioned = draft.conditioned;
    t.needsLayer = readsLayer(draft);
    t.endsAtLayer = readsMap(draft, Space::Layer);
    t.walks = draft.seeds.count > 0 || readsMap(draft, Space::In) || t.endsAtLayer;
    return t;
  }
  static constexpr MethodTable table = makeTable();
};

} // namespace detail

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_COMPILED_H

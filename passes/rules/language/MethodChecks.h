// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What must hold of a method as a whole: coverage, order of rows, what a row may read. Each check
// is a constexpr predicate over a table. Compile.h asserts them in words when a method is compiled;
// printing/MethodReview.h reports them for tables from elsewhere.
#ifndef SALIENCY_RULES_LANGUAGE_METHODCHECKS_H
#define SALIENCY_RULES_LANGUAGE_METHODCHECKS_H

#include "passes/rules/language/Worlds.h"

namespace saliency::rules {

/// Calls visit(node, id) for each node that `root` reads, itself included, once each. Operands
/// precede their users on a tape.
template <class Visit>
constexpr void forEachRead(const MethodTable &table, NodeId root, Visit &&visit) {
  bool read[256] = {};
  if (root == kNone)
    return;
  read[root] = true;
  for (unsigned id = root + 1; id-- > 0;) {
    if (!read[id])
      continue;
    const Node &node = table.nodes[id];
    for (NodeId operand : {node.a, node.b, node.c})
      if (operand != kNone)
        read[operand] = true;
    visit(node, NodeId(id));
  }
}

/// Whether a method may compile as far as `op` goes. Bilinear, Softmax, Product and other merges
/// may stay without a rule: such an op is then reported as unsupported where a network has one. A
/// fork without a row sums.
constexpr bool isCovered(const MethodTable &table, Capability op) {
  if (!table.walks)
    return true;
  switch (op) {
  case Capability::Convolution:
  case Capability::Dense:
  case Capability::AveragePool:
  case Capability::Activation:
  case Capability::Rectifier:
  case Capability::Selection:
  case Capability::Structural:
  case Capability::Add:
  case Capability::Concat:
  case Capability::Normalisation:
    return table.elsewhereGradient || coverageOf(table, op) == Coverage::Complete;
  case Capability::LinearMap: // the others stand for it, as Add and Concat for Merge
  case Capability::Merge:
  case Capability::Bilinear:
  case Capability::Product:
  case Capability::Fork:
  case Capability::Softmax:
  case Capability::LayerNorm:
  case Capability::Count:
    return true;
  }
  return true;
}

constexpr bool sameCondition(const Condition &a, const Condition &b) {
  return a.kind == b.kind && a.index == b.index && a.value == b.value && a.negated == b.negated;
}
template <class Entry> constexpr bool sameConditions(const Entry &a, const Entry &b) {
  for (unsigned i = 0; i < a.conditionCount; ++i) {
    bool found = false;
    for (unsigned j = 0; j < b.conditionCount; ++j)
      found |= sameCondition(a.conditions[i], b.conditions[j]);
    if (!found)
      return false;
  }
  return a.conditionCount == b.conditionCount;
}

/// An earlier row has the same capability and the same conditions.
constexpr bool isDuplicate(const MethodTable &table, unsigned row) {
  for (unsigned i = 0; i < row; ++i)
    if (table.rows[i].capability == table.rows[row].capability &&
        table.rows[i].stream == table.rows[row].stream &&
        table.rows[i].rule == table.rows[row].rule &&
        sameConditions(table.rows[i], table.rows[row]))
      return true;
  return false;
}

/// Some op, at some place, under some options, takes this row; a composite may give it a named
/// rule.
constexpr bool isReachable(const MethodTable &table, unsigned row) {
  if (!table.rows[row].rule.empty())
    return true;
  for (unsigned c = 0; c < unsigned(Capability::Count); ++c) {
    const auto op = Capability(c);
    if (!serves(table.rows[row].capability, op))
      continue;
    bool taken = false;
    forEachWorldOf(table, op, [&](const World &world) {
      taken |= findRow(table, op, world, table.rows[row].stream) == &table.rows[row];
    });
    if (taken)
      return true;
  }
  return false;
}

/// Under every choice of options some seed applies, and every seed applies under one.
constexpr bool seedsAreComplete(const MethodTable &table) {
  bool all = !table.seeds.empty();
  forEachWorld(table.seeds, table.parameters, false, false, [&](const World &world) {
    bool found = false;
    for (const Seed &seed : table.seeds)
      found |= seed.stream == 0 && applies(seed, world);
    all &= found;
  });
  return all;
}
constexpr bool seedIsReachable(const MethodTable &table, unsigned seed) {
  bool taken = false;
  forEachWorld(table.seeds, table.parameters, false, false, [&](const World &world) {
    unsigned i = 0;
    while (i < table.seeds.size() &&
           (table.seeds[i].stream != table.seeds[seed].stream || !applies(table.seeds[i], world)))
      ++i;
    taken |= i == seed;
  });
  return taken;
}

/// Whether a row or collection for ops of capability `op` may read this node.
constexpr bool offers(Capability op, const Node &node) {
  const bool joins = op == Capability::Concat || op == Capability::Fork;
  const auto inSpaceOfResult = [&] {
    return node.space == (isElementwise(op) ? Space::In : Space::Out) ||
           (op == Capability::Softmax && node.space == Space::Heads);
  };
  switch (wordOf(node.kind).offered) {
  case Offer::Always:
    return true;
  case Offer::Never:
    return false;
  case Offer::Result:
    return inSpaceOfResult();
  case Offer::ResultOfFunction:
    return inSpaceOfResult() && !joins;
  case Offer::Function:
    return !joins;
  case Offer::Weights:
    return isLinearMap(op) && op != Capability::AveragePool;
  case Offer::Norm:
    return op == Capability::LayerNorm || op == Capability::Normalisation;
  case Offer::NormStatistic:
    return (op == Capability::LayerNorm && node.space != Space::PerChannel) ||
           (op == Capability::Normalisation && node.space != Space::PerPixel);
  case Offer::Bilinear:
    return op == Capability::Bilinear;
  case Offer::Selection:
    return op == Capability::Selection;
  case Offer::Dense:
    return op == Capability::Dense;
  case Offer::Concat:
    return op == Capability::Concat;
  case Offer::Operands:
    return parentOf(op) == Capability::Merge || op == Capability::Fork;
  }
  return false;
}

/// Everything that `root` reads may stand in such a place.
constexpr bool readsOnly(const MethodTable &table, NodeId root, Places place) {
  bool good = true;
  forEachRead(table, root, [&](const Node &node, NodeId) {
    good &= standsIn(node.kind, place) || (place == words::InFinish && node.space == Space::Heads &&
                                           standsIn(node.kind, words::HeadsInFinish));
  });
  return good;
}

/// Everything that `root` reads is offered by ops of that capability.
constexpr bool offersAll(const MethodTable &table, Capability op, NodeId root) {
  bool good = true;
  forEachRead(table, root, [&](const Node &node, NodeId) { good &= offers(op, node); });
  return good;
}
/// A row reads only what its capability offers.
constexpr bool readsOnlyOffered(const MethodTable &table, const Row &row) {
  return offersAll(table, row.capability, row.result);
}

/// A collection reads what its op offers; relevance only where the method carries it, and of a
/// repeated run only what adds up.
constexpr bool collectionIsSound(const MethodTable &table, const Collection &collection) {
  bool good = true, open[256] = {};
  forEachRead(table, collection.result, [&](const Node &node, NodeId) {
    good &= offers(collection.capability, node) ||
            (!table.repeats.empty() && standsIn(node.kind, words::OverRuns | words::OfRuns));
    good &= table.walks || node.kind != NodeKind::R;
  });
  for (unsigned id = 0; !table.repeats.empty() && id <= collection.result; ++id) {
    const Node &node = table.nodes[id];
    for (NodeId operand : {node.a, node.b, node.c})
      open[id] |= operand != kNone && open[operand];
    open[id] = !overRuns(node.kind) && (open[id] || standsIn(node.kind, words::Varies));
  }
  return good && !open[collection.result];
}

/// The streams that a row reads are known by the time it is applied.
constexpr bool readsStreamsInOrder(const MethodTable &table, const Row &row) {
  bool good = true;
  forEachRead(table, row.result, [&](const Node &node, NodeId) {
    good &= node.kind != NodeKind::R || row.stream == 0 || table.streams[row.stream - 1].joint ||
            (node.index != 0 && node.index <= row.stream);
  });
  return good;
}

/// A twin takes the relevance's rows, so it has none of its own, and these read no stream by name.
constexpr bool leavesTwinsAlone(const MethodTable &table, const Row &row) {
  bool twins = false;
  for (const Stream &stream : table.streams)
    twins |= stream.twin;
  bool good = row.stream == 0 || !table.streams[row.stream - 1].twin;
  if (twins && row.stream == 0)
    forEachRead(table, row.result, [&](const Node &node, NodeId) {
      good &= node.kind != NodeKind::R || node.index == 0;
    });
  return good;
}

/// An average pool has implied weights: a row written for all linear maps can serve it only through
/// forward(w, x) and adjoint(w, r) with the op's own w.
constexpr bool servesImpliedWeights(const MethodTable &table, const Row &row) {
  bool good = true;
  forEachRead(table, row.result, [&](const Node &node, NodeId) {
    const bool product = node.kind == NodeKind::Forward || node.kind == NodeKind::Adjoint;
    good &=
        node.kind != NodeKind::Correlate && (!product || table.nodes[node.a].kind == NodeKind::W);
    if (!product)
      for (NodeId operand : {node.a, node.b, node.c})
        good &= operand == kNone || table.nodes[operand].kind != NodeKind::W;
  });
  return good;
}
constexpr bool averagePoolIsServed(const MethodTable &table) {
  bool good = true;
  forEachWorldOf(table, Capability::AveragePool, [&](const World &world) {
    for (unsigned stream = 0; stream <= table.streams.size(); ++stream) {
      const Row *row = findRow(table, Capability::AveragePool, world, stream);
      good &=
          !row || row->capability == Capability::AveragePool || servesImpliedWeights(table, *row);
    }
  });
  return good;
}

constexpr bool readsKind(const MethodTable &table, NodeKind kind) {
  for (const Node &node : table.nodes)
    if (node.kind == kind)
      return true;
  return false;
}
constexpr bool readsAttention(const MethodTable &table) {
  for (const Node &node : table.nodes)
    if (node.space == Space::Heads)
      return true;
  return false;
}
/// Some node has one of these properties.
constexpr bool readsAny(const MethodTable &table, Places places) {
  for (const Node &node : table.nodes)
    if (standsIn(node.kind, places))
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

/// In a method that repeats, what belongs to one run is read only inside a sum (mean, variance ...)
/// over the runs, once.
constexpr bool runsAreBound(const MethodTable &table, NodeId root) {
  bool open[256] = {}, summed[256] = {}, good = true;
  if (root == kNone)
    return true;
  for (unsigned id = 0; id <= root; ++id) {
    const Node &node = table.nodes[id];
    for (NodeId operand : {node.a, node.b, node.c})
      if (operand != kNone) {
        open[id] |= open[operand];
        summed[id] |= summed[operand];
      }
    open[id] |= standsIn(node.kind, words::OneRun | words::Varies);
    if (overRuns(node.kind)) {
      good &= !summed[id];
      open[id] = false;
      summed[id] = true;
    }
  }
  return good && !open[root];
}

/// What `opens` holds of is read by `root` only inside a node of kind `binder`.
template <class Opens>
constexpr bool isBoundBy(const MethodTable &table, NodeId root, NodeKind binder, Opens &&opens) {
  bool open[256] = {};
  if (root == kNone)
    return true;
  for (unsigned id = 0; id <= root; ++id) {
    const Node &node = table.nodes[id];
    for (NodeId operand : {node.a, node.b, node.c})
      open[id] |= operand != kNone && open[operand];
    open[id] = node.kind != binder && (open[id] || opens(node));
  }
  return !open[root];
}

/// A class of a per-call tensor is named only inside a sum over that tensor.
constexpr bool classesAreBound(const MethodTable &table, NodeId root) {
  return isBoundBy(table, root, NodeKind::ForEachClass,
                   [](const Node &node) { return node.kind == NodeKind::HostileClass; });
}

/// An attention layer's values are read only inside a rollout over these layers.
constexpr bool attentionIsBound(const MethodTable &table, NodeId root) {
  return isBoundBy(table, root, NodeKind::Rollout,
                   [](const Node &node) { return node.space == Space::Heads; });
}

constexpr bool namesAreUnique(const MethodTable &table) {
  for (unsigned i = 0; i < table.parameters.size(); ++i)
    for (unsigned j = 0; j < i; ++j) {
      const Parameter &a = table.parameters[i], &b = table.parameters[j];
      if (a.name == b.name || a.name == b.alias ||
          (!a.alias.empty() && (a.alias == b.name || a.alias == b.alias)))
        return false;
    }
  return true;
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_METHODCHECKS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What must hold of a method as a whole: coverage, order of rows, what a row may read. Each check
// is a constexpr predicate over a table; Compile.h asserts them in words, the reader `check`
// reports them.
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
  default:
    return true;
  }
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

/// Whether an op of capability `op` has this terminal or product.
constexpr bool offers(Capability op, const Node &node) {
  const Space result = isElementwise(op) ? Space::In : Space::Out;
  const bool weights = isLinearMap(op) && op != Capability::AveragePool;
  switch (node.kind) {
  case NodeKind::R:
    return node.space == result || (op == Capability::Softmax && node.space == Space::Heads);
  case NodeKind::X0:
  case NodeKind::Rise:
  case NodeKind::Fall:
    return op != Capability::Concat && op != Capability::Fork;
  case NodeKind::Y0:
  case NodeKind::Y:
    return (node.space == result || (op == Capability::Softmax && node.space == Space::Heads)) &&
           op != Capability::Concat && op != Capability::Fork;
  case NodeKind::W:
  case NodeKind::B:
  case NodeKind::BiasIsFolded:
  case NodeKind::IsBottleneck:
  case NodeKind::LayerData:
  case NodeKind::Forward:
  case NodeKind::Adjoint:
  case NodeKind::Correlate:
    return weights;
  case NodeKind::Gamma:
  case NodeKind::Beta:
  case NodeKind::Mean:
  case NodeKind::Variance:
  case NodeKind::BatchEpsilon:
    return op == Capability::LayerNorm
               ? node.space != Space::PerChannel || node.kind == NodeKind::Gamma ||
                     node.kind == NodeKind::Beta
               : op == Capability::Normalisation && node.space != Space::PerPixel;
  case NodeKind::Other:
    return op == Capability::Bilinear;
  case NodeKind::UsedElsewhere:
    return op == Capability::Concat;
  case NodeKind::ForwardOp:
  case NodeKind::Vjp:
    return op != Capability::Concat && op != Capability::Fork;
  case NodeKind::Interior:
    return weights;
  case NodeKind::MapChannelMean:
    return op == Capability::Dense;
  case NodeKind::WindowMean:
  case NodeKind::WindowMeanVjp:
    return op == Capability::Selection;
  case NodeKind::OverOperands:
    return parentOf(op) == Capability::Merge || op == Capability::Fork;
  case NodeKind::Layer:
  case NodeKind::ImageX:
  case NodeKind::Logits:
  case NodeKind::Target:
  case NodeKind::HostileClass:
  case NodeKind::ClassCount:
  case NodeKind::Gradient:
  case NodeKind::LayerAt:
  case NodeKind::ForEachClass:
  case NodeKind::Rollout:
  case NodeKind::IdentityMatrix:
  case NodeKind::Map:
  case NodeKind::ImageX0:
  case NodeKind::Collected:
  case NodeKind::Principal:
  case NodeKind::Resize:
    return false;
  default:
    return !ofRepetition(node.kind);
  }
}

/// A row reads only what its capability offers.
constexpr bool readsOnlyOffered(const MethodTable &table, const Row &row) {
  bool good = true;
  forEachRead(table, row.result,
              [&](const Node &node, NodeId) { good &= offers(row.capability, node); });
  return good;
}

/// A collection reads what its op offers; relevance only where the method carries it, and of a
/// repeated run only what adds up.
constexpr bool collectionIsSound(const MethodTable &table, const Collection &collection) {
  bool good = true, open[256] = {};
  forEachRead(table, collection.result, [&](const Node &node, NodeId) {
    good &= offers(collection.capability, node) ||
            (!table.repeats.empty() && (overRuns(node.kind) || node.kind == NodeKind::RunCount));
    good &= table.walks || node.kind != NodeKind::R;
  });
  for (unsigned id = 0; !table.repeats.empty() && id <= collection.result; ++id) {
    const Node &node = table.nodes[id];
    for (NodeId operand : {node.a, node.b, node.c})
      open[id] |= operand != kNone && open[operand];
    const bool ofRun = node.kind == NodeKind::X || node.kind == NodeKind::Y ||
                       node.kind == NodeKind::R || node.kind == NodeKind::Other;
    open[id] = !overRuns(node.kind) && (open[id] || ofRun);
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

/// A seed reads the layer, logits and classes only; a finish also the map and the input.
constexpr bool readsOnlySeedTerminals(const MethodTable &table, NodeId root) {
  bool good = true;
  forEachRead(table, root, [&](const Node &node, NodeId) {
    const bool terminal = operandCount(node.kind) == 0;
    good &= !terminal || node.kind == NodeKind::Layer || node.kind == NodeKind::Logits ||
            node.kind == NodeKind::Target || node.kind == NodeKind::HostileClass ||
            node.kind == NodeKind::ClassCount || node.kind == NodeKind::Ones ||
            node.kind == NodeKind::Parameter || node.kind == NodeKind::Constant;
    good &= !ofRepetition(node.kind);
  });
  return good;
}
constexpr bool readsOnlyFinishTerminals(const MethodTable &table, NodeId root) {
  bool good = true;
  forEachRead(table, root, [&](const Node &node, NodeId) {
    const bool terminal = operandCount(node.kind) == 0;
    good &= !terminal || node.space == Space::Heads || node.kind == NodeKind::Map ||
            node.kind == NodeKind::Collected || node.kind == NodeKind::ImageX0 ||
            node.kind == NodeKind::ImageX || node.kind == NodeKind::Layer ||
            node.kind == NodeKind::Logits || node.kind == NodeKind::Target ||
            node.kind == NodeKind::HostileClass || node.kind == NodeKind::ClassCount ||
            node.kind == NodeKind::Ones || node.kind == NodeKind::Parameter ||
            node.kind == NodeKind::Constant || ofRepetition(node.kind);
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
constexpr bool readsReference(const MethodTable &table) {
  return readsKind(table, NodeKind::X0) || readsKind(table, NodeKind::Y0) ||
         readsKind(table, NodeKind::Rise) || readsKind(table, NodeKind::Fall);
}

/// The point of a run reads what is known before the run.
constexpr bool readsOnlyPointTerminals(const MethodTable &table, NodeId root) {
  bool good = readsOnlyFinishTerminals(table, root);
  forEachRead(table, root, [&](const Node &node, NodeId) {
    good &= node.kind != NodeKind::Map && node.kind != NodeKind::Point &&
            node.kind != NodeKind::PointLogits && node.kind != NodeKind::PointLayer &&
            !overRuns(node.kind);
  });
  return good;
}

/// Some node belongs to the runs of a repetition.
constexpr bool readsRuns(const MethodTable &table) {
  for (const Node &node : table.nodes)
    if (ofOneRun(node.kind) || overRuns(node.kind) || node.kind == NodeKind::RunCount)
      return true;
  return false;
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
    open[id] |= ofOneRun(node.kind) || node.kind == NodeKind::Map || node.kind == NodeKind::ImageX0;
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

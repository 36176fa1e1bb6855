// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/reference/EvaluateMethod.h"

#include "passes/rules/language/MethodChecks.h"
#include "passes/rules/reference/DenseArithmetic.h"
#include "passes/rules/reference/DenseMaps.h"
#include "passes/rules/reference/NodeEvaluator.h"

#include <algorithm>
#include <set>

using namespace saliency::rules;

/// Answers for one condition at a layer.
static auto holdsAt(const Settings &settings, const DenseLayer &layer, unsigned stream) {
  return [&settings, &layer, stream](const Condition &condition) {
    switch (condition.kind) {
    case ConditionKind::FirstLayer:
      return layer.firstLayer;
    case ConditionKind::LastLinear:
      return layer.lastLinear;
    case ConditionKind::Depthwise:
      return layer.depthwise;
    case ConditionKind::SamePadding:
      return layer.samePadding;
    case ConditionKind::Strided:
      return layer.strided;
    case ConditionKind::HasBias:
      return std::any_of(layer.bias.data.begin(), layer.bias.data.end(),
                         [](double b) { return b != 0; });
    case ConditionKind::InStream:
      return unsigned(condition.value) == stream;
    case ConditionKind::Attention:
    case ConditionKind::Enlarges:
    case ConditionKind::BeforeStep:
      return false;
    case ConditionKind::FlattenedMap:
      return layer.flattenedChannels > 0;
    case ConditionKind::ByConstant:
      return layer.byConstant;
    case ConditionKind::Follows:
      return layer.follows == Capability(condition.value);
    case ConditionKind::KernelIs:
      return layer.capability == Capability::Convolution && layer.kernelExtent == condition.value;
    case ConditionKind::OptionIs:
      return settings.chooses(condition);
    }
    return false;
  };
}

const Row *saliency::rules::rowFor(const MethodTable &table, const Settings &settings,
                                   const DenseLayer &layer, unsigned stream) {
  return findRow(table, layer.capability, holdsAt(settings, layer, stream), rowsOf(table, stream));
}

DenseTensor saliency::rules::evaluateCollection(const MethodTable &table, const Settings &settings,
                                                const Collection &collection,
                                                const DenseLayer &layer, unsigned positions) {
  if (!serves(collection.capability, layer.capability) ||
      !applies(collection, holdsAt(settings, layer, 0)))
    return DenseTensor(1, positions);
  NodeEvaluator evaluate{.table = table, .settings = settings, .layer = &layer};
  return resized(evaluate(collection.result), positions, collection.mode);
}

DenseTensor saliency::rules::evaluateRow(const MethodTable &table, const Settings &settings,
                                         const Row &row, const DenseLayer &layer,
                                         unsigned operand) {
  NodeEvaluator evaluate{.table = table, .settings = settings, .layer = &layer, .operand = operand};
  const DenseTensor &like = layer.operands[std::min<size_t>(operand, layer.operands.size() - 1)];
  return evaluate(row.result).broadcastTo(like.channels, like.positions);
}

DenseTensor saliency::rules::evaluateMeeting(const MethodTable &table, const Settings &settings,
                                             const Meeting &meeting, const DenseLayer &value) {
  NodeEvaluator evaluate{.table = table, .settings = settings, .layer = &value};
  return evaluate(meeting.result);
}

const Seed *saliency::rules::seedFor(const MethodTable &table, const Settings &settings,
                                     unsigned stream) {
  for (const Seed &seed : table.seeds)
    if (seed.stream == stream &&
        applies(seed, [&](const Condition &condition) { return settings.chooses(condition); }))
      return &seed;
  return nullptr;
}

DenseTensor saliency::rules::evaluateSeed(const MethodTable &table, const Settings &settings,
                                          const Seed &seed, const DenseHead &head) {
  NodeEvaluator evaluate{.table = table, .settings = settings, .head = &head};
  const DenseTensor &like = seed.atLayer ? head.layer : head.logits;
  return evaluate(seed.result).broadcastTo(like.channels, like.positions);
}

static const Finish *finishFor(ConstSpan<Finish> finishes, const Settings &settings) {
  return findEntry(finishes, [&](const Condition &condition) {
    return condition.kind == ConditionKind::OptionIs && settings.chooses(condition);
  });
}

DenseTensor saliency::rules::evaluateFinish(const MethodTable &table, const Settings &settings,
                                            std::span<const DenseTensor> maps,
                                            const DenseTensor &input, const DenseHead *head) {
  NodeEvaluator evaluate{
      .table = table, .settings = settings, .head = head, .maps = maps, .input = &input};
  return evaluate(finishFor(table.finishes, settings)->result);
}

DenseTensor saliency::rules::evaluateFinish2d(const MethodTable &table, const Settings &settings,
                                              std::span<const DenseTensor> maps,
                                              const DenseTensor &input, const DenseHead *head) {
  const Finish *finish = finishFor(table.finishes2d, settings);
  if (!finish)
    return reduce(NodeKind::ReduceSum, Space::PerPixel,
                  evaluateFinish(table, settings, maps, input, head));
  NodeEvaluator evaluate{
      .table = table, .settings = settings, .head = head, .maps = maps, .input = &input};
  return evaluate(finish->result);
}

DenseTensor saliency::rules::evaluateCollection(const MethodTable &table, const Settings &settings,
                                                const Collection &collection,
                                                std::span<const DenseLayer> runs) {
  std::map<NodeId, std::vector<DenseTensor>> operands;
  for (const DenseLayer &layer : runs) {
    NodeEvaluator evaluate{.table = table, .settings = settings, .layer = &layer};
    forEachRead(table, collection.result, [&](const Node &node, NodeId id) {
      if (overRuns(node.kind))
        operands[id].push_back(evaluate(node.a));
    });
  }
  std::map<NodeId, DenseTensor> sums;
  for (const auto &[id, values] : operands)
    sums[id] = combineRuns(table.node(id).kind, values, values);
  const RunState state{.count = unsigned(runs.size()), .sums = &sums};
  NodeEvaluator evaluate{.table = table, .settings = settings, .layer = &runs[0], .run = &state};
  return evaluate(collection.result);
}

std::optional<DenseTensor> saliency::rules::evaluateNormMask(const MethodTable &table,
                                                             const Settings &settings,
                                                             const DenseHead &head, unsigned run) {
  const NormMask *mask = findEntry(
      table.normMasks, [&](const Condition &condition) { return settings.chooses(condition); });
  if (!mask)
    return std::nullopt;
  const RunState state{.number = run};
  NodeEvaluator evaluate{.table = table, .settings = settings, .head = &head, .run = &state};
  return evaluate(mask->result).broadcastTo(1, head.layer.positions);
}

DenseTensor
saliency::rules::evaluateRepeated(const MethodTable &table, const Settings &settings,
                                  const DenseTensor &input, const DenseHead &head,
                                  const std::function<DenseRun(const DenseTensor &point)> &run,
                                  std::span<const DenseTensor> given, bool map2d) {
  const Repeat &repeat = table.repeats[0];
  RunState state{.given = given};
  NodeEvaluator number{
      .table = table, .settings = settings, .head = &head, .input = &input, .run = &state};
  state.count = repeat.given == 0xff || given.empty() ? unsigned(number(repeat.count).data[0])
                                                      : unsigned(given.size());
  const NodeId map = finishFor(map2d ? table.finishes2d : table.finishes, settings)->result;
  std::set<NodeId> combined; // those that the map reads: others may be of an op
  forEachRead(table, map, [&](const Node &node, NodeId id) {
    if (overRuns(node.kind))
      combined.insert(id);
  });
  std::map<NodeId, std::vector<DenseTensor>> operands;
  for (state.number = 0; state.number < state.count; ++state.number) {
    NodeEvaluator before{
        .table = table, .settings = settings, .head = &head, .input = &input, .run = &state};
    const DenseTensor &like = repeat.fromLayer ? head.layer : input;
    const DenseTensor point = before(repeat.point).broadcastTo(like.channels, like.positions);
    const DenseRun result = run(point);
    state.point = &point, state.result = &result;
    NodeEvaluator term{.table = table,
                       .settings = settings,
                       .head = &head,
                       .maps = result.maps,
                       .input = &input,
                       .run = &state};
    for (NodeId id : combined)
      for (NodeId operand : {table.node(id).a, table.node(id).b})
        if (operand != kNone && !operands.contains(operand))
          operands[operand] = {};
    for (auto &[operand, values] : operands)
      values.push_back(term(operand));
  }
  std::map<NodeId, DenseTensor> sums;
  for (NodeId id : combined) {
    const Node &node = table.node(id);
    sums[id] = combineRuns(node.kind, operands[node.a],
                           node.b == kNone ? operands[node.a] : operands[node.b]);
  }
  state.sums = &sums;
  NodeEvaluator finish{
      .table = table, .settings = settings, .head = &head, .input = &input, .run = &state};
  return finish(map);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/Request.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/binding/LayerFacts.h"
#include "passes/attribution/binding/Naming.h"
#include "passes/attribution/binding/StartAndEnd.h"
#include "passes/attribution/walk/RulesOnTheWay.h"
#include "passes/rules/language/MethodChecks.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>
#include <cstdio>

using namespace mlir;
using namespace saliency;

/// Conditions: known values, channels in range, none twice, and a method that carries relevance
/// back.
static LogicalResult checkConditions(func::FuncOp original, const Network &network,
                                     const BoundMethod &method, const AttributionOptions &options) {
  StringRef name(method.getTable().name);
  if (method.getTable().conditioned && options.conditions.empty())
    return original.emitError("method '")
           << name << "' needs conditions, --condition=VALUE:CHANNEL,..., found none";
  if (!method.getTable().walks && !options.conditions.empty())
    return original.emitError("a condition is for methods that carry relevance back, found '")
           << name << "'";
  llvm::StringSet<> seen;
  for (const ChannelCondition &condition : options.conditions) {
    Value value = network.findValue(condition.value);
    if (!value)
      return original.emitError(
                 "a condition is on the name of a value between input and output, found '")
             << condition.value << "'";
    if (!seen.insert(condition.value).second)
      return original.emitError("a value has one condition, found two for '")
             << condition.value << "'";
    int64_t channels = shapeOf(value)[channelAxis(value)];
    llvm::DenseSet<int64_t> listed;
    for (int64_t channel : condition.channels)
      if (channel < 0 || channel >= channels)
        return original.emitError("a condition on '")
               << condition.value << "' lists channels from 0 to " << channels - 1 << ", found "
               << channel;
      else if (!listed.insert(channel).second)
        return original.emitError("a condition on '")
               << condition.value << "' lists each channel once, found " << channel << " again";
  }
  return success();
}

/// Parameters with one entry per channel of the input: each that is given, and the defaults of
/// those that are read.
static LogicalResult checkChannels(func::FuncOp original, const Network &network,
                                   const BoundMethod &method, ArrayRef<PassedLayer> way) {
  const rules::MethodTable &table = method.getTable();
  size_t channels = shapeOf(network.getInput())[1];
  auto check = [&](const BoundMethod &bound, unsigned index, bool isRead) -> LogicalResult {
    const rules::Parameter &parameter = table.parameters[index];
    ArrayRef<double> found = bound.getChannels(index);
    bool isDefault = found == ArrayRef(parameter.channels, parameter.channelCount);
    if (parameter.kind != rules::ParameterKind::PerChannel || found.size() == 1 ||
        found.size() == channels || (isDefault && !isRead))
      return success();
    return original.emitError("parameter '")
           << StringRef(parameter.name) << "' is one number or one per channel of the input ("
           << channels << "), found " << found.size()
           << (isDefault ? ", the default for photographs, which does not fit here" : "");
  };
  auto checkRead = [&](const BoundMethod &bound, rules::NodeId root) -> LogicalResult {
    llvm::SmallBitVector read(table.parameters.size());
    rules::forEachRead(table, root, [&](const rules::Node &node, rules::NodeId) {
      if (node.kind == rules::NodeKind::Parameter)
        read.set(node.index);
    });
    return success(llvm::all_of(read.set_bits(), [&](unsigned index) {
      return succeeded(check(bound, index, /*isRead=*/true));
    }));
  };
  SmallVector<const BoundMethod *> all = {&method};
  for (unsigned entry = 0; method.getComposite() && entry != method.getComposite()->entries.size();
       ++entry)
    all.push_back(&method.forEntry(entry));
  for (const BoundMethod *bound : all)
    for (unsigned index = 0; index != table.parameters.size(); ++index)
      if (failed(check(*bound, index, /*isRead=*/false)))
        return failure();
  SmallVector<rules::NodeId> roots = {table.reference};
  for (const rules::Repeat &repeat : table.repeats)
    roots.push_back(repeat.point);
  for (const rules::Finish &finish : table.finishes)
    roots.push_back(finish.result);
  for (rules::NodeId root : roots)
    if (failed(checkRead(method, root)))
      return failure();
  return success(llvm::all_of(way, [&](const PassedLayer &passed) {
    return !passed.rule.row || succeeded(checkRead(*passed.rule.bound, passed.rule.row->result));
  }));
}

/// The layers that relevance passes in `copy`; none where the method finds no target layer, which
/// attribution reports.
static SmallVector<PassedLayer> findWay(func::FuncOp copy, const Network &network,
                                        const BoundMethod &method) {
  ScopedDiagnosticHandler quiet(copy.getContext(), [](Diagnostic &) { return success(); });
  FailureOr<Value> layer = targetLayerOf(copy, network, method);
  return failed(layer) ? SmallVector<PassedLayer>() : rulesOnTheWay(network, method, *layer);
}

LogicalResult saliency::checkRequest(func::FuncOp original, const BoundMethod &method,
                                     const AttributionOptions &options) {
  OwningOpRef<func::FuncOp> copy = original.clone();
  FailureOr<Network> network = Network::ofCopy(*copy);
  if (failed(network))
    return success(); // reported by attribute()
  int64_t classes = shapeOf(network->getLogits())[1];
  if (options.target && (*options.target < 0 || *options.target >= classes))
    return original.emitError("a target is a class number from 0 to ")
           << classes - 1 << ", found " << *options.target;
  for (auto [index, parameter] : llvm::enumerate(method.getTable().parameters)) {
    if (parameter.kind != rules::ParameterKind::ValueName &&
        parameter.kind != rules::ParameterKind::ValueNames)
      continue;
    for (StringRef name : namesOf(method.getValueName(index))) {
      Value layer = network->findValue(name);
      if (!layer)
        return original.emitError(
                   "a target layer is the name of a value between input and output, found '")
               << name << "'";
      if (shapeOf(layer).size() < 3 && !parameter.anyRank)
        return original.emitError("a target layer has spatial axes, found '")
               << name << "' of " << shapeText(shapeOf(layer));
    }
  }
  if (options.dumpRelevance && !method.getTable().repeats.empty())
    return original.emitError("the relevance of layers belongs to one run of a method, found '")
           << StringRef(method.getTable().name) << "', which adds up several";
  if (options.report && (!method.getTable().walks || !method.getTable().repeats.empty()))
    return original.emitError("a report follows relevance from its seed back to the map; found '")
           << StringRef(method.getTable().name) << "', which "
           << (method.getTable().walks ? "adds up several such ways" : "carries no relevance back");
  if (failed(checkConditions(original, *network, method, options)))
    return failure();
  return checkChannels(original, *network, method, findWay(*copy, *network, method));
}

static std::string shortNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// A unit's entries times its weights add up to 1, as far as float32 tells, or are all 0. Units are
/// the weights' first axis.
static LogicalResult checkDual(const BoundMethod &method, unsigned parameter, Operation *layer,
                               const LayerData::Array &array) {
  ElementsAttr attribute;
  if (!matchPattern(cast<LinearMapOpInterface>(layer).getLinearWeight(), m_Constant(&attribute)))
    return success();
  FloatElements weights(attribute);
  size_t units = array.shape.front(), entries = array.values.size() / units;
  for (size_t unit = 0; unit != units; ++unit) {
    double product = 0, magnitude = 0;
    for (size_t i = unit * entries; i != (unit + 1) * entries; ++i) {
      double term =
          double(array.values[i]) * (weights.isSplat() ? *weights.begin() : weights.begin()[i]);
      product += term;
      magnitude += std::abs(term);
    }
    bool silent = llvm::all_of(ArrayRef(array.values).slice(unit * entries, entries),
                               [](float value) { return value == 0; });
    if (!silent && !(std::abs(product - 1) <= 1e-3 * std::max(magnitude, 1.0)))
      return layer->emitError("parameter '")
             << StringRef(method.getTable().parameters[parameter].name)
             << "' needs, for each unit, entries whose product with the unit's weights is 1, found "
             << shortNumber(product) << " at unit " << unit << " in array '"
             << valueName(layer->getResult(0)) << "' of "
             << method.getLayerData(parameter).getPath() << "; was it made for these weights?";
  }
  return success();
}

LogicalResult saliency::checkLayerData(func::FuncOp original, const BoundMethod &method) {
  if (!method.readsLayerData())
    return success();
  OwningOpRef<func::FuncOp> copy = original.clone();
  FailureOr<Network> network = Network::ofCopy(*copy);
  if (failed(network))
    return success(); // reported by attribute()
  for (const PassedLayer &passed : findWay(*copy, *network, method)) {
    Operation *layer = passed.layer;
    if (!passed.rule.row || !isWeighted(layer))
      continue;
    const BoundMethod &bound = *passed.rule.bound;
    LogicalResult good = success();
    rules::forEachRead(
        bound.getTable(), passed.rule.row->result, [&](const rules::Node &node, rules::NodeId) {
          if (failed(good) || node.kind != rules::NodeKind::LayerData)
            return;
          FailureOr<const LayerData::Array *> array = findLayerData(bound, node.index, layer);
          if (failed(array) || (bound.getTable().parameters[node.index].isDual &&
                                failed(checkDual(bound, node.index, layer, **array))))
            good = failure();
        });
    if (failed(good))
      return failure();
  }
  return success();
}

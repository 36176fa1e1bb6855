// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a user asks of a method on a network, checked before any code is made.
#include "passes/attribution/ExplainNetwork.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/reports/Conservation.h"
#include "passes/attribution/walk/Collect.h"
#include "passes/attribution/walk/ReverseWalk.h"
#include "passes/rules/language/MethodChecks.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/StringSet.h"

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
                                   const BoundMethod &method) {
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
  for (Operation &op : *network.getLogits().getParentBlock()) {
    auto layer = dyn_cast<LayerOpInterface>(op);
    if (!table.walks || !layer || !network.carriesRelevance(op.getResult(0)))
      continue;
    LayerRule rule = findRuleFor(layer, method, network);
    if (rule.row && failed(checkRead(*rule.bound, rule.row->result)))
      return failure();
  }
  return success();
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
  return checkChannels(original, *network, method);
}

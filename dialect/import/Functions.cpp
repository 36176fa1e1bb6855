// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Functions.h"

#include "dialect/import/Graph.h"
#include "dialect/import/Operators.h"
#include "dialect/import/UnknownFields.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace saliency {

namespace {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
using Names = llvm::StringMap<std::string>;

/// Most nodes of a network behind inlining: a hostile file doubles them with every function.
constexpr size_t kMostNodes = 1 << 20;

class Inliner {
public:
  Inliner(onnx::ModelProto &model, int64_t opset, Reporter &reporter)
      : model(model), opset(opset), reporter(reporter) {}

  LogicalResult run(ArrayRef<std::string> outputs);

private:
  LogicalResult readFunctions();
  const onnx::FunctionProto *calledBy(const onnx::NodeProto &node) const;

  /// Replaces the calls among `nodes`; of those at `isPart` alone, where it is not empty.
  LogicalResult expand(Nodes &nodes, ArrayRef<bool> isPart = {});
  LogicalResult expandCall(const onnx::FunctionProto &function, const onnx::NodeProto &call,
                           size_t index, Nodes &to);
  /// The body with the call's names and attributes.
  FailureOr<Nodes> instantiate(const onnx::FunctionProto &function, const onnx::NodeProto &call,
                               size_t index);
  LogicalResult checkOpset(const onnx::FunctionProto &function, const onnx::NodeProto &call,
                           size_t index);
  std::string uniqueName(const std::string &name);
  void rename(onnx::NodeProto &node, const std::string &prefix, Names &names);
  void rename(onnx::GraphProto &graph, const std::string &prefix, Names &names);
  std::string renamed(const std::string &name, const std::string &prefix, Names &names);
  InFlightDiagnostic badCall(const onnx::NodeProto &call, size_t index) {
    return reporter.error(ImportStatus::BadInput, call, index);
  }

  onnx::ModelProto &model;
  int64_t opset;
  Reporter &reporter;
  llvm::StringMap<const onnx::FunctionProto *> functions;
  llvm::StringSet<> taken; ///< names of all values
  SmallVector<const onnx::FunctionProto *> active;
  size_t count = 0; ///< nodes so far
};

} // namespace

/// One text for a function's domain, name and overload.
static std::string keyOf(StringRef domain, StringRef name, StringRef overload) {
  if (domain == "ai.onnx")
    domain = "";
  return (domain + "\n" + name + "\n" + overload).str();
}

LogicalResult Inliner::readFunctions() {
  for (const onnx::FunctionProto &function : model.functions()) {
    std::string key = keyOf(function.domain(), function.name(), overloadOf(function));
    if (!functions.try_emplace(key, &function).second)
      return reporter.badInput() << "a function is defined once, found two called '"
                                 << printable(function.name()) << "'";
  }
  return success();
}

const onnx::FunctionProto *Inliner::calledBy(const onnx::NodeProto &node) const {
  return functions.lookup(keyOf(node.domain(), node.op_type(), overloadOf(node)));
}

static void collectNames(const onnx::GraphProto &graph, llvm::StringSet<> &names) {
  for (const onnx::TensorProto &tensor : graph.initializer())
    names.insert(tensor.name());
  for (const onnx::ValueInfoProto &input : graph.input())
    names.insert(input.name());
  for (const onnx::NodeProto &node : graph.node()) {
    names.insert(node.output().begin(), node.output().end());
    for (const onnx::AttributeProto &attribute : node.attribute())
      if (attribute.has_g())
        collectNames(attribute.g(), names);
  }
}

LogicalResult Inliner::run(ArrayRef<std::string> outputs) {
  if (model.functions_size() == 0)
    return success();
  if (failed(readFunctions()))
    return failure();
  collectNames(model.graph(), taken);
  SmallVector<bool> isPart(findParts(model.graph(), outputs));
  return expand(*model.mutable_graph()->mutable_node(), isPart);
}

LogicalResult Inliner::expand(Nodes &nodes, ArrayRef<bool> isPart) {
  Nodes expanded;
  for (auto [index, node] : llvm::enumerate(nodes)) {
    const onnx::FunctionProto *function = calledBy(node);
    if (function && (isPart.empty() || isPart[index])) {
      if (failed(expandCall(*function, node, index, expanded)))
        return failure();
      continue;
    }
    if (++count > kMostNodes)
      return reporter.unsupported() << "a network has at most " << kMostNodes
                                    << " nodes once its functions are inlined, found more";
    for (onnx::AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g() && failed(expand(*attribute.mutable_g()->mutable_node())))
        return failure();
    expanded.Add()->Swap(&node);
  }
  nodes.Swap(&expanded);
  return success();
}

LogicalResult Inliner::expandCall(const onnx::FunctionProto &function, const onnx::NodeProto &call,
                                  size_t index, Nodes &to) {
  if (llvm::is_contained(active, &function))
    return badCall(call, index) << "a function does not call itself, found '"
                                << printable(function.name()) << "' doing so";
  if (failed(checkOpset(function, call, index)))
    return failure();
  FailureOr<Nodes> body = instantiate(function, call, index);
  if (failed(body))
    return failure();
  active.push_back(&function);
  LogicalResult result = expand(*body);
  active.pop_back();
  for (onnx::NodeProto &node : *body)
    to.Add()->Swap(&node);
  return result;
}

/// A body may be written for another version of the operators than the model; nothing is lost where
/// none of its operators changed between the two.
LogicalResult Inliner::checkOpset(const onnx::FunctionProto &function, const onnx::NodeProto &call,
                                  size_t index) {
  int64_t own = opset;
  for (const onnx::OperatorSetIdProto &entry : function.opset_import())
    if (entry.domain().empty() || entry.domain() == "ai.onnx")
      own = entry.version();
  for (const onnx::NodeProto &node : function.node()) {
    const Operator *op = calledBy(node) ? nullptr : findOperator(node.op_type());
    if (op && op->versionFor(own) != op->versionFor(opset))
      return reporter.error(ImportStatus::Unsupported, call, index)
             << "a function's operators are of the model's opset, found " << op->name
             << " of opset " << own << " in function '" << printable(function.name()) << "'";
  }
  return success();
}

std::string Inliner::uniqueName(const std::string &name) {
  std::string unique = name;
  for (int number = 1; !taken.insert(unique).second; ++number)
    unique = name + "_" + std::to_string(number);
  return unique;
}

std::string Inliner::renamed(const std::string &name, const std::string &prefix, Names &names) {
  if (name.empty())
    return name;
  auto [known, isNew] = names.try_emplace(name);
  if (isNew)
    known->second = uniqueName(prefix + name);
  return known->second;
}

void Inliner::rename(onnx::NodeProto &node, const std::string &prefix, Names &names) {
  if (!node.name().empty())
    node.set_name(prefix + node.name());
  for (std::string &input : *node.mutable_input())
    input = renamed(input, prefix, names);
  for (onnx::AttributeProto &attribute : *node.mutable_attribute())
    if (attribute.has_g())
      rename(*attribute.mutable_g(), prefix, names);
  for (std::string &output : *node.mutable_output())
    output = renamed(output, prefix, names);
}

void Inliner::rename(onnx::GraphProto &graph, const std::string &prefix, Names &names) {
  for (onnx::TensorProto &tensor : *graph.mutable_initializer())
    tensor.set_name(renamed(tensor.name(), prefix, names));
  for (onnx::ValueInfoProto &input : *graph.mutable_input())
    input.set_name(renamed(input.name(), prefix, names));
  for (onnx::NodeProto &node : *graph.mutable_node())
    rename(node, prefix, names);
  for (onnx::ValueInfoProto &output : *graph.mutable_output())
    output.set_name(renamed(output.name(), prefix, names));
}

/// Attributes that refer to one of the call's become that one, under their own name; where neither
/// the call nor the function gives it, they are left out.
static void resolveAttributes(onnx::NodeProto &node,
                              const llvm::StringMap<const onnx::AttributeProto *> &given) {
  google::protobuf::RepeatedPtrField<onnx::AttributeProto> resolved;
  for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
    const onnx::AttributeProto *source = &attribute;
    if (!attribute.ref_attr_name().empty())
      source = given.lookup(attribute.ref_attr_name());
    if (!source)
      continue;
    onnx::AttributeProto &copy = *resolved.Add();
    std::string name = attribute.name();
    copy.CopyFrom(*source);
    copy.set_name(name);
    if (copy.has_g())
      for (onnx::NodeProto &inner : *copy.mutable_g()->mutable_node())
        resolveAttributes(inner, given);
  }
  node.mutable_attribute()->Swap(&resolved);
}

static void addIdentity(Nodes &nodes, const std::string &from, const std::string &to) {
  onnx::NodeProto &node = *nodes.Add();
  node.set_op_type("Identity");
  node.add_input(from);
  node.add_output(to);
}

FailureOr<Nodes> Inliner::instantiate(const onnx::FunctionProto &function,
                                      const onnx::NodeProto &call, size_t index) {
  if (call.input_size() > function.input_size() || call.output_size() > function.output_size())
    return badCall(call, index) << "a call of '" << printable(function.name()) << "' has at most "
                                << function.input_size() << " inputs and " << function.output_size()
                                << " outputs, found " << call.input_size() << " and "
                                << call.output_size();
  Names names;
  for (auto [i, name] : llvm::enumerate(function.input()))
    names.try_emplace(name, int(i) < call.input_size() ? call.input(i) : std::string());
  // A value that is an input, too, or two outputs at once, is handed on by a node of its own.
  SmallVector<std::pair<std::string, std::string>> handedOn;
  for (auto [i, name] : llvm::enumerate(function.output()))
    if (int(i) < call.output_size() && !call.output(i).empty() &&
        !names.try_emplace(name, call.output(i)).second)
      handedOn.emplace_back(name, call.output(i));

  llvm::StringMap<const onnx::AttributeProto *> given;
  for (const onnx::AttributeProto &attribute : call.attribute())
    given.try_emplace(attribute.name(), &attribute);
  SmallVector<onnx::AttributeProto> defaults = defaultsOf(function);
  for (const onnx::AttributeProto &attribute : defaults)
    given.try_emplace(attribute.name(), &attribute);

  std::string prefix = nodeLabel(call, index) + "/";
  Nodes body(function.node());
  for (onnx::NodeProto &node : body) {
    resolveAttributes(node, given);
    rename(node, prefix, names);
  }
  for (const auto &[from, to] : handedOn)
    addIdentity(body, names.lookup(from), to);
  return body;
}

LogicalResult inlineFunctions(onnx::ModelProto &model, ArrayRef<std::string> outputs, int64_t opset,
                              Reporter &reporter) {
  return Inliner(model, opset, reporter).run(outputs);
}

} // namespace saliency

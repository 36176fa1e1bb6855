// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Graph.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace saliency {

static constexpr int64_t kFirstOpset = 7, kLastOpset = 22;

static bool isDefaultDomain(StringRef domain) { return domain.empty() || domain == "ai.onnx"; }

static FailureOr<int64_t> findOpset(const onnx::ModelProto &model, Reporter &reporter) {
  std::optional<int64_t> opset;
  for (const onnx::OperatorSetIdProto &entry : model.opset_import()) {
    if (!isDefaultDomain(entry.domain()))
      continue;
    if (opset)
      return reporter.badInput() << "a model names the version of an operator set once, found two "
                                    "entries for 'ai.onnx'";
    opset = entry.version();
  }
  if (!opset && model.opset_import_size() > 0)
    return reporter.unsupported() << "operators come from the domain 'ai.onnx', found domain '"
                                  << printable(model.opset_import(0).domain()) << "' alone";
  if (!opset)
    return reporter.badInput()
           << "a model names the version of the operator set 'ai.onnx', found none";
  if (*opset < kFirstOpset || *opset > kLastOpset)
    return reporter.error(*opset < 1 ? ImportStatus::BadInput : ImportStatus::Unsupported)
           << "opset versions " << kFirstOpset << " to " << kLastOpset << " are supported, found "
           << *opset;
  return *opset;
}

namespace {
/// Checks the names of a graph in file order.
class GraphChecker {
public:
  GraphChecker(const onnx::GraphProto &graph, Reporter &reporter, ArrayRef<std::string> wanted)
      : graph(graph), reporter(reporter), wanted(wanted) {}

  LogicalResult run(OnnxGraph &result) {
    for (auto [index, node] : llvm::enumerate(graph.node()))
      for (const std::string &output : node.output())
        producers.try_emplace(output, index);
    if (failed(findParts(result)) || failed(checkInputs(result)))
      return failure();
    for (auto [index, node] : llvm::enumerate(graph.node()))
      if (failed(checkNode(node, index, result)))
        return failure();
    return checkOutputs(result);
  }

private:
  /// What the network returns, and which nodes it needs for that.
  LogicalResult findParts(OnnxGraph &result);
  LogicalResult checkInputs(OnnxGraph &result);
  LogicalResult checkNode(const onnx::NodeProto &node, size_t index, OnnxGraph &result);
  LogicalResult checkAttributes(const onnx::NodeProto &node, size_t index);
  LogicalResult checkOutputs(OnnxGraph &result);
  LogicalResult undefinedInput(const onnx::NodeProto &node, size_t index, const std::string &name);
  /// Node `start` reads, directly or not, a value that node `origin` produces.
  bool dependsOn(size_t start, size_t origin);

  const onnx::GraphProto &graph;
  Reporter &reporter;
  ArrayRef<std::string> wanted;
  llvm::StringSet<> defined;
  /// Value → the first node of the file that names it as an output.
  llvm::StringMap<size_t> producers;
};
} // namespace

LogicalResult GraphChecker::findParts(OnnxGraph &result) {
  llvm::StringSet<> given, named;
  for (const onnx::TensorProto &tensor : graph.initializer())
    given.insert(tensor.name());
  for (const onnx::ValueInfoProto &input : graph.input())
    given.insert(input.name());
  for (const std::string &name : wanted) {
    if (name.empty() || !producers.contains(name))
      return reporter.badInput() << "a value to read is one that a node computes, found '"
                                 << printable(name) << "', which "
                                 << (given.contains(name) ? "is given to the network"
                                                          : "the model does not have");
    if (!named.insert(name).second)
      return reporter.badInput() << "a value to read is named once, found '" << printable(name)
                                 << "' twice";
  }
  result.isPart.assign(graph.node_size(), wanted.empty());
  for (const onnx::ValueInfoProto &output : graph.output())
    if (wanted.empty())
      result.outputs.push_back(output.name());
  result.outputs.append(wanted.begin(), wanted.end());
  SmallVector<StringRef> pending(wanted.begin(), wanted.end());
  while (!pending.empty()) {
    auto producer = producers.find(pending.pop_back_val());
    if (producer == producers.end() || result.isPart[producer->second])
      continue;
    result.isPart[producer->second] = true;
    for (StringRef input : graph.node(producer->second).input())
      if (!input.empty()) // an optional input left out
        pending.push_back(input);
  }
  for (auto [index, node] : llvm::enumerate(graph.node()))
    if (result.isPart[index])
      result.used.insert(node.input().begin(), node.input().end());
  result.used.insert(result.outputs.begin(), result.outputs.end());
  return success();
}

LogicalResult GraphChecker::checkInputs(OnnxGraph &result) {
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    if (tensor.name().empty())
      return reporter.badInput() << "an initializer has a name, found one without";
    if (!defined.insert(tensor.name()).second)
      return reporter.error(ImportStatus::BadInput, "initializer", tensor.name())
             << "names must be unique, found it twice";
  }
  for (const onnx::SparseTensorProto &sparse : graph.sparse_initializer()) {
    if (wanted.empty() || result.used.contains(sparse.values().name()))
      return reporter.unsupported() << "initializers are dense, found sparse initializer '"
                                    << printable(sparse.values().name()) << "'";
    defined.insert(sparse.values().name());
  }

  llvm::StringSet<> inputs;
  llvm::SmallVector<const onnx::ValueInfoProto *> fed;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    if (input.name().empty())
      return reporter.badInput() << "an input has a name, found one without";
    if (!inputs.insert(input.name()).second)
      return reporter.error(ImportStatus::BadInput, "input", input.name())
             << "names must be unique, found it twice";
    bool isFed = defined.insert(input.name()).second; // others only declare an initializer
    if (isFed && (wanted.empty() || result.used.contains(input.name())))
      fed.push_back(&input);
  }
  if (fed.empty() && !wanted.empty())
    return reporter.badInput()
           << "values to read depend on the network's input, found none that does";
  if (fed.size() != 1) {
    InFlightDiagnostic diag = reporter.unsupported();
    diag << "a network has one input besides its initializers, found " << fed.size();
    for (auto [index, input] : llvm::enumerate(fed))
      diag << (index == 0 ? ": '" : ", '") << printable(input->name()) << "'";
    return diag;
  }
  result.input = fed.front();
  return success();
}

LogicalResult GraphChecker::checkAttributes(const onnx::NodeProto &node, size_t index) {
  llvm::StringSet<> names;
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    auto error = [&](ImportStatus status) { return reporter.error(status, node, index); };
    if (!names.insert(attribute.name()).second)
      return error(ImportStatus::BadInput)
             << "an attribute is given once, found '" << printable(attribute.name()) << "' twice";
    if (!attribute.ref_attr_name().empty())
      return error(ImportStatus::BadInput)
             << "attributes refer to others only inside functions, found '"
             << printable(attribute.name()) << "' doing so";
    if (attribute.has_g() || attribute.graphs_size() > 0)
      return error(ImportStatus::Unsupported) << "control flow is not supported, found subgraph '"
                                              << printable(attribute.name()) << "'";
  }
  return success();
}

LogicalResult GraphChecker::checkNode(const onnx::NodeProto &node, size_t index,
                                      OnnxGraph &result) {
  auto error = [&](ImportStatus status) { return reporter.error(status, node, index); };
  if (node.op_type().empty())
    return error(ImportStatus::BadInput) << "a node names its operator, found none";
  bool isPart = result.isPart[index];
  if (isPart && !isDefaultDomain(node.domain()))
    return error(ImportStatus::Unsupported)
           << "operators come from the domain 'ai.onnx', found domain '" << printable(node.domain())
           << "'";
  if (isPart && failed(checkAttributes(node, index)))
    return failure();
  for (const std::string &name : node.input()) {
    if (name.empty())
      continue; // an optional input left out
    if (!defined.contains(name))
      return undefinedInput(node, index, name);
  }
  for (const std::string &name : node.output())
    if (!name.empty() && !defined.insert(name).second)
      return error(ImportStatus::BadInput) << "every value is produced once, found output '"
                                           << printable(name) << "', which exists already";
  return success();
}

bool GraphChecker::dependsOn(size_t start, size_t origin) {
  llvm::SmallVector<size_t> pending{start};
  std::vector<bool> seen(graph.node_size());
  while (!pending.empty()) {
    size_t node = pending.pop_back_val();
    if (node == origin)
      return true;
    if (seen[node])
      continue;
    seen[node] = true;
    for (const std::string &name : graph.node(node).input())
      if (auto producer = producers.find(name); !name.empty() && producer != producers.end())
        pending.push_back(producer->second);
  }
  return false;
}

LogicalResult GraphChecker::undefinedInput(const onnx::NodeProto &node, size_t index,
                                           const std::string &name) {
  InFlightDiagnostic diag = reporter.error(ImportStatus::BadInput, node, index);
  auto producer = producers.find(name);
  if (producer == producers.end())
    return diag
           << "an input is an initializer, the network's input or another node's output, found '"
           << printable(name) << "'";
  std::string other = printable(nodeLabel(graph.node(producer->second), producer->second));
  if (dependsOn(producer->second, index))
    return diag << "a graph has no cycle, found input '" << printable(name) << "', which node '"
                << other << "' computes from this node's output";
  return diag << "nodes come in topological order, found input '" << printable(name)
              << "' before node '" << other << "', which computes it";
}

LogicalResult GraphChecker::checkOutputs(OnnxGraph &result) {
  if (graph.output_size() == 0)
    return reporter.badInput() << "a network has at least one output, found none";
  llvm::StringSet<> names;
  for (const std::string &name : result.outputs) {
    auto error = [&]() { return reporter.error(ImportStatus::BadInput, "output", name); };
    if (!names.insert(name).second)
      return error() << "names must be unique, found it twice";
    if (!defined.contains(name))
      return error() << "an output must be computed by a node, found no value of this name";
  }
  return success();
}

FailureOr<OnnxGraph> validateGraph(const onnx::ModelProto &model, Reporter &reporter,
                                   ArrayRef<std::string> outputs) {
  if (!model.has_graph())
    return reporter.badInput() << "a model holds a graph, found none (is this an ONNX file?)";
  FailureOr<int64_t> opset = findOpset(model, reporter);
  if (failed(opset))
    return failure();
  reporter.setOpset(*opset);
  OnnxGraph result;
  result.proto = &model.graph();
  result.opset = *opset;
  auto reportFunction = [&](const onnx::FunctionProto &function) {
    return reporter.unsupported() << "a model consists of operators only, found function '"
                                  << printable(function.name()) << "'";
  };
  if (outputs.empty() && model.functions_size() > 0)
    return reportFunction(model.functions(0));
  if (failed(GraphChecker(model.graph(), reporter, outputs).run(result)))
    return failure();
  for (const onnx::FunctionProto &function : model.functions())
    for (auto [index, node] : llvm::enumerate(model.graph().node()))
      if (result.isPart[index] &&
          node.op_type() ==
              function.name()) // in any domain: its own operators come from none but ONNX's
        return reportFunction(function);
  return result;
}

} // namespace saliency

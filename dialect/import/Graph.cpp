// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Graph.h"

#include "dialect/import/Functions.h"
#include "dialect/import/Outputs.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace saliency {

static constexpr int64_t kFirstOpset = 7, kLastOpset = 28;

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

void forEachRead(const onnx::NodeProto &node, llvm::function_ref<void(StringRef)> visit) {
  for (const std::string &input : node.input())
    if (!input.empty()) // an optional input left out
      visit(input);
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (!attribute.has_g())
      continue;
    for (const onnx::NodeProto &inner : attribute.g().node())
      forEachRead(inner, visit);
    for (const onnx::ValueInfoProto &output : attribute.g().output())
      visit(output.name());
  }
}

SmallVector<bool> findParts(const onnx::GraphProto &graph, ArrayRef<std::string> outputs) {
  llvm::StringMap<size_t> producers;
  for (auto [index, node] : llvm::enumerate(graph.node()))
    for (const std::string &output : node.output())
      producers.try_emplace(output, index);
  SmallVector<bool> isPart(graph.node_size());
  SmallVector<StringRef> pending(outputs.begin(), outputs.end());
  while (!pending.empty()) {
    auto producer = producers.find(pending.pop_back_val());
    if (producer == producers.end() || isPart[producer->second])
      continue;
    isPart[producer->second] = true;
    forEachRead(graph.node(producer->second), [&](StringRef name) { pending.push_back(name); });
  }
  return isPart;
}

namespace {
/// Checks the names of a graph in file order.
class GraphChecker {
public:
  GraphChecker(const onnx::GraphProto &graph, Reporter &reporter, const ImportOptions &options)
      : graph(graph), reporter(reporter), options(options) {}

  LogicalResult run(OnnxGraph &result) {
    for (auto [index, node] : llvm::enumerate(graph.node()))
      for (const std::string &output : node.output())
        producers.try_emplace(output, index);
    if (failed(checkWanted()))
      return failure();
    findUsed(result);
    if (failed(checkInputs(result)))
      return failure();
    for (auto [index, node] : llvm::enumerate(graph.node()))
      if (failed(checkNode(node, index, result.isPart[index])))
        return failure();
    return checkOutputs(result);
  }

private:
  /// Values to read in place of the model's outputs.
  LogicalResult checkWanted();
  void findUsed(OnnxGraph &result);
  LogicalResult checkInputs(OnnxGraph &result);
  LogicalResult checkNode(const onnx::NodeProto &node, size_t index, bool isPart);
  LogicalResult checkAttributes(const onnx::NodeProto &node, size_t index);
  /// A graph inside a node sees the values defined before the node; nobody sees the graph's.
  LogicalResult checkSubgraph(const onnx::GraphProto &subgraph, const onnx::NodeProto &node,
                              size_t index);
  LogicalResult checkOutputs(OnnxGraph &result);
  LogicalResult undefinedInput(const onnx::NodeProto &node, size_t index, const std::string &name);
  /// Node `start` reads, directly or not, a value that node `origin` produces.
  bool dependsOn(size_t start, size_t origin);

  const onnx::GraphProto &graph;
  Reporter &reporter;
  const ImportOptions &options;
  llvm::StringSet<> defined;
  /// Value → the first node of the file that names it as an output.
  llvm::StringMap<size_t> producers;
};
} // namespace

LogicalResult GraphChecker::checkWanted() {
  llvm::StringSet<> given, named;
  for (const onnx::TensorProto &tensor : graph.initializer())
    given.insert(tensor.name());
  for (const onnx::ValueInfoProto &input : graph.input())
    given.insert(input.name());
  for (const std::string &name : options.outputs) {
    if (name.empty() || !producers.contains(name))
      return reporter.badInput() << "a value to read is one that a node computes, found '"
                                 << printable(name) << "', which "
                                 << (given.contains(name) ? "is given to the network"
                                                          : "the model does not have");
    if (!named.insert(name).second)
      return reporter.badInput() << "a value to read is named once, found '" << printable(name)
                                 << "' twice";
  }
  return success();
}

void GraphChecker::findUsed(OnnxGraph &result) {
  result.isPart = findParts(graph, result.outputs);
  for (auto [index, node] : llvm::enumerate(graph.node()))
    if (result.isPart[index])
      forEachRead(node, [&](StringRef name) { result.used.insert(name); });
  for (const std::string &output : result.outputs)
    result.used.insert(output);
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
    if (result.used.contains(sparse.values().name()))
      return reporter.unsupported() << "initializers are dense, found sparse initializer '"
                                    << printable(sparse.values().name()) << "'";
    defined.insert(sparse.values().name());
  }

  llvm::StringSet<> inputs;
  llvm::SmallVector<const onnx::ValueInfoProto *> fed, read;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    if (input.name().empty())
      return reporter.badInput() << "an input has a name, found one without";
    if (!inputs.insert(input.name()).second)
      return reporter.error(ImportStatus::BadInput, "input", input.name())
             << "names must be unique, found it twice";
    if (!defined.insert(input.name()).second)
      continue; // it only declares an initializer
    fed.push_back(&input);
    if (result.used.contains(input.name()))
      read.push_back(&input);
  }
  if (read.empty() && !options.outputs.empty())
    return reporter.badInput()
           << "values to read depend on the network's input, found none that does";
  if (!read.empty()) // inputs that the chosen output does not need may be of any kind
    fed = read;
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
    bool isBranch = node.op_type() == "If" && attribute.has_g();
    if ((attribute.has_g() && !isBranch) || attribute.graphs_size() > 0)
      return error(ImportStatus::Unsupported)
             << "of control flow only If is supported, found subgraph '"
             << printable(attribute.name()) << "'";
    if (isBranch && failed(checkSubgraph(attribute.g(), node, index)))
      return failure();
  }
  return success();
}

LogicalResult GraphChecker::checkSubgraph(const onnx::GraphProto &subgraph,
                                          const onnx::NodeProto &node, size_t index) {
  if (subgraph.input_size() > 0 || subgraph.sparse_initializer_size() > 0)
    return reporter.error(ImportStatus::Unsupported, node, index)
           << "a branch has no inputs and no sparse initializers, found "
           << (subgraph.input_size() > 0
                   ? printable(subgraph.input(0).name())
                   : printable(subgraph.sparse_initializer(0).values().name()));
  llvm::StringSet<> outer = defined;
  for (const onnx::TensorProto &tensor : subgraph.initializer())
    if (!defined.insert(tensor.name()).second)
      return reporter.error(ImportStatus::BadInput, "initializer", tensor.name())
             << "names must be unique, found it twice";
  for (auto [number, inner] : llvm::enumerate(subgraph.node()))
    if (failed(checkNode(inner, number, /*isPart=*/true)))
      return failure();
  for (const onnx::ValueInfoProto &output : subgraph.output())
    if (!defined.contains(output.name()))
      return reporter.error(ImportStatus::BadInput, "output", output.name())
             << "an output must be computed by a node, found no value of this name";
  defined = std::move(outer);
  return success();
}

LogicalResult GraphChecker::checkNode(const onnx::NodeProto &node, size_t index, bool isPart) {
  auto error = [&](ImportStatus status) { return reporter.error(status, node, index); };
  if (node.op_type().empty())
    return error(ImportStatus::BadInput) << "a node names its operator, found none";
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
  for (const std::string &name : result.outputs)
    if (!defined.contains(name))
      return reporter.error(ImportStatus::BadInput, "output", name)
             << "an output must be computed by a node, found no value of this name";
  return success();
}

FailureOr<OnnxGraph> prepareGraph(onnx::ModelProto &model, Reporter &reporter,
                                  const ImportOptions &options) {
  if (!model.has_graph())
    return reporter.badInput() << "a model holds a graph, found none (is this an ONNX file?)";
  FailureOr<int64_t> opset = findOpset(model, reporter);
  if (failed(opset))
    return failure();
  reporter.setOpset(*opset);
  OnnxGraph result;
  result.proto = &model.graph();
  result.opset = *opset;
  FailureOr<SmallVector<std::string>> outputs = chooseOutputs(model.graph(), options, reporter);
  if (failed(outputs) || failed(inlineFunctions(model, *outputs, *opset, reporter)))
    return failure();
  result.outputs = std::move(*outputs);
  if (failed(GraphChecker(model.graph(), reporter, options).run(result)))
    return failure();
  return result;
}

} // namespace saliency

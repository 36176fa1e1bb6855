// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ONNX's own tests of operators, each a model with stored inputs and outputs, through the compiler:
//
//   saliency-node-tests FOLDER [NAME...]
//
// A test feeds an operator directly. Here its first float32 input becomes the network's, behind a
// reshape from one row, its other inputs become constants, and its first output the network's, as
// one row. A test whose operator or data the compiler refuses counts as refused; one whose numbers
// differ, or that ends in anything but a message, has failed. Exit code: 0 none failed and no fewer
// passed than below, 1 otherwise, 77 there are no tests.
#include "onnx/onnx_pb.h"
#include "passes/request/CompileModel.h"
#include "passes/request/ExplainerWorkspace.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace fs = std::filesystem;

namespace {

/// Passed with the tests of ONNX 1.12 (Debian 12); more is welcome, fewer is a regression.
constexpr int kPassedAtLeast = 333;
constexpr double kRelative = 1e-4, kAbsolute = 1e-5;

/// ONNX's definition of align_corners lets a result of 2.4 cells end at cell 1.4. Whole cells are
/// counted here, as ONNX Runtime and PyTorch count them.
const std::set<std::string> kDiffer = {"test_resize_downsample_scales_cubic_align_corners",
                                       "test_resize_downsample_scales_linear_align_corners"};

enum class Outcome { Passed, Refused, NotFloat, Failed };

struct Result {
  Outcome outcome;
  std::string text;
};

template <typename Message> std::optional<Message> readMessage(const fs::path &file) {
  std::ifstream in(file, std::ios::binary);
  Message message;
  if (!in || !message.ParseFromIstream(&in))
    return std::nullopt;
  return message;
}

std::vector<float> floatsOf(const onnx::TensorProto &tensor) {
  std::vector<float> values(tensor.float_data().begin(), tensor.float_data().end());
  if (tensor.has_raw_data()) {
    values.resize(tensor.raw_data().size() / sizeof(float));
    std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(float));
  }
  return values;
}

int64_t countOf(const onnx::TensorProto &tensor) {
  int64_t count = 1;
  for (int64_t dim : tensor.dims())
    count *= dim;
  return count;
}

void addReshape(onnx::GraphProto &graph, const std::string &from, const std::string &to,
                const std::vector<int64_t> &shape, bool inFront) {
  onnx::TensorProto &extents = *graph.add_initializer();
  extents.set_name(to + "_extents");
  extents.set_data_type(onnx::TensorProto::INT64);
  extents.add_dims(static_cast<int64_t>(shape.size()));
  for (int64_t extent : shape)
    extents.add_int64_data(extent);
  onnx::NodeProto node;
  node.set_op_type("Reshape");
  node.add_input(from);
  node.add_input(extents.name());
  node.add_output(to);
  *graph.add_node() = node;
  if (inFront)
    for (int at = graph.node_size() - 1; at > 0; --at)
      graph.mutable_node()->SwapElements(at, at - 1);
}

/// Behind it the network's last layer is no softmax, which would be taken for the end of a
/// classifier.
void addZero(onnx::GraphProto &graph, const std::string &from, const std::string &to) {
  onnx::TensorProto &zero = *graph.add_initializer();
  zero.set_name(to + "_zero");
  zero.set_data_type(onnx::TensorProto::FLOAT);
  zero.add_float_data(0);
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type("Add");
  node.add_input(from);
  node.add_input(zero.name());
  node.add_output(to);
}

void setRow(onnx::ValueInfoProto &value, const std::string &name, int64_t entries) {
  value.Clear();
  value.set_name(name);
  auto &tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_value(1);
  tensor.mutable_shape()->add_dim()->set_dim_value(entries);
}

/// The test's model as a network of one row in and one row out.
struct Network {
  onnx::ModelProto model;
  std::vector<float> input, expected;
};

std::optional<Network> networkOf(const fs::path &folder) {
  auto model = readMessage<onnx::ModelProto>(folder / "model.onnx");
  fs::path data = folder / "test_data_set_0";
  auto output = readMessage<onnx::TensorProto>(data / "output_0.pb");
  if (!model || !output || output->data_type() != onnx::TensorProto::FLOAT || countOf(*output) == 0)
    return std::nullopt;
  Network network{*model, {}, floatsOf(*output)};
  onnx::GraphProto &graph = *network.model.mutable_graph();
  std::vector<onnx::ValueInfoProto> inputs(graph.input().begin(), graph.input().end());
  graph.clear_input();
  std::string fed;
  for (size_t i = 0; i != inputs.size(); ++i) {
    auto tensor = readMessage<onnx::TensorProto>(data / ("input_" + std::to_string(i) + ".pb"));
    if (!tensor)
      return std::nullopt;
    if (fed.empty() && tensor->data_type() == onnx::TensorProto::FLOAT && countOf(*tensor) > 0) {
      fed = inputs[i].name();
      network.input = floatsOf(*tensor);
      addReshape(graph, "row_in", fed,
                 std::vector<int64_t>(tensor->dims().begin(), tensor->dims().end()),
                 /*inFront=*/true);
      continue;
    }
    tensor->set_name(inputs[i].name());
    *graph.add_initializer() = *tensor;
  }
  if (fed.empty())
    return std::nullopt;
  setRow(*graph.add_input(), "row_in", static_cast<int64_t>(network.input.size()));
  addReshape(graph, graph.output(0).name(), "row", {1, -1}, /*inFront=*/false);
  addZero(graph, "row", "row_out");
  graph.clear_output();
  setRow(*graph.add_output(), "row_out", static_cast<int64_t>(network.expected.size()));
  return network;
}

std::string compare(const std::vector<float> &found, const std::vector<float> &expected) {
  if (found.size() != expected.size())
    return "found " + std::to_string(found.size()) + " entries, expected " +
           std::to_string(expected.size());
  for (size_t i = 0; i != found.size(); ++i) {
    bool isSame =
        found[i] == expected[i] || (std::isnan(found[i]) && std::isnan(expected[i])) ||
        std::abs(found[i] - expected[i]) <= kAbsolute + kRelative * std::abs(double(expected[i]));
    if (!isSame)
      return "entry " + std::to_string(i) + " is " + std::to_string(expected[i]) + ", found " +
             std::to_string(found[i]);
  }
  return "";
}

Result runTest(const fs::path &folder, const fs::path &file) {
  std::optional<Network> network = networkOf(folder);
  if (!network)
    return {Outcome::NotFloat, "no float32 goes in or comes out"};
  std::ofstream out(file, std::ios::binary);
  network->model.SerializeToOstream(&out);
  out.close();
  saliency::CompileRequest request;
  request.model = file;
  request.methods = "forward";
  std::string error;
  int exitCode = 0;
  auto compiled = saliency::compileModel(request, error, exitCode);
  if (!compiled)
    return {exitCode == 2 ? Outcome::Refused : Outcome::Failed, error};
  const saliency::Explainer &explainer = compiled->explainer;
  saliency::ExplainerWorkspace workspace(explainer.workspaceSize());
  saliency_args args = workspace.arguments(explainer.weights, explainer.weightsSize);
  const saliency_interface &interface = *explainer.interface();
  size_t mapSize = 1; // the network alone has a map that says nothing
  for (int64_t axis = 0; axis != interface.maps->rank; ++axis)
    mapSize *= static_cast<size_t>(interface.maps->dims[axis]);
  std::vector<float> logits(interface.classes), map(mapSize);
  args.batch = 1;
  args.input = network->input.data();
  args.maps = map.data();
  args.logits = logits.data();
  if (saliency_status status = explainer.explain(&args))
    return {Outcome::Failed, explainer.errorString(status)};
  std::string difference = compare(logits, network->expected);
  if (kDiffer.contains(folder.filename()))
    return difference.empty() ? Result{Outcome::Failed, "agrees, which is new"}
                              : Result{Outcome::Refused, "differs as listed: " + difference};
  return {difference.empty() ? Outcome::Passed : Outcome::Failed, difference};
}

} // namespace

int main(int argc, char **argv) {
  fs::path root = argc > 1 ? argv[1] : "";
  if (!fs::is_directory(root)) {
    std::printf("skipped: no tests of operators in '%s'\n", root.c_str());
    return 77;
  }
  std::set<std::string> wanted(argv + 2, argv + argc);
  std::vector<fs::path> folders;
  for (const fs::directory_entry &entry : fs::directory_iterator(root))
    if (wanted.empty() || wanted.contains(entry.path().filename()))
      folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  fs::path file = fs::temp_directory_path() / ("node-" + std::to_string(getpid()) + ".onnx");
  std::map<Outcome, int> counts;
  for (const fs::path &folder : folders) {
    Result result = runTest(folder, file);
    ++counts[result.outcome];
    const char *word = result.outcome == Outcome::Passed     ? "ok     "
                       : result.outcome == Outcome::Refused  ? "refused"
                       : result.outcome == Outcome::NotFloat ? "skipped"
                                                             : "FAILED ";
    std::printf("%s %s %s\n", word, folder.filename().c_str(),
                result.text.substr(0, result.text.find('\n')).c_str());
  }
  fs::remove(file);
  std::printf("%zu tests: %d passed, %d refused, %d without float32, %d failed\n", folders.size(),
              counts[Outcome::Passed], counts[Outcome::Refused], counts[Outcome::NotFloat],
              counts[Outcome::Failed]);
  bool good = counts[Outcome::Failed] == 0 &&
              (!wanted.empty() || counts[Outcome::Passed] >= kPassedAtLeast);
  return good ? 0 : 1;
}

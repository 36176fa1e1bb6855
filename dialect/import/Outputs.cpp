// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Outputs.h"

#include "dialect/import/TensorReader.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace saliency {

/// What an output says of itself. A model need not say anything: then all may be true.
static bool mayBeFloat(const onnx::ValueInfoProto &output) {
  if (!output.type().has_tensor_type())
    return !output.has_type();
  switch (output.type().tensor_type().elem_type()) {
  case onnx::TensorProto::UNDEFINED:
  case onnx::TensorProto::FLOAT:
  case onnx::TensorProto::FLOAT16:
  case onnx::TensorProto::BFLOAT16:
  case onnx::TensorProto::DOUBLE:
    return true;
  default:
    return false;
  }
}

static bool mayBeScores(const onnx::ValueInfoProto &output) {
  if (!mayBeFloat(output))
    return false;
  const onnx::TypeProto::Tensor &tensor = output.type().tensor_type();
  int axes = 0;
  for (auto [axis, dim] : llvm::enumerate(tensor.shape().dim()))
    axes += axis > 0 && !(dim.has_dim_value() && dim.dim_value() == 1);
  return axes <= 1;
}

/// "'boxes' (float32, 1x100x4)".
static std::string describe(const onnx::ValueInfoProto &output) {
  std::string text = "'" + printable(output.name()) + "'";
  if (!output.type().has_tensor_type())
    return text;
  const onnx::TypeProto::Tensor &tensor = output.type().tensor_type();
  text += " (" + StringRef(dataTypeName(tensor.elem_type())).lower();
  char before = ' ';
  for (const onnx::TensorShapeProto::Dimension &dim : tensor.shape().dim()) {
    text += before;
    text += dim.has_dim_value()   ? std::to_string(dim.dim_value())
            : dim.has_dim_param() ? printable(dim.dim_param())
                                  : "?";
    before = 'x';
  }
  return text + ")";
}

static std::string describeAll(const onnx::GraphProto &graph, StringRef without = "") {
  std::string text;
  for (const onnx::ValueInfoProto &output : graph.output())
    if (output.name() != without)
      text += (text.empty() ? "" : ", ") + describe(output);
  return text;
}

FailureOr<SmallVector<std::string>>
chooseOutputs(const onnx::GraphProto &graph, const ImportOptions &options, Reporter &reporter) {
  if (graph.output_size() == 0)
    return reporter.badInput() << "a network has at least one output, found none";
  llvm::StringSet<> names;
  for (const onnx::ValueInfoProto &output : graph.output())
    if (!names.insert(output.name()).second)
      return reporter.error(ImportStatus::BadInput, "output", output.name())
             << "names must be unique, found it twice";
  if (!options.outputs.empty())
    return SmallVector<std::string>(options.outputs.begin(), options.outputs.end());
  if (!options.output.empty()) {
    if (!names.contains(options.output))
      return reporter.badInput() << "--output is one of the model's outputs, " << describeAll(graph)
                                 << "; found '" << printable(options.output) << "'";
    return SmallVector<std::string>{options.output};
  }
  auto chosen = llvm::find_if(graph.output(), mayBeScores);
  if (chosen == graph.output().end())
    chosen = llvm::find_if(graph.output(), mayBeFloat);
  if (chosen == graph.output().end())
    chosen = graph.output().begin();
  if (graph.output_size() > 1)
    reporter.remark() << "output " << describe(*chosen)
                      << " is explained; --output=NAME chooses another: "
                      << describeAll(graph, chosen->name());
  return SmallVector<std::string>{chosen->name()};
}

} // namespace saliency

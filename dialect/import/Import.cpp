// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// File → protobuf → flat, checked graph → one walk over its nodes → module.
#include "dialect/import/Import.h"

#include "dialect/import/Operators.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <climits>

using namespace mlir;

namespace saliency {

//===------------------------------------------------------------------------------------------===//
// The network's input
//===------------------------------------------------------------------------------------------===//

/// The extent of axis `axis`; one that the model leaves open is the batch on axis 0 and an error
/// elsewhere. Old exporters write 0 or -1 for an open extent.
static FailureOr<int64_t> inputExtent(const onnx::TensorShapeProto::Dimension &dim, size_t axis,
                                      int64_t batch, EmitFn emit) {
  constexpr int64_t kMost = int64_t(1) << 31;
  bool isOpen = !dim.has_dim_value() || dim.dim_value() == 0 || dim.dim_value() == -1;
  if (isOpen && axis == 0)
    return batch;
  if (isOpen)
    return emit(ImportStatus::Unsupported)
           << "only axis 0 (the batch) may be left open, found dynamic shape: axis " << axis
           << " is "
           << (dim.has_dim_param() ? "'" + printable(dim.dim_param()) + "'" : std::string("open"));
  if (dim.dim_value() < 0 || dim.dim_value() > kMost)
    return emit(ImportStatus::BadInput) << "an extent lies in [1, " << kMost << "], found "
                                        << dim.dim_value() << " on axis " << axis;
  return dim.dim_value();
}

static FailureOr<RankedTensorType> inputType(const onnx::ValueInfoProto &input, int64_t batch,
                                             Reporter &reporter) {
  constexpr int64_t kMostEntries = int64_t(1) << 32;
  auto emit = [&](ImportStatus status) { return reporter.error(status, "input", input.name()); };
  if (!input.has_type())
    return emit(ImportStatus::BadInput) << "an input states its type, found none";
  if (!input.type().has_tensor_type())
    return emit(ImportStatus::Unsupported) << "the input is a tensor, found another type";
  const onnx::TypeProto::Tensor &tensor = input.type().tensor_type();
  if (tensor.elem_type() == onnx::TensorProto::UNDEFINED)
    return emit(ImportStatus::BadInput) << "an input states its element type, found none";
  if (elementTypeOf(tensor.elem_type()) != ElementType::F32)
    return emit(ImportStatus::Unsupported)
           << "the input is float32 or float16, found " << dataTypeName(tensor.elem_type());
  if (!tensor.has_shape())
    return emit(ImportStatus::Unsupported)
           << "the input states its shape, found dynamic shape: no extents";
  SmallVector<int64_t> shape;
  for (const onnx::TensorShapeProto::Dimension &dim : tensor.shape().dim()) {
    FailureOr<int64_t> extent = inputExtent(dim, shape.size(), batch, emit);
    if (failed(extent))
      return failure();
    shape.push_back(*extent);
  }
  if (shape.empty())
    return emit(ImportStatus::Unsupported) << "the input has an axis of samples, found a scalar";
  std::optional<int64_t> count = elementCount(shape);
  if (!count || *count > kMostEntries)
    return emit(ImportStatus::BadInput) << "the input has at most " << kMostEntries
                                        << " entries, found extents " << listText(shape);
  return RankedTensorType::get(shape, Float32Type::get(&reporter.getContext()));
}

//===------------------------------------------------------------------------------------------===//
// Graph → module
//===------------------------------------------------------------------------------------------===//

namespace {
class GraphImporter {
public:
  GraphImporter(const OnnxGraph &graph, Reporter &reporter, TensorSource source,
                const ImportOptions &options)
      : graph(graph), reporter(reporter), options(options), builder(&reporter.getContext()),
        state{graph, reporter, builder, std::move(source), options.maxConstantBytes, {}, {}} {
    state.importSubgraph = [this](const onnx::GraphProto &subgraph) {
      return importSubgraph(subgraph);
    };
  }

  OwningOpRef<ModuleOp> run();

private:
  /// Those of `from` that something reads.
  LogicalResult readInitializers(const onnx::GraphProto &from);
  LogicalResult importSubgraph(const onnx::GraphProto &subgraph);
  LogicalResult importNode(const onnx::NodeProto &proto, size_t index);
  LogicalResult finish(func::FuncOp func);

  const OnnxGraph &graph;
  Reporter &reporter;
  const ImportOptions &options;
  OpBuilder builder;
  ImportState state;
};
} // namespace

LogicalResult GraphImporter::importSubgraph(const onnx::GraphProto &subgraph) {
  if (failed(readInitializers(subgraph)))
    return failure();
  for (auto [index, node] : llvm::enumerate(subgraph.node()))
    if (failed(importNode(node, index)))
      return failure();
  return success();
}

LogicalResult GraphImporter::readInitializers(const onnx::GraphProto &from) {
  for (const onnx::TensorProto &proto : from.initializer()) {
    if (!graph.used.contains(proto.name()))
      continue;
    FailureOr<HostTensor> tensor = readTensor(proto, state.source, [&](ImportStatus status) {
      return reporter.error(status, "initializer", proto.name());
    });
    if (failed(tensor))
      return failure();
    state.values[proto.name()].constant = *tensor;
  }
  return success();
}

LogicalResult GraphImporter::importNode(const onnx::NodeProto &proto, size_t index) {
  auto error = [&](ImportStatus status) { return reporter.error(status, proto, index); };
  const Operator *op = findOperator(proto.op_type());
  if (!op)
    return error(ImportStatus::Unsupported) << "this operator is not supported";
  int64_t version = op->versionFor(graph.opset);
  if (version == 0)
    return error(ImportStatus::BadInput) << "this operator exists since opset "
                                         << op->versions.front() << ", found opset " << graph.opset;
  if (proto.input_size() < op->leastInputs || proto.input_size() > op->mostInputs)
    return error(ImportStatus::BadInput)
           << "the operator has at least " << op->leastInputs << " and at most " << op->mostInputs
           << " inputs, found " << proto.input_size();
  if (proto.output_size() < 1 || proto.output_size() > op->mostOutputs || proto.output(0).empty())
    return error(ImportStatus::BadInput)
           << "the operator has at least 1 and at most " << op->mostOutputs << " outputs, found "
           << (proto.output_size() > 0 && proto.output(0).empty() ? 0 : proto.output_size());
  Node node(state, proto, index, version);
  for (int i = 0; i < op->leastInputs; ++i)
    if (!node.getInput(i))
      return failure();
  if (failed(op->handler(node)) || failed(node.checkAllAttributesRead()))
    return failure();
  for (int i = 0; i < proto.output_size(); ++i)
    if (node.isUsed(i) && !state.values.contains(proto.output(i)))
      return error(ImportStatus::Unsupported)
             << "the operator's first result is supported, found output " << i << " in use";
  return success();
}

LogicalResult GraphImporter::finish(func::FuncOp func) {
  SmallVector<Value> results;
  for (const std::string &name : graph.outputs) {
    Operand &operand = state.values[name];
    if (!operand.value) {
      const HostTensor &tensor = *operand.constant;
      if (tensor.getType() != ElementType::F32 || tensor.size() == 0)
        return reporter.error(ImportStatus::Unsupported, "output", name)
               << "outputs are float32 and have entries, found " << nameOf(tensor.getType())
               << " with extents " << listText(tensor.getShape());
      operand.value =
          buildConstant(builder, reporter.namedLoc(name), tensor, name, /*isOnnxValue=*/true);
    }
    results.push_back(operand.value);
  }
  func::ReturnOp::create(builder, func.getLoc(), results);
  func.setType(builder.getFunctionType(func.getArgumentTypes(), ValueRange(results).getTypes()));
  for (auto [i, name] : llvm::enumerate(graph.outputs))
    func.setResultAttr(i, kInputNameAttr, builder.getStringAttr(name));
  return success();
}

OwningOpRef<ModuleOp> GraphImporter::run() {
  Location loc = reporter.fileLoc();
  FailureOr<RankedTensorType> type = inputType(*graph.input, options.batch, reporter);
  if (failed(type) || failed(readInitializers(*graph.proto)))
    return nullptr;
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  (*module)->setAttr("saliency.model",
                     builder.getStringAttr(llvm::sys::path::stem(reporter.getFile())));
  (*module)->setAttr("saliency.opset", builder.getI64IntegerAttr(graph.opset));
  builder.setInsertionPointToEnd(module->getBody());
  auto func =
      func::FuncOp::create(builder, loc, kForwardName, builder.getFunctionType({*type}, {}));
  func.setArgAttr(0, kInputNameAttr, builder.getStringAttr(graph.input->name()));
  builder.setInsertionPointToEnd(func.addEntryBlock());
  state.values[graph.input->name()].value = func.getArgument(0);

  for (auto [index, node] : llvm::enumerate(graph.proto->node()))
    if (graph.isPart[index] && failed(importNode(node, index)))
      return nullptr;
  if (failed(finish(func)) || failed(verify(*module)))
    return nullptr;
  return module;
}

//===------------------------------------------------------------------------------------------===//
// Entry points
//===------------------------------------------------------------------------------------------===//

static ImportResult importBytes(StringRef bytes, Reporter &reporter,
                                std::optional<std::string> folder, const ImportOptions &options) {
  auto stop = [&]() { return ImportResult{reporter.getStatus(), nullptr}; };
  if (options.batch < 1) {
    reporter.badInput() << "the batch is at least 1, found " << options.batch;
    return stop();
  }
  if (bytes.size() > INT_MAX) {
    reporter.badInput() << "a model file is smaller than 2 GiB (larger ones keep their tensors in "
                           "external data), found "
                        << bytes.size() << " bytes";
    return stop();
  }
  onnx::ModelProto model;
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    reporter.badInput()
        << "an ONNX file holds one protobuf message, found a truncated or foreign file of "
        << bytes.size() << " bytes";
    return stop();
  }
  FailureOr<OnnxGraph> graph = prepareGraph(model, reporter, options);
  if (failed(graph))
    return stop();
  TensorSource source{std::move(folder), options.maxConstantBytes};
  OwningOpRef<ModuleOp> module = GraphImporter(*graph, reporter, std::move(source), options).run();
  if (!module &&
      reporter.getStatus() == ImportStatus::Ok) // refused by the verifier, which named the op
    reporter.badInput() << "the network must be a valid program, found the error above";
  if (!module)
    return stop();
  return {ImportStatus::Ok, std::move(module)};
}

ImportResult importOnnxBuffer(StringRef bytes, StringRef name, MLIRContext &context,
                              const ImportOptions &options) {
  context.loadDialect<SaliencyDialect, func::FuncDialect>();
  Reporter reporter(context, name);
  return importBytes(bytes, reporter, std::nullopt, options);
}

ImportResult importOnnx(StringRef path, MLIRContext &context, const ImportOptions &options) {
  namespace fs = llvm::sys::fs;
  context.loadDialect<SaliencyDialect, func::FuncDialect>();
  Reporter reporter(context, path);
  auto unreadable = [&](const llvm::Twine &why) {
    reporter.badInput() << "a model must be a readable file, found " << why;
    return ImportResult{ImportStatus::BadInput, nullptr};
  };
  fs::file_status status;
  if (std::error_code code = fs::status(path, status))
    return unreadable(code.message());
  if (!fs::is_regular_file(status))
    return unreadable(fs::is_directory(status) ? "a folder" : "no regular file");
  auto buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return unreadable(buffer.getError().message());
  return importBytes((*buffer)->getBuffer(), reporter, llvm::sys::path::parent_path(path).str(),
                     options);
}

} // namespace saliency

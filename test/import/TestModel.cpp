// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/import/TestModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace saliency::test {

static onnx::AttributeProto &addAttribute(onnx::NodeProto &node, const std::string &name,
                                          onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

TestNode TestNode::name(const std::string &text) {
  proto.set_name(text);
  return *this;
}
TestNode TestNode::i(const std::string &name, int64_t value) {
  addAttribute(proto, name, onnx::AttributeProto::INT).set_i(value);
  return *this;
}
TestNode TestNode::f(const std::string &name, float value) {
  addAttribute(proto, name, onnx::AttributeProto::FLOAT).set_f(value);
  return *this;
}
TestNode TestNode::s(const std::string &name, const std::string &value) {
  addAttribute(proto, name, onnx::AttributeProto::STRING).set_s(value);
  return *this;
}
TestNode TestNode::ints(const std::string &name, const std::vector<int64_t> &values) {
  onnx::AttributeProto &attribute = addAttribute(proto, name, onnx::AttributeProto::INTS);
  for (int64_t value : values)
    attribute.add_ints(value);
  return *this;
}
TestNode TestNode::floats(const std::string &name, const std::vector<float> &values) {
  onnx::AttributeProto &attribute = addAttribute(proto, name, onnx::AttributeProto::FLOATS);
  for (float value : values)
    attribute.add_floats(value);
  return *this;
}
TestNode TestNode::t(const std::string &name, const onnx::TensorProto &value) {
  *addAttribute(proto, name, onnx::AttributeProto::TENSOR).mutable_t() = value;
  return *this;
}

static onnx::TensorProto emptyTensor(const std::string &name, const std::vector<int64_t> &dims,
                                     int32_t type) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (int64_t dim : dims)
    tensor.add_dims(dim);
  return tensor;
}

onnx::TensorProto floatTensor(const std::string &name, const std::vector<int64_t> &dims,
                              const std::vector<float> &values) {
  onnx::TensorProto tensor = emptyTensor(name, dims, onnx::TensorProto::FLOAT);
  for (float value : values)
    tensor.add_float_data(value);
  return tensor;
}

onnx::TensorProto intTensor(const std::string &name, const std::vector<int64_t> &dims,
                            const std::vector<int64_t> &values) {
  onnx::TensorProto tensor = emptyTensor(name, dims, onnx::TensorProto::INT64);
  for (int64_t value : values)
    tensor.add_int64_data(value);
  return tensor;
}

TestModel::TestModel(const std::vector<int64_t> &inputDims, int64_t opset,
                     const std::vector<std::string> &outputs) {
  proto.set_ir_version(8);
  proto.add_opset_import()->set_version(opset);
  graph().set_name("test");
  addInput("x", inputDims);
  for (const std::string &name : outputs)
    graph().add_output()->set_name(name);
}

TestNode TestModel::node(const std::string &op, const std::vector<std::string> &inputs,
                         const std::vector<std::string> &outputs) {
  onnx::NodeProto &node = *graph().add_node();
  node.set_op_type(op);
  for (const std::string &name : inputs)
    node.add_input(name);
  for (const std::string &name : outputs)
    node.add_output(name);
  return {node};
}

static size_t count(const std::vector<int64_t> &dims) {
  size_t product = 1;
  for (int64_t dim : dims)
    product *= dim;
  return product;
}

TestModel &TestModel::weights(const std::string &name, const std::vector<int64_t> &dims,
                              float value) {
  *graph().add_initializer() = floatTensor(name, dims, std::vector<float>(count(dims), value));
  return *this;
}

TestModel &TestModel::counting(const std::string &name, const std::vector<int64_t> &dims) {
  std::vector<float> values(count(dims));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i);
  *graph().add_initializer() = floatTensor(name, dims, values);
  return *this;
}

TestModel &TestModel::ints(const std::string &name, const std::vector<int64_t> &values) {
  *graph().add_initializer() = intTensor(name, {static_cast<int64_t>(values.size())}, values);
  return *this;
}

void TestModel::addInput(const std::string &name, const std::vector<int64_t> &dims, int32_t type) {
  onnx::ValueInfoProto &input = *graph().add_input();
  input.set_name(name);
  onnx::TypeProto::Tensor &tensor = *input.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape();
  for (int64_t dim : dims)
    tensor.mutable_shape()->add_dim()->set_dim_value(dim);
}

std::string Imported::ops() const {
  std::string names;
  module.get()->walk([&](Operation *op) {
    if (op->getName().getDialectNamespace() != "saliency" || isa<ConstantOp>(op))
      return;
    names += (names.empty() ? "" : " ") + op->getName().stripDialect().str();
  });
  return names;
}

Operation *Imported::producer(StringRef name) const {
  Operation *found = nullptr;
  module.get()->walk([&](Operation *op) {
    if (auto value = op->getAttrOfType<StringAttr>(kValueNameAttr);
        value && value.getValue() == name)
      found = op;
  });
  return found;
}

static Value output(ModuleOp module, unsigned i) {
  auto func = *module.getOps<func::FuncOp>().begin();
  return func.getBody().front().getTerminator()->getOperand(i);
}

std::vector<int64_t> Imported::outputShape(unsigned i) const {
  return cast<RankedTensorType>(output(module.get(), i).getType()).getShape().vec();
}

std::vector<float> entries(Value constant) {
  auto op = constant.getDefiningOp<ConstantOp>();
  if (!op)
    return {};
  if (auto dense = dyn_cast<DenseElementsAttr>(op.getValue())) {
    auto values = dense.getValues<float>();
    return {values.begin(), values.end()};
  }
  auto resource = cast<DenseF32ResourceElementsAttr>(op.getValue());
  return resource.tryGetAsArrayRef()->vec();
}

std::vector<float> Imported::constantOutput(unsigned i) const {
  return entries(output(module.get(), i));
}

static Imported run(llvm::function_ref<ImportResult(MLIRContext &)> import) {
  Imported result;
  result.context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
  result.context->getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
    result.messages += diagnostic.str() + "\n";
    return success();
  });
  ImportResult imported = import(*result.context);
  result.status = imported.status;
  result.module = std::move(imported.module);
  return result;
}

Imported importBytes(const std::string &bytes, const ImportOptions &options) {
  return run([&](MLIRContext &context) {
    return importOnnxBuffer(bytes, "model.onnx", context, options);
  });
}
Imported importModel(const onnx::ModelProto &model, const ImportOptions &options) {
  return importBytes(model.SerializeAsString(), options);
}
Imported importFile(const std::string &path, const ImportOptions &options) {
  return run([&](MLIRContext &context) { return importOnnx(path, context, options); });
}

} // namespace saliency::test

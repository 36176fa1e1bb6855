// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the importer makes of a graph as such: names, order, inputs and outputs, operator sets.
#include "test/import/Expect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace saliency;
using namespace saliency::test;

TEST(Graph, ModuleCarriesNames) {
  TestModel model({1, 3, 8, 8});
  model.node("Relu", {"x"}).name("/act");
  Imported imported = importModel(model);
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ((*imported.module)->getAttrOfType<mlir::StringAttr>("saliency.model").getValue(),
            "model");
  EXPECT_EQ((*imported.module)->getAttrOfType<mlir::IntegerAttr>("saliency.opset").getInt(), 13);
  auto func = imported.module->lookupSymbol<mlir::func::FuncOp>("forward");
  EXPECT_EQ(func.getArgAttrOfType<mlir::StringAttr>(0, "saliency.name").getValue(), "x");
  EXPECT_EQ(func.getResultAttrOfType<mlir::StringAttr>(0, "saliency.name").getValue(), "y");
  mlir::Operation *relu = imported.producer("y");
  ASSERT_TRUE(relu);
  EXPECT_EQ(mlir::cast<mlir::NameLoc>(relu->getLoc()).getName().getValue(), "/act");
}

TEST(Graph, NamelessNodeIsNamedAfterItsOutput) {
  TestModel model;
  model.node("Relu", {"x"});
  auto imported = importModel(model);
  EXPECT_EQ(mlir::cast<mlir::NameLoc>(imported.producer("y")->getLoc()).getName().getValue(), "y");
}

TEST(Graph, SymbolicBatchIsBound) {
  for (int64_t open : {0, -1}) {
    TestModel model({open, 3});
    model.node("Relu", {"x"});
    ImportOptions options;
    options.batch = 4;
    EXPECT_EQ(importModel(model, options).outputShape(), (std::vector<int64_t>{4, 3}));
  }
  TestModel model({1, 3});
  model.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("N");
  model.node("Relu", {"x"});
  EXPECT_EQ(importModel(model).outputShape(), (std::vector<int64_t>{1, 3}));
}

TEST(Graph, FixedBatchStays) {
  TestModel model({2, 3});
  model.node("Relu", {"x"});
  ImportOptions options;
  options.batch = 4;
  EXPECT_EQ(importModel(model, options).outputShape(), (std::vector<int64_t>{2, 3}));
}

TEST(Graph, BatchBelowOne) {
  ImportOptions options;
  options.batch = 0;
  expectError(importModel(TestModel(), options), ImportStatus::BadInput,
              "the batch is at least 1, found 0");
}

TEST(Graph, DynamicShape) {
  TestModel model({1, 3, 8, 8});
  model.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(2)
      ->set_dim_param("height");
  model.node("Relu", {"x"});
  expectError(importModel(model), ImportStatus::Unsupported,
              "model.onnx: input 'x': only axis 0 (the batch) may be left open, found dynamic "
              "shape: axis 2 is 'height'");
  model.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  expectError(importModel(model), ImportStatus::Unsupported,
              "the input states its shape, found dynamic shape: no extents");
}

TEST(Graph, AbsurdInput) {
  TestModel huge({1, int64_t(1) << 40});
  huge.node("Relu", {"x"});
  expectError(importModel(huge), ImportStatus::BadInput,
              "an extent lies in [1, 2147483648], found 1099511627776 on axis 1");
  TestModel wide({1, int64_t(1) << 30, int64_t(1) << 30});
  wide.node("Relu", {"x"});
  expectError(importModel(wide), ImportStatus::BadInput,
              "the input has at most 4294967296 entries");
  TestModel negative({1, -7});
  negative.node("Relu", {"x"});
  expectError(importModel(negative), ImportStatus::BadInput, "found -7 on axis 1");
}

TEST(Graph, InputTypes) {
  auto typed = [](int32_t type) {
    TestModel model;
    model.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(type);
    model.node("Relu", {"x"});
    return importModel(model);
  };
  EXPECT_EQ(typed(onnx::TensorProto::FLOAT16).status, ImportStatus::Ok);
  expectError(typed(onnx::TensorProto::UINT8), ImportStatus::Unsupported,
              "the input is float32 or float16, found UINT8");
  expectError(typed(onnx::TensorProto::DOUBLE), ImportStatus::Unsupported, "found DOUBLE");
  expectError(typed(99), ImportStatus::Unsupported, "found data type 99");
  expectError(typed(0), ImportStatus::BadInput, "an input states its element type, found none");
  TestModel untyped;
  untyped.graph().mutable_input(0)->clear_type();
  untyped.node("Relu", {"x"});
  expectError(importModel(untyped), ImportStatus::BadInput, "an input states its type, found none");
  untyped.graph().mutable_input(0)->mutable_type()->mutable_sequence_type();
  expectError(importModel(untyped), ImportStatus::Unsupported,
              "the input is a tensor, found another type");
  TestModel scalar(std::vector<int64_t>{});
  scalar.node("Relu", {"x"});
  expectError(importModel(scalar), ImportStatus::Unsupported,
              "the input has an axis of samples, found a scalar");
}

TEST(Graph, InitializersMayBeListedAsInputs) {
  TestModel model({1, 4});
  model.weights("w", {1, 4}).addInput("w", {1, 4});
  model.node("Add", {"x", "w"});
  EXPECT_EQ(importModel(model).status, ImportStatus::Ok);
}

TEST(Graph, NumberOfInputs) {
  TestModel two;
  two.addInput("mask", {1});
  two.node("Relu", {"x"}, {"r"});
  two.node("Add", {"r", "mask"});
  expectError(importModel(two), ImportStatus::Unsupported,
              "a network has one input besides its initializers, found 2: 'x', 'mask'");
  TestModel none;
  none.graph().clear_input();
  none.weights("x", {1}).node("Relu", {"x"});
  expectError(importModel(none), ImportStatus::Unsupported, "besides its initializers, found 0");
  TestModel idle; // nothing reads the mask
  idle.addInput("mask", {1}, onnx::TensorProto::STRING);
  idle.node("Relu", {"x"});
  EXPECT_EQ(importOk(idle).ops(), "relu");
}

TEST(Graph, NamesAreUnique) {
  TestModel twice;
  twice.node("Relu", {"x"});
  twice.node("Tanh", {"x"}).name("again");
  expectError(importModel(twice), ImportStatus::BadInput,
              "node 'again' (Tanh, opset 13): every value is produced once, found output 'y', "
              "which exists already");
  TestModel input;
  input.addInput("x", {1});
  expectError(importModel(input), ImportStatus::BadInput,
              "input 'x': names must be unique, found it twice");
  TestModel weights;
  weights.weights("w", {1}).weights("w", {1});
  expectError(importModel(weights), ImportStatus::BadInput,
              "initializer 'w': names must be unique, found it twice");
  TestModel outputs({1, 1}, 13, {"y", "y"});
  outputs.node("Relu", {"x"});
  expectError(importModel(outputs), ImportStatus::BadInput,
              "output 'y': names must be unique, found it twice");
}

TEST(Graph, NamesAreGiven) {
  TestModel weights;
  weights.weights("", {1});
  expectError(importModel(weights), ImportStatus::BadInput,
              "an initializer has a name, found one without");
  TestModel input;
  input.addInput("", {1});
  expectError(importModel(input), ImportStatus::BadInput, "an input has a name, found one without");
}

TEST(Graph, ValuesAreDefined) {
  TestModel unknown;
  unknown.node("Relu", {"nowhere"});
  expectError(
      importModel(unknown), ImportStatus::BadInput,
      "an input is an initializer, the network's input or another node's output, found 'nowhere'");
  TestModel output;
  expectError(importModel(output), ImportStatus::BadInput,
              "output 'y': an output must be computed by a node, found no value of this name");
  TestModel none({1}, 13, {});
  none.node("Relu", {"x"});
  expectError(importModel(none), ImportStatus::BadInput,
              "a network has at least one output, found none");
}

TEST(Graph, CyclesAndOrder) {
  TestModel cycle;
  cycle.node("Add", {"x", "b"}, {"a"}).name("first");
  cycle.node("Relu", {"a"}, {"b"}).name("second");
  cycle.node("Relu", {"b"});
  expectError(importModel(cycle), ImportStatus::BadInput,
              "node 'first' (Add, opset 13): a graph has no cycle, found input 'b', which node "
              "'second' computes from this");
  TestModel self;
  self.node("Add", {"x", "y"});
  expectError(importModel(self), ImportStatus::BadInput, "a graph has no cycle, found input 'y'");
  TestModel order;
  order.node("Relu", {"a"}).name("early");
  order.node("Relu", {"x"}, {"a"}).name("late");
  expectError(importModel(order), ImportStatus::BadInput,
              "node 'early' (Relu, opset 13): nodes come in topological order, found input 'a' "
              "before node 'late'");
}

TEST(Graph, OperatorSets) {
  auto withOpset = [](int64_t opset) {
    TestModel model({1, 4}, opset);
    model.node("Relu", {"x"});
    return importModel(model);
  };
  for (int64_t opset = 7; opset <= 28; ++opset)
    EXPECT_EQ(withOpset(opset).status, ImportStatus::Ok) << opset;
  expectError(withOpset(6), ImportStatus::Unsupported,
              "opset versions 7 to 28 are supported, found 6");
  expectError(withOpset(29), ImportStatus::Unsupported, "found 29");
  expectError(withOpset(0), ImportStatus::BadInput, "found 0");
  TestModel none;
  none.proto.clear_opset_import();
  expectError(importModel(none), ImportStatus::BadInput,
              "names the version of the operator set 'ai.onnx', found none");
  none.proto.add_opset_import()->set_domain("ai.onnx.ml");
  expectError(importModel(none), ImportStatus::Unsupported, "found domain 'ai.onnx.ml' alone");
  TestModel two;
  two.proto.add_opset_import()->set_domain("ai.onnx");
  expectError(importModel(two), ImportStatus::BadInput, "found two entries for 'ai.onnx'");
}

TEST(Graph, ForeignParts) {
  TestModel domain;
  domain.node("Gelu", {"x"}).proto.set_domain("com.microsoft");
  expectError(
      importModel(domain), ImportStatus::Unsupported,
      "(Gelu, opset 13): operators come from the domain 'ai.onnx', found domain 'com.microsoft'");
  TestModel unknown;
  unknown.node("RoiAlign", {"x"}).name("norm1").i("size", 5);
  expectError(importModel(unknown), ImportStatus::Unsupported,
              "model.onnx: node 'norm1' (RoiAlign, opset 13): this operator is not supported");
  TestModel nameless;
  nameless.node("", {"x"});
  expectError(importModel(nameless), ImportStatus::BadInput,
              "a node names its operator, found none");
  TestModel sparse;
  sparse.graph().add_sparse_initializer()->mutable_values()->set_name("s");
  sparse.node("Add", {"x", "s"});
  expectError(importModel(sparse), ImportStatus::Unsupported,
              "initializers are dense, found sparse initializer 's'");
  TestModel control;
  onnx::AttributeProto &body = *control.node("Loop", {"x"}).proto.add_attribute();
  body.set_name("body");
  body.mutable_g();
  expectError(importModel(control), ImportStatus::Unsupported,
              "of control flow only If is supported, found subgraph 'body'");
}

TEST(Graph, OperatorOlderThanOpset) {
  TestModel model({1, 4}, 10);
  model.node("Range", {"x", "x", "x"});
  expectError(importModel(model), ImportStatus::BadInput,
              "this operator exists since opset 11, found opset 10");
}

TEST(Graph, HostileNames) {
  TestModel model;
  model.node("Relu", {"x"}).name("evil\n\x1b[31m" + std::string(5000, 'a')).i("bogus\r", 1);
  Imported imported = importModel(model);
  expectError(imported, ImportStatus::BadInput, "node 'evil\\x0A\\x1B[31m");
  EXPECT_LT(imported.messages.size(), 600u);
}

TEST(Graph, BrokenFiles) {
  expectError(importBytes(""), ImportStatus::BadInput,
              "a model holds a graph, found none (is this an ONNX file?)");
  expectError(
      importBytes("not an ONNX file at all"), ImportStatus::BadInput,
      "an ONNX file holds one protobuf message, found a truncated or foreign file of 23 bytes");
  TestModel model;
  model.weights("w", {64});
  model.node("Relu", {"x"});
  std::string bytes = model.proto.SerializeAsString();
  expectError(importBytes(bytes.substr(0, bytes.size() - 5)), ImportStatus::BadInput,
              "model.onnx: ");
  expectError(importFile("no/such/model.onnx"), ImportStatus::BadInput,
              "no/such/model.onnx: a model must be a readable file, found No such file");
  expectError(importFile("/"), ImportStatus::BadInput,
              "a model must be a readable file, found a folder");
  expectError(importFile("/dev/zero"), ImportStatus::BadInput, "found no regular file");
}

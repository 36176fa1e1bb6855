// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that a model defines itself are replaced by their bodies.
#include "test/import/Expect.h"

#include <google/protobuf/unknown_field_set.h>

using namespace saliency;
using namespace saliency::test;

namespace {

struct TestFunction {
  onnx::FunctionProto &proto;

  TestNode node(const std::string &op, const std::vector<std::string> &inputs,
                const std::vector<std::string> &outputs) const {
    onnx::NodeProto &node = *proto.add_node();
    node.set_op_type(op);
    for (const std::string &name : inputs)
      node.add_input(name);
    for (const std::string &name : outputs)
      node.add_output(name);
    return {node};
  }
};

TestFunction addFunction(TestModel &model, const std::string &name,
                         const std::vector<std::string> &inputs,
                         const std::vector<std::string> &outputs, int64_t opset = 13) {
  onnx::FunctionProto &function = *model.proto.add_functions();
  function.set_name(name);
  function.set_domain("local");
  for (const std::string &input : inputs)
    function.add_input(input);
  for (const std::string &output : outputs)
    function.add_output(output);
  function.add_opset_import()->set_version(opset);
  return {function};
}

TestNode call(TestModel &model, const std::string &function, const std::vector<std::string> &inputs,
              const std::vector<std::string> &outputs = {"y"}) {
  TestNode node = model.node(function, inputs, outputs);
  node.proto.set_domain("local");
  return node;
}

onnx::AttributeProto *refer(TestNode node, const std::string &name, const std::string &to,
                            onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto *attribute = node.proto.add_attribute();
  attribute->set_name(name);
  attribute->set_ref_attr_name(to);
  attribute->set_type(type);
  return attribute;
}

} // namespace

TEST(LocalFunction, BodyTakesThePlaceOfTheCall) {
  TestModel model({1, 4});
  TestFunction scale = addFunction(model, "Scale", {"a"}, {"b"});
  scale.node("Sigmoid", {"a"}, {"t"}).name("gate");
  scale.node("Mul", {"a", "t"}, {"b"});
  call(model, "Scale", {"x"}, {"m"}).name("block1");
  call(model, "Scale", {"m"}).name("block2");
  Imported imported = importOk(model);
  EXPECT_EQ(imported.ops(), "sigmoid mul sigmoid mul");
  mlir::Operation *gate = imported.producer("block1/t");
  ASSERT_TRUE(gate);
  EXPECT_EQ(mlir::cast<mlir::NameLoc>(gate->getLoc()).getName().getValue(), "block1/gate");
  EXPECT_TRUE(imported.producer("block2/t"));
  EXPECT_TRUE(imported.producer("m"));
}

TEST(LocalFunction, FunctionsCallFunctions) {
  TestModel model({1, 4});
  addFunction(model, "Inner", {"a"}, {"b"}).node("Relu", {"a"}, {"b"});
  TestFunction outer = addFunction(model, "Outer", {"a"}, {"b"});
  for (auto [from, to] : {std::pair("a", "t"), {"t", "b"}})
    outer.node("Inner", {from}, {to}).proto.set_domain("local");
  call(model, "Outer", {"x"});
  EXPECT_EQ(importOk(model).ops(), "relu relu");
}

TEST(LocalFunction, NamesStayUnique) {
  TestModel model({1, 4});
  addFunction(model, "F", {"a"}, {"b"}).node("Relu", {"a"}, {"t"});
  model.proto.mutable_functions(0)->add_node()->CopyFrom(model.proto.functions(0).node(0));
  model.proto.mutable_functions(0)->mutable_node(1)->set_op_type("Add");
  model.proto.mutable_functions(0)->mutable_node(1)->set_input(0, "t");
  model.proto.mutable_functions(0)->mutable_node(1)->add_input("t");
  model.proto.mutable_functions(0)->mutable_node(1)->set_output(0, "b");
  model.node("Tanh", {"x"}, {"call/t"}); // the name that the body's value would take
  call(model, "F", {"call/t"}).name("call");
  EXPECT_EQ(importOk(model).ops(), "tanh relu add");
}

TEST(LocalFunction, AttributesOfTheCallAndDefaults) {
  TestModel model({1, 4});
  TestFunction leaky = addFunction(model, "Leaky", {"a"}, {"b"});
  leaky.proto.add_attribute("slope");
  refer(leaky.node("LeakyRelu", {"a"}, {"b"}), "alpha", "slope", onnx::AttributeProto::FLOAT);
  call(model, "Leaky", {"x"}).f("slope", 0.25f);
  EXPECT_EQ(importOk(model).only<LeakyReluOp>().getAlpha().convertToFloat(), 0.25f);

  model.graph().mutable_node(0)->clear_attribute(); // nobody gives it: the operator's own default
  EXPECT_EQ(importOk(model).only<LeakyReluOp>().getAlpha().convertToFloat(), 0.01f);

  onnx::AttributeProto standard;
  standard.set_name("slope");
  standard.set_type(onnx::AttributeProto::FLOAT);
  standard.set_f(0.5f);
  leaky.proto.mutable_unknown_fields()->AddLengthDelimited(11, standard.SerializeAsString());
  EXPECT_EQ(importOk(model).only<LeakyReluOp>().getAlpha().convertToFloat(), 0.5f);
}

TEST(LocalFunction, InputHandedOn) {
  TestModel model({1, 4}, 13, {"y", "z"});
  addFunction(model, "Both", {"a"}, {"b", "a"}).node("Relu", {"a"}, {"b"});
  call(model, "Both", {"x"}, {"y", "z"});
  ImportOptions options;
  options.output = "z";
  EXPECT_EQ(importModel(model, options).ops(), "identity");
  options.output = "y";
  EXPECT_EQ(importModel(model, options).ops(), "relu");
}

TEST(LocalFunction, OptionalInputsLeftOut) {
  TestModel model({1, 4});
  addFunction(model, "Limit", {"a", "low", "high"}, {"b"})
      .node("Clip", {"a", "low", "high"}, {"b"});
  model.weights("zero", {}, 0);
  call(model, "Limit", {"x", "zero"});
  EXPECT_EQ(importOk(model).ops(), "clip");
}

TEST(LocalFunction, Overloads) {
  TestModel model({1, 4});
  for (const char *overload : {"one", "two"}) {
    TestFunction function = addFunction(model, "F", {"a"}, {"b"});
    function.proto.mutable_unknown_fields()->AddLengthDelimited(13, overload);
    function.node(overload == std::string("one") ? "Relu" : "Tanh", {"a"}, {"b"});
  }
  call(model, "F", {"x"}).proto.mutable_unknown_fields()->AddLengthDelimited(8, "two");
  EXPECT_EQ(importOk(model).ops(), "tanh");
}

TEST(LocalFunction, OperatorsOfTheModelAreNotFunctions) {
  TestModel model({1, 4});
  addFunction(model, "Relu", {"a"}, {"b"}).node("Tanh", {"a"}, {"b"});
  model.node("Relu", {"x"});
  EXPECT_EQ(importOk(model).ops(), "relu");
}

TEST(LocalFunction, Refused) {
  TestModel itself({1, 4});
  addFunction(itself, "F", {"a"}, {"b"}).node("F", {"a"}, {"b"}).proto.set_domain("local");
  call(itself, "F", {"x"});
  expectError(importModel(itself), ImportStatus::BadInput,
              "a function does not call itself, found 'F' doing so");

  TestModel twice({1, 4});
  addFunction(twice, "F", {"a"}, {"b"});
  addFunction(twice, "F", {"a"}, {"b"});
  call(twice, "F", {"x"});
  expectError(importModel(twice), ImportStatus::BadInput,
              "a function is defined once, found two called 'F'");

  TestModel inputs({1, 4});
  addFunction(inputs, "F", {"a"}, {"b"}).node("Relu", {"a"}, {"b"});
  call(inputs, "F", {"x", "x"}).name("call");
  expectError(importModel(inputs), ImportStatus::BadInput,
              "node 'call' (F, opset 13): a call of 'F' has at most 1 inputs and 1 outputs, found "
              "2 and 1");

  TestModel opset({1, 4});
  addFunction(opset, "F", {"a"}, {"b"}, 11).node("Squeeze", {"a"}, {"b"});
  call(opset, "F", {"x"});
  expectError(importModel(opset), ImportStatus::Unsupported,
              "a function's operators are of the model's opset, found Squeeze of opset 11 in "
              "function 'F'");

  TestModel missing({1, 4});
  addFunction(missing, "F", {"a"}, {"b"}).node("Relu", {"nowhere"}, {"b"});
  call(missing, "F", {"x"}).name("call");
  expectError(importModel(missing), ImportStatus::BadInput, "found 'call/nowhere'");
}

TEST(LocalFunction, DoublingEnds) {
  TestModel model({1, 4}); // 40 levels, each calling the one below twice
  addFunction(model, "F0", {"a"}, {"b"}).node("Relu", {"a"}, {"b"});
  for (int level = 1; level != 40; ++level) {
    TestFunction function = addFunction(model, "F" + std::to_string(level), {"a"}, {"b"});
    std::string below = "F" + std::to_string(level - 1);
    function.node(below, {"a"}, {"t"}).proto.set_domain("local");
    function.node(below, {"t"}, {"b"}).proto.set_domain("local");
  }
  call(model, "F39", {"x"});
  expectError(importModel(model), ImportStatus::Unsupported,
              "nodes once its functions are inlined, found more");
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// If: a branch is taken while the model is read.
#include "test/import/Expect.h"

using namespace saliency;
using namespace saliency::test;

namespace {

onnx::NodeProto &addNode(onnx::GraphProto &graph, const std::string &op,
                         const std::vector<std::string> &inputs, const std::string &output) {
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type(op);
  for (const std::string &input : inputs)
    node.add_input(input);
  node.add_output(output);
  return node;
}

onnx::GraphProto branch(const std::string &op, const std::vector<std::string> &inputs,
                        const std::string &output) {
  onnx::GraphProto graph;
  addNode(graph, op, inputs, output);
  graph.add_output()->set_name(output);
  return graph;
}

void addBranch(TestNode node, const std::string &name, const onnx::GraphProto &graph) {
  onnx::AttributeProto &attribute = *node.proto.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::GRAPH);
  *attribute.mutable_g() = graph;
}

onnx::TensorProto boolTensor(const std::string &name, bool value) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::BOOL);
  tensor.add_int32_data(value);
  return tensor;
}

/// y = condition ? relu(x) : tanh(x), with value `c` as the condition.
TestModel withBranches(const onnx::GraphProto &thenBranch, const onnx::GraphProto &elseBranch) {
  TestModel model({1, 4});
  TestNode node = model.node("If", {"c"}).name("choice");
  addBranch(node, "then_branch", thenBranch);
  addBranch(node, "else_branch", elseBranch);
  return model;
}

} // namespace

TEST(Control, BranchIsTaken) {
  for (bool condition : {true, false}) {
    TestModel model = withBranches(branch("Relu", {"x"}, "a"), branch("Tanh", {"x"}, "b"));
    *model.graph().add_initializer() = boolTensor("c", condition);
    Imported imported = importOk(model);
    EXPECT_EQ(imported.ops(), condition ? "relu identity" : "tanh identity");
    EXPECT_TRUE(imported.producer(condition ? "a" : "b"));
    EXPECT_TRUE(imported.producer("y"));
  }
}

TEST(Control, ConditionOfShapes) {
  TestModel model({1, 4});
  model.ints("axis", {1}).ints("four", {4});
  model.node("Shape", {"x"}, {"s"});
  model.node("Gather", {"s", "axis"}, {"extent"}).i("axis", 0);
  model.node("Equal", {"extent", "four"}, {"c"});
  TestNode node = model.node("If", {"c"});
  addBranch(node, "then_branch", branch("Relu", {"x"}, "a"));
  addBranch(node, "else_branch", branch("NoSuchOperator", {"x"}, "b")); // not taken, not read
  EXPECT_EQ(importOk(model).ops(), "relu identity");
}

TEST(Control, BranchesReadAndHandOnOuterValues) {
  onnx::GraphProto inner = branch("Mul", {"outer", "w"}, "a");
  *inner.add_initializer() = floatTensor("w", {4}, {1, 2, 3, 4});
  inner.add_output()->set_name("outer");
  TestModel model({1, 4}, 13, {"y", "z"});
  model.node("Relu", {"x"}, {"outer"});
  TestNode node = model.node("If", {"c"}, {"y", "z"});
  addBranch(node, "then_branch", inner);
  addBranch(node, "else_branch", inner);
  *model.graph().add_initializer() = boolTensor("c", true);
  ImportOptions options;
  options.output = "z";
  Imported imported = importModel(model, options);
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.ops(), "relu mul identity identity");
}

TEST(Control, Nested) {
  onnx::GraphProto outer;
  onnx::NodeProto &node = addNode(outer, "If", {"c"}, "o");
  addBranch({node}, "then_branch", branch("Relu", {"x"}, "deep"));
  addBranch({node}, "else_branch", branch("Tanh", {"x"}, "deep")); // branches are apart
  outer.add_output()->set_name("o");
  TestModel model = withBranches(outer, branch("Tanh", {"x"}, "b"));
  *model.graph().add_initializer() = boolTensor("c", true);
  EXPECT_EQ(importOk(model).ops(), "relu identity identity");
}

TEST(Control, Refused) {
  auto model = [](bool condition = true) {
    TestModel made = withBranches(branch("Relu", {"x"}, "a"), branch("Tanh", {"x"}, "b"));
    if (condition)
      *made.graph().add_initializer() = boolTensor("c", true);
    return made;
  };
  TestModel computed({1, 4});
  computed.node("Relu", {"x"}, {"c"});
  TestNode choice = computed.node("If", {"c"}).name("choice");
  addBranch(choice, "then_branch", branch("Relu", {"x"}, "a"));
  addBranch(choice, "else_branch", branch("Tanh", {"x"}, "b"));
  expectError(importModel(computed), ImportStatus::Unsupported,
              "node 'choice' (If, opset 13): the condition of a branch must be constant, found "
              "computed value 'c'");

  TestModel one = model();
  one.graph().mutable_node(0)->mutable_attribute()->RemoveLast();
  expectError(importModel(one), ImportStatus::BadInput,
              "a node has the graphs then_branch and else_branch, found one of them");

  TestModel number = model(false);
  number.weights("c", {1});
  expectError(importModel(number), ImportStatus::BadInput,
              "the condition of a branch is one bool, found float32 with extents [1]");

  TestModel outputs = model();
  outputs.graph().mutable_node(0)->mutable_attribute(0)->mutable_g()->clear_output();
  expectError(importModel(outputs), ImportStatus::BadInput,
              "a branch has the node's 1 outputs, found 0");

  TestModel fed = model();
  fed.graph().mutable_node(0)->mutable_attribute(0)->mutable_g()->add_input()->set_name("i");
  expectError(importModel(fed), ImportStatus::Unsupported,
              "a branch has no inputs and no sparse initializers, found i");

  TestModel inside = model(); // a branch's values are its own
  inside.graph().mutable_output(0)->set_name("z");
  inside.node("Relu", {"a"}, {"z"});
  inside.graph().mutable_node(1)->add_input("y");
  expectError(importModel(inside), ImportStatus::BadInput, "found 'a'");

  TestModel shadow = model();
  shadow.graph().mutable_node(0)->mutable_attribute(0)->mutable_g()->mutable_node(0)->set_output(
      0, "x");
  expectError(importModel(shadow), ImportStatus::BadInput,
              "every value is produced once, found output 'x', which exists already");
}

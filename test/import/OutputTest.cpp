// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which output of a model is explained, and that nothing else is read.
#include "test/import/Expect.h"

using namespace saliency;
using namespace saliency::test;

/// Declares what output `i` is; -1: a symbolic extent.
static void declare(TestModel &model, int i, int32_t type, const std::vector<int64_t> &dims) {
  auto &tensor = *model.graph().mutable_output(i)->mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape();
  for (int64_t dim : dims) {
    auto &extent = *tensor.mutable_shape()->add_dim();
    if (dim < 0)
      extent.set_dim_param("batch");
    else
      extent.set_dim_value(dim);
  }
}

/// A network with labels, boxes, scores and a map of features.
static TestModel severalOutputs() {
  TestModel model({1, 3, 4, 4}, 13, {"label", "boxes", "scores", "features"});
  model.weights("w", {5, 48}).weights("v", {8, 48}).ints("shape", {1, 2, 4});
  model.node("Relu", {"x"}, {"features"});
  model.node("Flatten", {"features"}, {"f"});
  model.node("Gemm", {"f", "w"}, {"scores"}).i("transB", 1);
  model.node("Gemm", {"f", "v"}, {"b"}).i("transB", 1);
  model.node("Reshape", {"b", "shape"}, {"boxes"});
  model.node("ArgMax", {"scores"}, {"label"}); // no operator that the importer knows
  declare(model, 0, onnx::TensorProto::INT64, {1, 1});
  declare(model, 1, onnx::TensorProto::FLOAT, {-1, 2, 4});
  declare(model, 2, onnx::TensorProto::FLOAT, {-1, 5});
  declare(model, 3, onnx::TensorProto::FLOAT, {1, 3, 4, 4});
  return model;
}

TEST(Output, FirstThatCanBeScores) {
  Imported imported = importModel(severalOutputs());
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.ops(), "relu reshape gemm");
  EXPECT_EQ(imported.outputShape(), (std::vector<int64_t>{1, 5}));
  EXPECT_THAT(
      imported.messages,
      testing::HasSubstr("model.onnx: output 'scores' (float batchx5) is explained; --output=NAME "
                         "chooses another: 'label' (int64 1x1), 'boxes' (float batchx2x4), "
                         "'features' (float 1x3x4x4)"));
}

TEST(Output, NamedByTheUser) {
  ImportOptions options;
  options.output = "features";
  Imported imported = importModel(severalOutputs(), options);
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.ops(), "relu");
  EXPECT_EQ(imported.messages, "");
  options.output = "score";
  expectError(importModel(severalOutputs(), options), ImportStatus::BadInput,
              "--output is one of the model's outputs, 'label' (int64 1x1), 'boxes' (float "
              "batchx2x4), 'scores' (float batchx5), 'features' (float 1x3x4x4); found 'score'");
}

TEST(Output, OneOutputIsNotRemarkedOn) {
  TestModel model;
  model.node("Relu", {"x"});
  EXPECT_EQ(importOk(model).messages, "");
}

TEST(Output, NothingDeclared) {
  TestModel model({1, 4}, 13, {"a", "b"});
  model.node("Relu", {"x"}, {"a"});
  model.node("Tanh", {"x"}, {"b"});
  EXPECT_EQ(importModel(model).ops(), "relu");
}

TEST(Output, FloatsBeforeIntegers) {
  TestModel model({1, 3, 4, 4}, 13, {"label", "map"});
  model.node("Relu", {"x"}, {"map"});
  model.node("ArgMax", {"map"}, {"label"});
  declare(model, 0, onnx::TensorProto::INT64, {1});
  declare(model, 1, onnx::TensorProto::FLOAT, {1, 3, 4, 4});
  EXPECT_EQ(importModel(model).ops(), "relu");
}

TEST(Output, OfAllKinds) {
  TestModel input({1, 4}, 13, {"x"});
  EXPECT_EQ(importOk(input).outputShape(), (std::vector<int64_t>{1, 4}));
  TestModel constant({1, 4}, 13, {"w"});
  constant.weights("w", {2});
  EXPECT_EQ(importOk(constant).constantOutput(), (std::vector<float>{0.5f, 0.5f}));
  TestModel integer({1, 4}, 13, {"s"});
  integer.node("Shape", {"x"}, {"s"});
  expectError(importModel(integer), ImportStatus::Unsupported,
              "output 's': outputs are float32 and have entries, found int64");
}

TEST(Output, ValuesInPlaceOfOutputs) {
  TestModel model({1, 3, 8, 8}, 13, {"boxes"});
  model.weights("w", {4, 3, 1, 1}).addInput("image_shape", {1, 2});
  model.graph().add_initializer()->CopyFrom(intTensor("text", {1}, {0}));
  model.graph().mutable_initializer()->rbegin()->set_data_type(onnx::TensorProto::STRING);
  model.node("Conv", {"x", "w", ""}, {"scores"}).name("head");
  model.node("Relu", {"scores"}, {"r"});
  model.node("NonMaxSuppression", {"r", "image_shape", "text"}, {"boxes"});
  model.node("Decode", {"r"}, {"decoded", ""}).proto.set_domain("com.microsoft");
  expectError(importModel(model), ImportStatus::Unsupported, "found 2");
  ImportOptions options;
  options.outputs = {"scores"};
  Imported imported = importModel(model, options); // what lies behind may be anything
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.ops(), "conv");
  EXPECT_EQ(imported.outputShape(), (std::vector<int64_t>{1, 4, 8, 8}));
  options.outputs = {"r", "scores"};
  imported = importModel(model, options);
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.ops(), "conv relu");
  options.outputs = {"x"};
  expectError(
      importModel(model, options), ImportStatus::BadInput,
      "a value to read is one that a node computes, found 'x', which is given to the network");
  options.outputs = {"scores", "no such value"};
  expectError(importModel(model, options), ImportStatus::BadInput,
              "found 'no such value', which the model does not have");
  options.outputs = {""};
  expectError(importModel(model, options), ImportStatus::BadInput,
              "found '', which the model does not have");
  options.outputs = {"scores", "scores"};
  expectError(importModel(model, options), ImportStatus::BadInput,
              "a value to read is named once, found 'scores' twice");
  options.outputs = {"boxes"};
  expectError(importModel(model, options), ImportStatus::Unsupported, "found 2");
  model.node("Identity", {"w"}, {"constant"});
  options.outputs = {"constant"};
  expectError(importModel(model, options), ImportStatus::BadInput,
              "values to read depend on the network's input, found none that does");
}

TEST(Output, FunctionsAndSparseTensorsBehindOthers) {
  TestModel model({1, 3, 8, 8}, 13, {"boxes"});
  model.node("Relu", {"x"}, {"r"});
  model.node("Decode", {"r", "s"}, {"boxes"}).proto.set_domain("local");
  onnx::FunctionProto &function = *model.proto.add_functions();
  function.set_name("Decode"); // takes no inputs, which nobody finds out
  function.set_domain("local");
  model.graph().add_sparse_initializer()->mutable_values()->set_name("s");
  ImportOptions options;
  options.outputs = {"r"};
  EXPECT_EQ(importModel(model, options).status, ImportStatus::Ok);
  options.outputs = {"boxes"};
  expectError(importModel(model, options), ImportStatus::BadInput,
              "a call of 'Decode' has at most 0 inputs and 0 outputs, found 2 and 1");
  function.set_domain("elsewhere");
  expectError(importModel(model, options), ImportStatus::Unsupported,
              "found sparse initializer 's'");
}

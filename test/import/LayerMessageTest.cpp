// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of dense layers, normalisations, activations and dropout.
#include "test/import/RefusedNode.h"

using namespace saliency;
using namespace saliency::test;

TEST(Messages, Dense) {
  expect({Bad, "the factors are matrices, found extents [1, 4, 8, 8]", [](TestModel &m) {
            m.weights("w", {4, 4});
            m.node("Gemm", {"x", "w"});
          }});
  expect({Bad,
          "a dense layer's weights have one column per feature (3)",
          [](TestModel &m) {
            m.weights("w", {4, 2});
            m.node("Gemm", {"x", "w"});
          },
          {1, 3}});
  expect({Bad,
          "C broadcasts to the product's extents [1, 2], found [5, 2]",
          [](TestModel &m) {
            m.weights("w", {3, 2}).weights("c", {5, 2});
            m.node("Gemm", {"x", "w", "c"});
          },
          {1, 3}});
  expect({Bad,
          "the factors have at least one axis, found a scalar",
          [](TestModel &m) {
            m.weights("w", {});
            m.node("MatMul", {"x", "w"});
          },
          {1, 3}});
}

TEST(Messages, Normalization) {
  auto node = [](TestModel &m, std::vector<std::string> outputs = {"y"}) {
    for (std::string name : {"g", "b", "m", "v"})
      m.weights(name, {4});
    return m.node("BatchNormalization", {"x", "g", "b", "m", "v"}, outputs);
  };
  expect({Unsupported,
          "statistics are per channel (spatial = 1), found spatial = 0",
          [&](TestModel &m) { node(m).i("spatial", 0); },
          {1, 4},
          7});
  expect({Unsupported,
          "a network is in inference form (training_mode = 0), found training_mode = 1",
          [&](TestModel &m) { node(m).i("training_mode", 1); },
          {1, 4},
          14});
  expect({Unsupported,
          "a network is in inference form with one output, found output 1 in use",
          [&](TestModel &m) {
            node(m, {"a", "mean", "variance"});
            m.node("Relu", {"mean"});
          },
          {1, 4},
          9});
  expect({Unsupported, "the scale must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("BatchNormalization", {"x", "x", "x", "x", "x"}); }});
}

TEST(Messages, LayerNormalization) {
  auto node = [](TestModel &m, std::vector<std::string> outputs, int64_t axis) {
    m.weights("g", {4}).node("LayerNormalization", {"x", "g"}, std::move(outputs)).i("axis", axis);
  };
  expect({Unsupported,
          "a layer norm keeps the axis of samples, found axis 0",
          [&](TestModel &m) { node(m, {"y"}, 0); },
          {1, 4},
          17});
  expect({Unsupported,
          "a layer norm has one output in inference, found output 1 in use",
          [&](TestModel &m) {
            node(m, {"a", "mean"}, 1);
            m.node("Relu", {"mean"});
          },
          {1, 4},
          17});
  expect({Unsupported,
          "the scale must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("LayerNormalization", {"x", "x"}); },
          {1, 4},
          17});
}

TEST(Messages, LRN) {
  expect({Bad, "size counts neighbouring channels, between 1 and 2^30, found 0",
          [](TestModel &m) { m.node("LRN", {"x"}).i("size", 0); }});
  expect({Bad,
          "the data is samples x channels x spatial, found extents [1, 4]",
          [](TestModel &m) { m.node("LRN", {"x"}).i("size", 1); },
          {1, 4}});
}

TEST(Messages, Activations) {
  expect({Bad,
          "approximate is 'none' or 'tanh', found 'sigmoid'",
          [](TestModel &m) { m.node("Gelu", {"x"}).s("approximate", "sigmoid"); },
          {1, 4},
          20});
  expect({Unsupported, "a bound of Clip must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("Clip", {"x", "x"}); }});
  expect({Bad, "a bound of Clip is one number, found extents [2]", [](TestModel &m) {
            m.weights("low", {2});
            m.node("Clip", {"x", "low"});
          }});
  expect({Unsupported, "a bound of Clip must be float32, found int64", [](TestModel &m) {
            m.ints("low", {2});
            m.node("Clip", {"x", "low"});
          }});
  expect({Bad, "an axis lies in [-4, 3], found 4",
          [](TestModel &m) { m.node("Softmax", {"x"}).i("axis", 4); }});
  expect({Unsupported,
          "a network is in inference form (training_mode false), found training_mode true",
          [](TestModel &m) {
            m.ints("i", {1}).weights("r", {});
            m.node("Cast", {"i"}, {"t"}).i("to", onnx::TensorProto::BOOL);
            m.node("Dropout", {"x", "r", "t"});
          }});
  expect({Bad, "training_mode is one bool, found int64 with extents [2]", [](TestModel &m) {
            m.ints("t", {0, 0});
            m.node("Dropout", {"x", "", "t"});
          }});
  expect({Unsupported, "dropout has one result in inference, found output 1 (the mask) in use",
          [](TestModel &m) {
            m.node("Dropout", {"x"}, {"d", "mask"});
            m.node("Relu", {"mask"});
          }});
}

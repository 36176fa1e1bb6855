// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each operator of arithmetic becomes, at the versions between which it changed;
// StructureTest.cpp has those that move entries.
#include "test/import/Expect.h"

#include <cfloat>

using namespace saliency;
using namespace saliency::test;
using Shape = std::vector<int64_t>;
using Floats = std::vector<float>;

//===------------------------------------------------------------------------------------------===//
// Windows
//===------------------------------------------------------------------------------------------===//

TEST(Conv, AsymmetricPadsGroupsDilations) {
  TestModel model({1, 4, 9, 9});
  model.counting("w", {8, 2, 3, 3}).counting("b", {8});
  model.node("Conv", {"x", "w", "b"})
      .ints("pads", {0, 1, 2, 3})
      .ints("strides", {2, 1})
      .ints("dilations", {1, 2})
      .i("group", 2);
  Imported imported = importOk(model);
  auto conv = imported.only<ConvOp>();
  EXPECT_EQ(conv.getGroups(), 2u);
  EXPECT_EQ(conv.getWindow().getLow().vec(), (Shape{0, 1}));
  EXPECT_EQ(conv.getWindow().getHigh().vec(), (Shape{2, 3}));
  EXPECT_EQ(conv.getWindow().getDilations().vec(), (Shape{1, 2}));
  EXPECT_TRUE(conv.getBias());
  EXPECT_EQ(imported.outputShape(), (Shape{1, 8, 5, 9}));
}

TEST(Conv, OneAndThreeSpatialAxes) {
  TestModel line({1, 2, 9});
  line.weights("w", {4, 2, 3}).node("Conv", {"x", "w"});
  EXPECT_EQ(importOk(line).outputShape(), (Shape{1, 4, 7}));
  TestModel cube({1, 2, 4, 4, 4});
  cube.weights("w", {4, 2, 3, 3, 3}).node("Conv", {"x", "w"}).ints("kernel_shape", {3, 3, 3});
  EXPECT_EQ(importOk(cube).outputShape(), (Shape{1, 4, 2, 2, 2}));
}

TEST(Conv, AutoPad) {
  auto window = [](const std::string &mode) {
    TestModel model({1, 1, 5, 6});
    model.weights("w", {1, 1, 3, 3});
    model.node("Conv", {"x", "w"})
        .s("auto_pad", mode)
        .ints("strides", {2, 2})
        .ints("pads", {0, 0, 0, 0});
    Imported imported = importOk(model);
    WindowAttr attr = imported.only<ConvOp>().getWindow();
    return std::pair(attr.getLow().vec(), attr.getHigh().vec());
  };
  EXPECT_EQ(window("SAME_UPPER"), std::pair(Shape({1, 0}), Shape({1, 1})));
  EXPECT_EQ(window("SAME_LOWER"), std::pair(Shape({1, 1}), Shape({1, 0})));
  EXPECT_EQ(window("VALID"), std::pair(Shape({0, 0}), Shape({0, 0})));
}

TEST(Pool, MaxPool) {
  TestModel model({1, 3, 8, 8}, 12, {"y"});
  model.node("MaxPool", {"x"}, {"y", "unused"})
      .ints("kernel_shape", {3, 3})
      .ints("strides", {2, 2})
      .i("ceil_mode", 1)
      .i("storage_order", 1);
  Imported imported = importOk(model);
  EXPECT_TRUE(imported.only<MaxPoolOp>().getCeilMode());
  EXPECT_EQ(imported.outputShape(), (Shape{1, 3, 4, 4}));
}

TEST(Pool, AveragePool) {
  TestModel model({1, 3, 8, 8}, 19);
  model.node("AveragePool", {"x"})
      .ints("kernel_shape", {3, 3})
      .ints("pads", {1, 1, 1, 1})
      .ints("dilations", {2, 2})
      .i("count_include_pad", 1);
  Imported imported = importOk(model);
  EXPECT_TRUE(imported.only<AvgPoolOp>().getCountIncludePad());
  EXPECT_FALSE(imported.only<AvgPoolOp>().getCeilMode());
  EXPECT_EQ(imported.outputShape(), (Shape{1, 3, 6, 6}));
}

TEST(Pool, GlobalPoolsCoverTheData) {
  for (std::string op : {"GlobalAveragePool", "GlobalMaxPool"}) {
    TestModel model({2, 3, 4, 5});
    model.node(op, {"x"});
    Imported imported = importOk(model);
    EXPECT_EQ(imported.outputShape(), (Shape{2, 3, 1, 1}));
    EXPECT_EQ(imported.ops(), op == "GlobalMaxPool" ? "max_pool" : "avg_pool");
  }
}

TEST(Pool, ReduceMean) {
  TestModel attribute({2, 3, 4, 5});
  attribute.node("ReduceMean", {"x"}).ints("axes", {-1, 2}).i("keepdims", 0);
  Imported imported = importOk(attribute);
  EXPECT_EQ(imported.ops(), "avg_pool reshape");
  EXPECT_EQ(imported.outputShape(), (Shape{2, 3}));
  EXPECT_TRUE(imported.producer("y")->getName().getStringRef() == "saliency.reshape");
  TestModel input({2, 3, 4, 5}, 18);
  input.ints("axes", {2, 3}).node("ReduceMean", {"x", "axes"});
  EXPECT_EQ(importOk(input).ops(), "avg_pool");
  TestModel tokens({2, 17, 48});
  tokens.node("ReduceMean", {"x"}).ints("axes", {1}).i("keepdims", 0);
  EXPECT_EQ(importOk(tokens).ops(), "transpose reshape avg_pool reshape");
  EXPECT_EQ(importOk(tokens).outputShape(), (Shape{2, 48}));
}

//===------------------------------------------------------------------------------------------===//
// Dense layers
//===------------------------------------------------------------------------------------------===//

TEST(Gemm, WeightsAreOutputsByInputs) {
  TestModel plain({2, 3});
  plain.counting("w", {3, 2})
      .counting("c", {2})
      .node("Gemm", {"x", "w", "c"})
      .f("alpha", 2)
      .f("beta", 3);
  Imported imported = importOk(plain);
  auto gemm = imported.only<GemmOp>();
  EXPECT_EQ(entries(gemm.getWeight()), (Floats{0, 4, 8, 2, 6, 10}));
  EXPECT_EQ(entries(gemm.getBias()), (Floats{0, 3}));
  TestModel transposed({2, 3});
  transposed.counting("w", {2, 3})
      .weights("c", {1, 1})
      .node("Gemm", {"x", "w", "c"})
      .i("transB", 1);
  imported = importOk(transposed);
  gemm = imported.only<GemmOp>();
  EXPECT_EQ(
      gemm.getWeight().getDefiningOp()->getAttrOfType<mlir::StringAttr>(kValueNameAttr).getValue(),
      "w");
  EXPECT_EQ(entries(gemm.getBias()), (Floats{0.5f, 0.5f}));
}

TEST(Gemm, OtherForms) {
  TestModel matrix({2, 3});
  matrix.counting("w", {2, 3})
      .counting("c", {2, 2})
      .node("Gemm", {"x", "w", "c"})
      .i("transB", 1)
      .f("beta", 2);
  EXPECT_EQ(importOk(matrix).ops(), "gemm mul add");
  TestModel transA({3, 2});
  transA.counting("w", {3, 4}).node("Gemm", {"x", "w"}).i("transA", 1);
  EXPECT_EQ(importOk(transA).ops(), "transpose gemm");
  TestModel square({3, 3});
  square.node("Gemm", {"x", "x"}).i("transB", 1).f("alpha", 0.5f);
  EXPECT_EQ(importOk(square).ops(), "transpose matmul mul");
  TestModel constantLeft({3, 2});
  constantLeft.counting("w", {4, 3}).node("Gemm", {"w", "x"});
  EXPECT_EQ(importOk(constantLeft).ops(), "matmul");
}

TEST(MatMul, Forms) {
  TestModel dense({2, 3});
  dense.counting("w", {3, 2}).node("MatMul", {"x", "w"});
  Imported imported = importOk(dense);
  EXPECT_EQ(entries(imported.only<GemmOp>().getWeight()), (Floats{0, 2, 4, 1, 3, 5}));
  TestModel tokens({2, 7, 3});
  tokens.counting("w", {3, 2}).node("MatMul", {"x", "w"});
  EXPECT_EQ(importOk(tokens).ops(), "gemm");
  EXPECT_EQ(importOk(tokens).outputShape(), (Shape{2, 7, 2}));
  TestModel data({2, 3, 3});
  data.node("MatMul", {"x", "x"});
  EXPECT_EQ(importOk(data).ops(), "matmul");
  TestModel vector({2, 3});
  vector.counting("w", {3}).node("MatMul", {"x", "w"});
  EXPECT_EQ(importOk(vector).ops(), "reshape matmul reshape");
  EXPECT_EQ(importOk(vector).outputShape(), (Shape{2}));
  TestModel left({4, 3});
  left.counting("w", {4}).node("MatMul", {"w", "x"});
  EXPECT_EQ(importOk(left).outputShape(), (Shape{3}));
}

//===------------------------------------------------------------------------------------------===//
// Elementwise
//===------------------------------------------------------------------------------------------===//

TEST(Elementwise, Activations) {
  TestModel model({1, 4});
  model.node("Relu", {"x"}, {"a"});
  model.node("Sigmoid", {"a"}, {"b"});
  model.node("Tanh", {"b"}, {"c"});
  model.node("LeakyRelu", {"c"});
  Imported imported = importOk(model);
  EXPECT_EQ(imported.ops(), "relu sigmoid tanh leaky_relu");
  EXPECT_FLOAT_EQ(imported.only<LeakyReluOp>().getAlpha().convertToFloat(), 0.01f);
}

TEST(Elementwise, Functions) {
  TestModel model({1, 4}, 20);
  int last = 0;
  auto next = [&](const std::string &op) {
    std::string from = last == 0 ? "x" : "v" + std::to_string(last);
    return model.node(op, {from}, {"v" + std::to_string(++last)});
  };
  for (std::string op : {"Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Erf", "Softplus",
                         "Softsign", "Mish", "HardSwish", "HardSigmoid", "Gelu", "Elu", "Selu"})
    next(op);
  model.node("Identity", {"v" + std::to_string(last)});
  Imported imported = importOk(model);
  EXPECT_EQ(imported.ops(), "abs neg exp log sqrt reciprocal erf softplus softsign mish hard_swish "
                            "hard_sigmoid gelu elu elu identity");
  EXPECT_FLOAT_EQ(imported.only<HardSigmoidOp>().getAlpha().convertToFloat(), 0.2f);
  EXPECT_FLOAT_EQ(imported.only<HardSigmoidOp>().getBeta().convertToFloat(), 0.5f);
  EXPECT_FLOAT_EQ(imported.only<EluOp>().getScale().convertToFloat(),
                  1.05070098f); // the last one, Selu
  EXPECT_FLOAT_EQ(imported.only<EluOp>().getAlpha().convertToFloat(), 1.67326319f);
}

TEST(Elementwise, GeluByTanh) {
  TestModel model({1, 4}, 20);
  model.node("Gelu", {"x"}).s("approximate", "tanh");
  EXPECT_EQ(importOk(model).ops(), "gelu_tanh");
}

TEST(Elementwise, PowAndPRelu) {
  TestModel power({1, 4});
  power.weights("e", {}, 2).node("Pow", {"x", "e"});
  EXPECT_FLOAT_EQ(importOk(power).only<PowOp>().getExponent().convertToFloat(), 2.0f);
  TestModel whole({1, 4});
  whole.ints("e", {3}).node("Pow", {"x", "e"});
  EXPECT_FLOAT_EQ(importOk(whole).only<PowOp>().getExponent().convertToFloat(), 3.0f);
  TestModel slope({1, 3, 4, 4});
  slope.weights("s", {3, 1, 1}).node("PRelu", {"x", "s"});
  EXPECT_EQ(importOk(slope).ops(), "prelu");
}

TEST(Normalization, LayerNormalization) {
  TestModel model({2, 7, 3}, 17);
  model.counting("g", {3})
      .counting("b", {3})
      .node("LayerNormalization", {"x", "g", "b"})
      .f("epsilon", 0.25f);
  Imported imported = importOk(model);
  auto norm = imported.only<LayerNormOp>();
  EXPECT_EQ(norm.getAxis(), 2u);
  EXPECT_EQ(norm.getEpsilon().convertToFloat(), 0.25f);
  EXPECT_EQ(entries(norm.getBeta()), (Floats{0, 1, 2}));
  TestModel broadcast({2, 2, 2}, 17);
  broadcast.counting("g", {2}).node("LayerNormalization", {"x", "g"}).i("axis", -2);
  imported = importOk(broadcast);
  norm = imported.only<LayerNormOp>();
  EXPECT_EQ(norm.getAxis(), 1u);
  EXPECT_EQ(entries(norm.getGamma()), (Floats{0, 1, 0, 1}));
}

TEST(Normalization, LRN) {
  TestModel model({2, 6, 4, 5});
  model.node("LRN", {"x"}).i("size", 4).f("alpha", 0.5f);
  Imported imported = importOk(model);
  EXPECT_EQ(imported.ops(), "pow reshape avg_pool reshape mul add pow mul");
  EXPECT_TRUE(imported.only<AvgPoolOp>().getCountIncludePad());
  EXPECT_EQ(imported.only<AvgPoolOp>().getWindow().getLow().vec(), (Shape{1, 0}));
  EXPECT_EQ(imported.only<AvgPoolOp>().getWindow().getHigh().vec(), (Shape{2, 0}));
  EXPECT_EQ(imported.outputShape(), (Shape{2, 6, 4, 5}));
}

TEST(Reductions, OfData) {
  TestModel sum({2, 3, 4, 5});
  sum.ints("axes", {2, 3}).node("ReduceSum", {"x", "axes"});
  EXPECT_EQ(importOk(sum).ops(), "avg_pool mul");
  TestModel largest({2, 3, 4, 5});
  largest.node("ReduceMax", {"x"}).ints("axes", {2, 3});
  EXPECT_EQ(importOk(largest).ops(), "max_pool");
  TestModel features({2, 7, 4});
  features.node("ReduceMean", {"x"}).ints("axes", {-1});
  EXPECT_EQ(importOk(features).ops(), "avg_pool");
}

TEST(Elementwise, Clip) {
  TestModel old({1, 4}, 7);
  old.node("Clip", {"x"}).f("min", 0).f("max", 6);
  Imported imported = importOk(old);
  EXPECT_EQ(imported.only<ClipOp>().getMax().convertToFloat(), 6.0f);
  TestModel open({1, 4}, 13);
  open.weights("low", {}, -1).node("Clip", {"x", "low"});
  imported = importOk(open);
  EXPECT_EQ(imported.only<ClipOp>().getMin().convertToFloat(), -1.0f);
  EXPECT_EQ(imported.only<ClipOp>().getMax().convertToFloat(), FLT_MAX);
  TestModel upper({1, 4}, 13);
  upper.weights("high", {1}, 6).node("Clip", {"x", "", "high"});
  imported = importOk(upper);
  EXPECT_EQ(imported.only<ClipOp>().getMin().convertToFloat(), -FLT_MAX);
}

TEST(Elementwise, SumIsAChain) {
  TestModel model({1, 4});
  model.weights("w", {4}).node("Sum", {"x", "w", "x"});
  Imported imported = importOk(model);
  EXPECT_EQ(imported.ops(), "add add");
  EXPECT_TRUE(imported.producer("y"));
  TestModel one({1, 4});
  one.node("Sum", {"x"});
  EXPECT_EQ(importOk(one).ops(), "identity");
}

TEST(Elementwise, ArithmeticBroadcasts) {
  TestModel model({2, 3, 1});
  model.weights("w", {4});
  model.node("Add", {"x", "w"}, {"a"});
  model.node("Sub", {"w", "a"}, {"b"});
  model.node("Mul", {"b", "x"}, {"c"});
  model.node("Div", {"c", "w"});
  Imported imported = importOk(model);
  EXPECT_EQ(imported.ops(), "add sub mul div");
  EXPECT_EQ(imported.outputShape(), (Shape{2, 3, 4}));
}

TEST(Elementwise, BatchNormalization) {
  for (int64_t opset : {7, 9, 14, 15}) {
    TestModel model({1, 3, 8, 8}, opset);
    for (std::string name : {"g", "b", "m", "v"})
      model.weights(name, {3});
    model.node("BatchNormalization", {"x", "g", "b", "m", "v"})
        .f("epsilon", 1e-3f)
        .f("momentum", 0.9f);
    EXPECT_FLOAT_EQ(importOk(model).only<BatchNormOp>().getEpsilon().convertToFloat(), 1e-3f);
  }
}

TEST(Elementwise, Softmax) {
  auto imported = [](const Shape &shape, int64_t opset, std::optional<int64_t> axis) {
    TestModel model(shape, opset);
    TestNode node = model.node("Softmax", {"x"});
    if (axis)
      node.i("axis", *axis);
    return importOk(model);
  };
  EXPECT_EQ(imported({2, 3, 4}, 13, std::nullopt).only<SoftmaxOp>().getAxis(), 2u);
  EXPECT_EQ(imported({2, 3, 4}, 13, 1).only<SoftmaxOp>().getAxis(), 1u);
  // Flattening semantics: along the axis itself where only extents of 1 follow.
  EXPECT_EQ(imported({2, 10}, 9, std::nullopt).ops(), "softmax");
  EXPECT_EQ(imported({2, 10, 1, 1}, 9, std::nullopt).ops(), "softmax");
  Imported flat = imported({2, 3, 4}, 9, std::nullopt);
  EXPECT_EQ(flat.ops(), "reshape softmax reshape");
  EXPECT_EQ(flat.outputShape(), (Shape{2, 3, 4}));
  EXPECT_EQ(mlir::cast<mlir::RankedTensorType>(flat.only<SoftmaxOp>().getType()).getShape().vec(),
            (Shape{2, 12}));
  Imported kept = imported({2, 3, 4, 5}, 11, 2);
  EXPECT_EQ(mlir::cast<mlir::RankedTensorType>(kept.only<SoftmaxOp>().getType()).getShape().vec(),
            (Shape{2, 3, 20}));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant folding: every operator on constants gives ONNX's numbers. The model's output "y" is
// constant.
#include "test/import/Expect.h"

#include "gmock/gmock.h"
#include <limits>

using namespace saliency;
using namespace saliency::test;
using Floats = std::vector<float>;
using Ints = std::vector<int64_t>;

/// Casts the integers "r" to the float output "y" and returns them.
static Floats result(TestModel &model) {
  model.node("Cast", {"r"}).i("to", onnx::TensorProto::FLOAT);
  Imported imported = importModel(model);
  EXPECT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  return imported.module ? imported.constantOutput() : Floats();
}

static Floats binary(const std::string &op, const Ints &a, const Ints &b) {
  TestModel model({1, 1}, 18);
  model.ints("a", a).ints("b", b).node(op, {"a", "b"}, {"r"});
  return result(model);
}

static Floats binaryFloat(const std::string &op, const Floats &a, const Floats &b) {
  TestModel model({1, 1}, 18);
  *model.graph().add_initializer() = floatTensor("a", {static_cast<int64_t>(a.size())}, a);
  *model.graph().add_initializer() = floatTensor("b", {static_cast<int64_t>(b.size())}, b);
  model.node(op, {"a", "b"}, {"r"});
  return result(model);
}

static Floats unary(const std::string &op, const Floats &a) {
  TestModel model({1, 1}, 18);
  *model.graph().add_initializer() = floatTensor("a", {static_cast<int64_t>(a.size())}, a);
  model.node(op, {"a"}, {"r"});
  return result(model);
}

TEST(Folding, IntegerArithmetic) {
  EXPECT_EQ(binary("Add", {1, 2, 3}, {10}), (Floats{11, 12, 13}));
  EXPECT_EQ(binary("Sub", {1, 2}, {3, 5}), (Floats{-2, -3}));
  EXPECT_EQ(binary("Mul", {1, 2}, {3, 5}), (Floats{3, 10}));
  EXPECT_EQ(binary("Div", {7, -7}, {2, 2}), (Floats{3, -3}));
  EXPECT_EQ(binary("Mod", {7, -7, 7, 6}, {3, 3, -3, -3}), (Floats{1, 2, -2, 0}));
  EXPECT_EQ(binary("Pow", {2, 10}, {10, 3}), (Floats{1024, 1000}));
  EXPECT_EQ(binary("Min", {1, 5}, {3}), (Floats{1, 3}));
  EXPECT_EQ(binary("Max", {1, 5}, {3}), (Floats{3, 5}));
}

TEST(Folding, IntegersWrap) {
  constexpr int64_t low = std::numeric_limits<int64_t>::min(),
                    high = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(binary("Sub", {low}, {high}), (Floats{1}));
  EXPECT_EQ(binary("Add", {high}, {low}), (Floats{-1}));
  EXPECT_EQ(binary("Mul", {high}, {high}), (Floats{1}));
  EXPECT_EQ(binary("Div", {low}, {-1}), (Floats{static_cast<float>(low)}));
  EXPECT_EQ(binary("Mod", {low}, {-1}), (Floats{0}));
  EXPECT_EQ(binary("Pow", {10}, {30}), (Floats{static_cast<float>(high)}));
}

TEST(Folding, FloatArithmetic) {
  EXPECT_EQ(binaryFloat("Div", {1, 0}, {2, 4}), (Floats{0.5f, 0}));
  EXPECT_EQ(binaryFloat("Pow", {9, 4}, {0.5f, 2}), (Floats{3, 16}));
  EXPECT_EQ(unary("Sqrt", {4, 9}), (Floats{2, 3}));
  EXPECT_EQ(unary("Reciprocal", {4}), (Floats{0.25f}));
  EXPECT_EQ(unary("Floor", {-1.5f, 1.5f}), (Floats{-2, 1}));
  EXPECT_EQ(unary("Ceil", {-1.5f, 1.5f}), (Floats{-1, 2}));
  EXPECT_EQ(unary("Neg", {1, -2}), (Floats{-1, 2}));
  EXPECT_EQ(unary("Abs", {1, -2}), (Floats{1, 2}));
}

TEST(Folding, Comparisons) {
  EXPECT_EQ(binary("Equal", {1, 2}, {2}), (Floats{0, 1}));
  EXPECT_EQ(binary("Less", {1, 2}, {2}), (Floats{1, 0}));
  EXPECT_EQ(binary("LessOrEqual", {1, 2}, {2}), (Floats{1, 1}));
  EXPECT_EQ(binary("Greater", {3, 2}, {2}), (Floats{1, 0}));
  EXPECT_EQ(binary("GreaterOrEqual", {3, 2}, {2}), (Floats{1, 1}));
  TestModel model;
  model.ints("a", {1, 5, 2}).ints("b", {2}).ints("c", {7}).ints("d", {1, 2, 3});
  model.node("Less", {"a", "b"}, {"less"});
  model.node("Not", {"less"}, {"notLess"});
  model.node("Equal", {"a", "a"}, {"yes"});
  model.node("And", {"notLess", "yes"}, {"both"});
  model.node("Or", {"both", "less"}, {"any"});
  model.node("And", {"both", "any"}, {"condition"});
  model.node("Where", {"condition", "c", "d"}, {"r"});
  EXPECT_EQ(result(model), (Floats{1, 7, 7}));
}

TEST(Folding, ShapeChain) {
  TestModel model({2, 3, 8, 8}, 13);
  *model.graph().add_initializer() = intTensor("zero", {}, {0});
  model.ints("axes", {0}).ints("tail", {-1});
  model.node("Shape", {"x"}, {"shape"});
  model.node("Gather", {"shape", "zero"}, {"batch"}).i("axis", 0);
  model.node("Unsqueeze", {"batch", "axes"}, {"row"});
  model.node("Concat", {"row", "tail"}, {"target"}).i("axis", 0);
  model.node("Reshape", {"x", "target"});
  Imported imported = importModel(model);
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.ops(), "reshape");
  EXPECT_EQ(imported.outputShape(), (Ints{2, 192}));
}

TEST(Folding, ShapeAndSize) {
  TestModel range({2, 3, 8, 9}, 15);
  range.node("Shape", {"x"}, {"r"}).i("start", -3).i("end", -1);
  EXPECT_EQ(result(range), (Floats{3, 8}));
  TestModel empty({2, 3}, 15);
  empty.node("Shape", {"x"}, {"s"}).i("start", 1).i("end", -5);
  empty.node("Concat", {"s", "s"}, {"t"}).i("axis", 0);
  empty.node("Size", {"t"}, {"r"});
  EXPECT_EQ(result(empty), (Floats{0}));
  TestModel size({2, 3});
  size.node("Size", {"x"}, {"r"});
  EXPECT_EQ(result(size), (Floats{6}));
}

/// Applies `op` to the 2 x 3 matrix 0..5.
static TestModel onMatrix(int64_t opset = 13) {
  TestModel model({1, 1}, opset);
  model.counting("m", {2, 3});
  return model;
}

TEST(Folding, Movement) {
  TestModel transpose = onMatrix();
  transpose.node("Transpose", {"m"}, {"r"});
  EXPECT_EQ(result(transpose), (Floats{0, 3, 1, 4, 2, 5}));
  TestModel reversed = onMatrix();
  reversed.ints("s", {-1, 0}).ints("e", {INT64_MIN, 3}).ints("a", {1, 0}).ints("st", {-1, 2});
  reversed.node("Slice", {"m", "s", "e", "a", "st"}, {"r"});
  EXPECT_EQ(result(reversed), (Floats{2, 1, 0}));
  TestModel gather = onMatrix();
  gather.ints("i", {2, -3}).node("Gather", {"m", "i"}, {"r"}).i("axis", 1);
  EXPECT_EQ(result(gather), (Floats{2, 0, 5, 3}));
  TestModel concat = onMatrix();
  concat.weights("s", {2, 1}, 9).node("Concat", {"m", "s"}, {"r"}).i("axis", 1);
  EXPECT_EQ(result(concat), (Floats{0, 1, 2, 9, 3, 4, 5, 9}));
  TestModel expand({1, 1});
  expand.counting("v", {2, 1}).ints("s", {2, 1, 3}).node("Expand", {"v", "s"}, {"r"});
  EXPECT_EQ(result(expand), (Floats{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}));
  TestModel tile = onMatrix();
  tile.ints("n", {1, 2}).node("Tile", {"m", "n"}, {"r"});
  EXPECT_EQ(result(tile), (Floats{0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5}));
  TestModel split({1, 1}, 13, {"y"});
  split.counting("v", {6}).node("Split", {"v"}, {"first", "r"});
  EXPECT_EQ(result(split), (Floats{3, 4, 5}));
}

TEST(Folding, Reductions) {
  auto reduce = [](const std::string &op, const Ints &axes, bool keep) {
    TestModel model = onMatrix();
    TestNode node = model.node(op, {"m"}, {"r"}).i("keepdims", keep);
    if (op == "ReduceSum") {
      model.ints("axes", axes);
      node.proto.add_input("axes");
    } else {
      node.ints("axes", axes);
    }
    return result(model);
  };
  EXPECT_EQ(reduce("ReduceProd", {1}, true), (Floats{0, 60}));
  EXPECT_EQ(reduce("ReduceSum", {0}, false), (Floats{3, 5, 7}));
  EXPECT_EQ(reduce("ReduceMax", {-1}, true), (Floats{2, 5}));
  EXPECT_EQ(reduce("ReduceMin", {0, 1}, false), (Floats{0}));
  TestModel mean({1, 1});
  *mean.graph().add_initializer() = floatTensor("m", {2, 3}, {0, 1, 2, 3, 4, 6});
  mean.node("ReduceMean", {"m"}, {"r"}).ints("axes", {0}).i("keepdims", 0);
  mean.graph().mutable_output(0)->set_name("r");
  EXPECT_EQ(importOk(mean).constantOutput(), (Floats{1.5f, 2.5f, 4}));
}

TEST(Folding, WeightsStandardised) {
  TestModel model({1, 1}, 15, {"r"});
  *model.graph().add_initializer() = floatTensor("w", {1, 2, 4}, {1, 1, 3, 3, 0, 0, 0, 8});
  for (const char *name : {"scale", "shift", "mean", "variance"})
    *model.graph().add_initializer() = floatTensor(name, {2}, {2, 1});
  model.node("BatchNormalization", {"w", "scale", "shift", "mean", "variance"}, {"r"})
      .f("epsilon", 0)
      .i("training_mode", 1);
  Floats found = importOk(model).constantOutput();
  float third = 2 / std::sqrt(12.0f); // mean 2, variance 12
  Floats expected = {0, 0, 4, 4, 1 - third, 1 - third, 1 - third, 1 + 3 * third};
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i != found.size(); ++i)
    EXPECT_FLOAT_EQ(found[i], expected[i]) << i;
}

TEST(Folding, Constants) {
  auto constant = [](auto setValue) {
    TestModel model({1, 1}, 13);
    setValue(model.node("Constant", {}, {"r"}));
    return result(model);
  };
  EXPECT_EQ(constant([](TestNode node) { node.f("value_float", 1.5f); }), (Floats{1.5f}));
  EXPECT_EQ(constant([](TestNode node) { node.i("value_int", 7); }), (Floats{7}));
  EXPECT_EQ(constant([](TestNode node) { node.ints("value_ints", {1, 2}); }), (Floats{1, 2}));
  EXPECT_EQ(constant([](TestNode node) { node.floats("value_floats", {1, 2}); }), (Floats{1, 2}));
  EXPECT_EQ(constant([](TestNode node) { node.t("value", floatTensor("", {2}, {3, 4})); }),
            (Floats{3, 4}));
}

TEST(Folding, ConstantOfShapeAndRange) {
  TestModel zeros({1, 1});
  zeros.ints("s", {2, 2}).node("ConstantOfShape", {"s"}, {"r"});
  EXPECT_EQ(result(zeros), (Floats{0, 0, 0, 0}));
  TestModel nines({1, 1});
  nines.ints("s", {3}).node("ConstantOfShape", {"s"}, {"r"}).t("value", intTensor("", {1}, {9}));
  EXPECT_EQ(result(nines), (Floats{9, 9, 9}));
  TestModel range({1, 1});
  for (auto [name, value] : {std::pair("a", 10), {"b", 3}, {"c", -3}})
    *range.graph().add_initializer() = intTensor(name, {}, {value});
  range.node("Range", {"a", "b", "c"}, {"r"});
  EXPECT_EQ(result(range), (Floats{10, 7, 4}));
}

TEST(Folding, Casts) {
  auto through = [](const Floats &values, int32_t type) {
    TestModel model({1, 1});
    *model.graph().add_initializer() =
        floatTensor("a", {static_cast<int64_t>(values.size())}, values);
    model.node("Cast", {"a"}, {"r"}).i("to", type);
    return result(model);
  };
  EXPECT_EQ(through({1.7f, -1.7f}, onnx::TensorProto::INT64), (Floats{1, -1}));
  EXPECT_EQ(through({0.5f, 0}, onnx::TensorProto::BOOL), (Floats{1, 0}));
  EXPECT_EQ(through({0.1f}, onnx::TensorProto::DOUBLE), (Floats{0.1f}));
  EXPECT_EQ(through({1e30f, NAN}, onnx::TensorProto::INT64), (Floats{9223372036854775808.0f, 0}));
}

TEST(Folding, HugeSplatsTakeNoMemory) {
  TestModel model({1, 25088}, 9);
  model.ints("s", {25088, 4096}).node("ConstantOfShape", {"s"}, {"w"});
  model.node("MatMul", {"x", "w"});
  Imported imported = importModel(model);
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_TRUE(mlir::isa<mlir::DenseElementsAttr>(imported.only<ConstantOp>().getValue()));
}

TEST(Folding, BudgetIsKept) {
  TestModel model({1, 1}, 13);
  model.counting("v", {1, 256}).ints("s", {1024, 256}).node("Expand", {"v", "s"}, {"r"});
  model.node("Identity", {"r"});
  ImportOptions options;
  options.maxConstantBytes = 1 << 16;
  Imported imported = importModel(model, options);
  EXPECT_EQ(imported.status, ImportStatus::BadInput);
  EXPECT_THAT(
      imported.messages,
      testing::HasSubstr("a constant tensor has at most 65536 bytes, found extents [1024, 256]"));
  TestModel many({1, 1}, 13);
  many.counting("v", {128, 100}).node("Transpose", {"v"}, {"a"});
  many.node("Transpose", {"a"});
  imported = importModel(many, options);
  EXPECT_EQ(imported.status, ImportStatus::Unsupported);
  EXPECT_THAT(imported.messages,
              testing::HasSubstr("constant folding produces at most 65536 bytes in all"));
}

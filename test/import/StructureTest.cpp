// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What operators that move entries become, at the versions between which they changed.
#include "test/import/Expect.h"

using namespace saliency;
using namespace saliency::test;
using Shape = std::vector<int64_t>;

TEST(Structure, Reshape) {
  auto shape = [](const Shape &request, bool allowZero = false) {
    TestModel model({2, 3, 4}, 14);
    model.ints("s", request).node("Reshape", {"x", "s"}).i("allowzero", allowZero);
    return importOk(model).outputShape();
  };
  EXPECT_EQ(shape({0, -1}), (Shape{2, 12}));
  EXPECT_EQ(shape({4, 6}), (Shape{4, 6}));
  EXPECT_EQ(shape({-1, 0, 2}), (Shape{4, 3, 2}));
  EXPECT_EQ(shape({24}, true), (Shape{24}));
}

TEST(Structure, FlattenSqueezeUnsqueeze) {
  auto flatten = [](int64_t axis, int64_t opset) {
    TestModel model({2, 3, 4}, opset);
    model.node("Flatten", {"x"}).i("axis", axis);
    return importOk(model).outputShape();
  };
  EXPECT_EQ(flatten(1, 7), (Shape{2, 12}));
  EXPECT_EQ(flatten(0, 9), (Shape{1, 24}));
  EXPECT_EQ(flatten(3, 9), (Shape{24, 1}));
  EXPECT_EQ(flatten(-1, 11), (Shape{6, 4}));
  TestModel attribute({2, 1, 3, 1}, 11);
  attribute.node("Squeeze", {"x"}).ints("axes", {-1});
  EXPECT_EQ(importOk(attribute).outputShape(), (Shape{2, 1, 3}));
  TestModel all({2, 1, 3, 1}, 13);
  all.node("Squeeze", {"x"});
  EXPECT_EQ(importOk(all).outputShape(), (Shape{2, 3}));
  TestModel unsqueeze({2, 3}, 13);
  unsqueeze.ints("axes", {0, -1}).node("Unsqueeze", {"x", "axes"});
  EXPECT_EQ(importOk(unsqueeze).outputShape(), (Shape{1, 2, 3, 1}));
}

TEST(Structure, Transpose) {
  TestModel model({2, 3, 4});
  model.node("Transpose", {"x"}, {"a"});
  model.node("Transpose", {"a"}).ints("perm", {1, 0, 2});
  EXPECT_EQ(importOk(model).outputShape(), (Shape{3, 4, 2}));
}

TEST(Structure, Slice) {
  auto slice = [](const Shape &starts, const Shape &ends, const Shape &axes, const Shape &steps) {
    TestModel model({2, 3, 8, 8}, 13);
    model.ints("starts", starts).ints("ends", ends).ints("axes", axes).ints("steps", steps);
    model.node("Slice", {"x", "starts", "ends", "axes", "steps"});
    Imported imported = importOk(model);
    auto op = imported.only<SliceOp>();
    return std::pair(op.getStarts().vec(), op.getSizes().vec());
  };
  EXPECT_EQ(slice({1, -5}, {INT64_MAX, -1}, {2, 3}, {2, 1}),
            std::pair(Shape({0, 0, 1, 3}), Shape({2, 3, 4, 4})));
  EXPECT_EQ(slice({INT64_MIN}, {2}, {-3}, {INT64_MAX}),
            std::pair(Shape({0, 0, 0, 0}), Shape({2, 1, 8, 8})));
  TestModel backwards({1, 5, 4});
  backwards.ints("starts", {-1, 0}).ints("ends", {INT64_MIN, 2}).ints("axes", {1, 2});
  backwards.ints("steps", {-2, 1}).node("Slice", {"x", "starts", "ends", "axes", "steps"});
  Imported reversed = importOk(backwards);
  EXPECT_EQ(reversed.ops(), "take slice");
  EXPECT_EQ(reversed.only<TakeOp>().getIndices().vec(), (Shape{4, 2, 0}));
  EXPECT_EQ(reversed.outputShape(), (Shape{1, 3, 2}));
  TestModel old({2, 3, 8, 8}, 9);
  old.node("Slice", {"x"}).ints("starts", {1}).ints("ends", {3}).ints("axes", {1});
  EXPECT_EQ(importOk(old).outputShape(), (Shape{2, 2, 8, 8}));
}

/// The model with these values as its outputs.
static Imported importAll(const TestModel &model, const std::vector<std::string> &values) {
  ImportOptions options;
  options.outputs = values;
  Imported imported = importModel(model, options);
  EXPECT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  return imported;
}

TEST(Structure, Split) {
  TestModel equal({2, 6}, 7);
  equal.node("Split", {"x"}, {"a", "b", "c"}).i("axis", 1);
  Imported imported = importAll(equal, {"a", "b", "c"});
  EXPECT_EQ(imported.ops(), "slice slice slice");
  EXPECT_EQ(imported.outputShape(2), (Shape{2, 2}));
  EXPECT_EQ(mlir::cast<SliceOp>(imported.producer("c")).getStarts().vec(), (Shape{0, 4}));
  TestModel lengths({2, 6});
  lengths.ints("split", {1, 5}).node("Split", {"x", "split"}, {"a", "b"}).i("axis", -1);
  EXPECT_EQ(importAll(lengths, {"a", "b"}).outputShape(1), (Shape{2, 5}));
  TestModel uneven({2, 7}, 18);
  uneven.node("Split", {"x"}, {"a", "b"}).i("axis", 1).i("num_outputs", 2);
  EXPECT_EQ(importAll(uneven, {"a", "b"}).outputShape(1), (Shape{2, 3}));
}

TEST(Structure, GatherOfData) {
  TestModel model({2, 5, 4});
  *model.graph().add_initializer() = intTensor("i", {}, {-1});
  model.node("Gather", {"x", "i"}).i("axis", 1);
  Imported imported = importOk(model);
  EXPECT_EQ(imported.ops(), "slice reshape");
  EXPECT_EQ(imported.outputShape(), (Shape{2, 4}));
  TestModel several({2, 5, 4});
  several.ints("i", {3, 4, 1}).node("Gather", {"x", "i"}).i("axis", 1);
  imported = importOk(several);
  EXPECT_EQ(imported.ops(), "take");
  EXPECT_EQ(imported.outputShape(), (Shape{2, 3, 4}));
  EXPECT_EQ(imported.only<TakeOp>().getIndices().vec(), (Shape{3, 4, 1}));
  TestModel run({2, 5, 4});
  run.ints("i", {1, 2, -2}).node("Gather", {"x", "i"}).i("axis", 1);
  EXPECT_EQ(importOk(run).ops(), "slice");
  TestModel samples({2, 5, 4});
  samples.ints("i", {1, 0}).node("Gather", {"x", "i"});
  expectError(importModel(samples), ImportStatus::Unsupported,
              "samples stay in their order, found axis 0 in another");
  TestModel whole({2, 5});
  whole.ints("i", {0, 1, 2, 3, 4}).node("Gather", {"x", "i"}).i("axis", 1);
  EXPECT_EQ(importOk(whole).ops(), "identity");
}

TEST(Structure, ExpandAndTileOfData) {
  TestModel expand({2, 1, 3});
  expand.ints("s", {2, 4, 3}).node("Expand", {"x", "s"});
  EXPECT_EQ(importOk(expand).only<TakeOp>().getIndices().vec(), (Shape{0, 0, 0, 0}));
  TestModel rank({1, 3});
  rank.ints("s", {1, 2, 3}).node("Expand", {"x", "s"});
  EXPECT_EQ(importOk(rank).ops(), "reshape take");
  TestModel tile({2, 3});
  tile.ints("r", {1, 2}).node("Tile", {"x", "r"});
  EXPECT_EQ(importOk(tile).only<TakeOp>().getIndices().vec(), (Shape{0, 1, 2, 0, 1, 2}));
  TestModel samples({2, 3});
  samples.ints("r", {2, 1}).node("Tile", {"x", "r"});
  expectError(importModel(samples), ImportStatus::Unsupported, "found axis 0 in another");
}

TEST(Structure, PadsThatShowTheData) {
  auto places = [](const char *mode, Shape pads) {
    TestModel model({1, 3}, 13);
    model.ints("p", std::move(pads)).node("Pad", {"x", "p"}).s("mode", mode);
    return importOk(model).only<TakeOp>().getIndices().vec();
  };
  EXPECT_EQ(places("reflect", {0, 2, 0, 1}), (Shape{2, 1, 0, 1, 2, 1}));
  EXPECT_EQ(places("edge", {0, 2, 0, 1}), (Shape{0, 0, 0, 1, 2, 2}));
  EXPECT_EQ(places("wrap", {0, 2, 0, 1}), (Shape{1, 2, 0, 1, 2, 0}));
  EXPECT_EQ(places("reflect", {0, 1, 0, -1}), (Shape{1, 0, 1}));
}

TEST(Structure, Blocks) {
  TestModel depth({1, 8, 2, 3});
  depth.node("DepthToSpace", {"x"}).i("blocksize", 2);
  Imported imported = importOk(depth);
  EXPECT_EQ(imported.ops(), "reshape transpose reshape");
  EXPECT_EQ(imported.outputShape(), (Shape{1, 2, 4, 6}));
  EXPECT_EQ(imported.only<TransposeOp>().getPermutation().vec(), (Shape{0, 3, 4, 1, 5, 2}));
  TestModel columns({1, 8, 2, 3});
  columns.node("DepthToSpace", {"x"}).i("blocksize", 2).s("mode", "CRD");
  EXPECT_EQ(importOk(columns).only<TransposeOp>().getPermutation().vec(),
            (Shape{0, 1, 4, 2, 5, 3}));
  TestModel space({1, 2, 4, 6});
  space.node("SpaceToDepth", {"x"}).i("blocksize", 2);
  EXPECT_EQ(importOk(space).outputShape(), (Shape{1, 8, 2, 3}));
  TestModel uneven({1, 6, 2, 3});
  uneven.node("DepthToSpace", {"x"}).i("blocksize", 2);
  expectError(importModel(uneven), ImportStatus::BadInput,
              "channels divide into blocks of 4, found 6");
  TestModel odd({1, 2, 3, 6});
  odd.node("SpaceToDepth", {"x"}).i("blocksize", 2);
  expectError(importModel(odd), ImportStatus::BadInput,
              "height and width divide into blocks of 2, found [1, 2, 3, 6]");
}

TEST(Structure, Concat) {
  TestModel model({2, 3, 4});
  model.weights("w", {2, 1, 4}).node("Concat", {"x", "w", "x"}).i("axis", -2);
  EXPECT_EQ(importOk(model).outputShape(), (Shape{2, 7, 4}));
}

TEST(Structure, Pad) {
  TestModel old({1, 1, 4, 4}, 7);
  old.node("Pad", {"x"}).ints("pads", {0, 0, 1, 2, 0, 0, 3, 4}).f("value", -1);
  Imported imported = importOk(old);
  EXPECT_EQ(imported.outputShape(), (Shape{1, 1, 8, 10}));
  EXPECT_EQ(imported.only<PadOp>().getValue().convertToFloat(), -1.0f);
  TestModel axes({1, 1, 4, 4}, 18);
  axes.ints("pads", {1, 2}).ints("axes", {-1}).node("Pad", {"x", "pads", "", "axes"});
  EXPECT_EQ(importOk(axes).outputShape(), (Shape{1, 1, 4, 7}));
  TestModel cut({1, 1, 4, 4}, 13);
  cut.ints("pads", {0, 0, -1, 0, 0, 0, 0, 2}).node("Pad", {"x", "pads"});
  EXPECT_EQ(importOk(cut).ops(), "slice pad");
  EXPECT_EQ(importOk(cut).outputShape(), (Shape{1, 1, 3, 6}));
  TestModel onlyCut({1, 1, 4, 4}, 13);
  onlyCut.ints("pads", {0, 0, -1, 0, 0, 0, -2, 0}).node("Pad", {"x", "pads"});
  EXPECT_EQ(importOk(onlyCut).ops(), "slice");
}

TEST(Structure, DropoutIdentityCast) {
  TestModel old({1, 4}, 7);
  old.node("Dropout", {"x"}, {"y", "_mask"}).f("ratio", 0.3f);
  EXPECT_EQ(importOk(old).ops(), "dropout");
  TestModel model({1, 4}, 13);
  onnx::TensorProto no = intTensor("training", {}, {});
  no.set_data_type(onnx::TensorProto::BOOL);
  no.add_int32_data(0);
  *model.graph().add_initializer() = no;
  model.weights("ratio", {}, 0.5f);
  model.node("Dropout", {"x", "ratio", "training"}, {"a"}).i("seed", 3);
  model.node("Identity", {"a"}, {"b"});
  model.node("Cast", {"b"}).i("to", onnx::TensorProto::FLOAT16);
  EXPECT_EQ(importOk(model).ops(), "dropout identity identity");
}

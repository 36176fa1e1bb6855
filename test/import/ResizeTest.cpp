// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize and Upsample: enlargements that repeat every entry, other choices of the nearest entry,
// sums of neighbours; all spellings, and what is refused.
#include "test/import/Expect.h"

using namespace saliency;
using namespace saliency::test;

namespace {

using Shape = std::vector<int64_t>;

/// A Resize of 1 x 3 x 4 x 5 by scales, at `opset`; its attributes are the test's.
struct Resize {
  explicit Resize(const std::vector<float> &scales, int64_t opset = 13)
      : model({1, 3, 4, 5}, opset) {
    *model.graph().add_initializer() = floatTensor("scales", {int64_t(scales.size())}, scales);
    node.emplace(model.node("Resize", {"x", "", "scales"}));
  }
  Resize &with(const std::string &name, const std::string &value) {
    node->s(name, value);
    return *this;
  }
  TestModel model;
  std::optional<TestNode> node;
};

void expectFactors(const Imported &imported, const Shape &factors) {
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.only<UpsampleOp>().getFactors().vec(), factors);
  EXPECT_EQ(imported.outputShape(), (Shape{1, 3, 4 * factors[0], 5 * factors[1]}));
}

TEST(Resize, ScalesThatRepeat) {
  expectFactors(importModel(Resize({1, 1, 2, 2})
                                .with("coordinate_transformation_mode", "asymmetric")
                                .with("nearest_mode", "floor")
                                .model),
                {2, 2});
  expectFactors(
      importModel(Resize({1, 1, 2, 2}).with("coordinate_transformation_mode", "asymmetric").model),
      {2, 2}); // 0.5 is rounded down
  for (const char *rounding : {"round_prefer_floor", "round_prefer_ceil"})
    expectFactors(importModel(Resize({1, 1, 3, 1}).with("nearest_mode", rounding).model), {3, 1});
  expectFactors(
      importModel(
          Resize({1, 1, 4, 3}).with("coordinate_transformation_mode", "pytorch_half_pixel").model),
      {4, 3});
  expectFactors(importModel(Resize({1, 1, 3, 2})
                                .with("coordinate_transformation_mode", "tf_half_pixel_for_nn")
                                .with("nearest_mode", "floor")
                                .model),
                {3, 2});
  expectFactors(importModel(Resize({1, 1, 2, 3}, 19)
                                .with("coordinate_transformation_mode", "half_pixel_symmetric")
                                .model),
                {2, 3});
}

/// The places that the only resized axis shows.
Shape placesOf(const Imported &imported, int64_t axis) {
  EXPECT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.ops(), "take");
  auto take = imported.only<TakeOp>();
  if (!take)
    return {};
  EXPECT_EQ(int64_t(take.getAxis()), axis);
  return take.getIndices().vec();
}

TEST(Resize, NearestEntries) {
  auto places = [](float scale, const std::string &coordinates, const std::string &rounding) {
    return placesOf(importModel(Resize({1, 1, scale, 1})
                                    .with("coordinate_transformation_mode", coordinates)
                                    .with("nearest_mode", rounding)
                                    .model),
                    2);
  };
  EXPECT_EQ(places(3, "asymmetric", "round_prefer_floor"), // 2/3 is rounded up, 1/2 down
            (Shape{0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3}));
  EXPECT_EQ(places(1.5, "asymmetric", "floor"), (Shape{0, 0, 1, 2, 2, 3}));
  EXPECT_EQ(places(1.5, "asymmetric", "ceil"), (Shape{0, 1, 2, 2, 3, 3}));
  EXPECT_EQ(places(1.5, "align_corners", "round_prefer_ceil"), (Shape{0, 1, 1, 2, 2, 3}));
  EXPECT_EQ(places(1.5, "half_pixel", "round_prefer_floor"), (Shape{0, 0, 1, 2, 2, 3}));
}

TEST(Resize, FewerEntriesAreASlice) {
  Imported imported =
      importModel(Resize({1, 1, 0.5, 1}).with("nearest_mode", "round_prefer_ceil").model);
  ASSERT_EQ(imported.ops(), "slice") << imported.messages; // 0.5 and 2.5
  EXPECT_EQ(imported.only<SliceOp>().getStarts().vec(), (Shape{0, 0, 1, 0}));
  EXPECT_EQ(imported.only<SliceOp>().getStrides().vec(), (Shape{1, 1, 2, 1}));
}

TEST(Resize, ChannelsToo) {
  EXPECT_EQ(placesOf(importModel(Resize({1, 2, 1, 1}).model), 1), (Shape{0, 0, 1, 1, 2, 2}));
  expectError(importModel(Resize({2, 1, 1, 1}).model), ImportStatus::Unsupported,
              "samples are not resized, found axis 0 from 1 to 2");
}

/// The matrix of the resampling along the only resized axis, result x data.
std::vector<std::vector<float>> matrixOf(const Imported &imported, int64_t from) {
  EXPECT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  auto op = imported.only<InterpolateOp>();
  if (!op)
    return {};
  std::vector<std::vector<float>> rows(op.getExtent(), std::vector<float>(from));
  for (size_t at = 0; at != op.getIndices().size(); ++at)
    if (op.getIndices()[at] >= 0)
      rows[at % op.getExtent()][op.getIndices()[at]] += op.getWeights()[at];
  return rows;
}

TEST(Resize, LinearNeighbours) {
  using Rows = std::vector<std::vector<float>>;
  auto linear = [](float scale, const std::string &coordinates) {
    return matrixOf(importModel(Resize({1, 1, scale, 1})
                                    .with("mode", "linear")
                                    .with("coordinate_transformation_mode", coordinates)
                                    .model),
                    4);
  };
  EXPECT_EQ(linear(2, "half_pixel"), (Rows{{1, 0, 0, 0},
                                           {0.75, 0.25, 0, 0},
                                           {0.25, 0.75, 0, 0},
                                           {0, 0.75, 0.25, 0},
                                           {0, 0.25, 0.75, 0},
                                           {0, 0, 0.75, 0.25},
                                           {0, 0, 0.25, 0.75},
                                           {0, 0, 0, 1}}));
  EXPECT_EQ(linear(1.75, "align_corners"), (Rows{{1, 0, 0, 0},
                                                 {0.5, 0.5, 0, 0},
                                                 {0, 1, 0, 0},
                                                 {0, 0.5, 0.5, 0},
                                                 {0, 0, 1, 0},
                                                 {0, 0, 0.5, 0.5},
                                                 {0, 0, 0, 1}}));
  EXPECT_EQ(linear(0.5, "asymmetric"), (Rows{{1, 0, 0, 0}, {0, 0, 1, 0}}));
  Resize filtered({1, 1, 0.5, 1}, 18); // a triangle over 4 entries, cut at the border
  filtered.node->s("mode", "linear").i("antialias", 1).i("exclude_outside", 1);
  auto rows = matrixOf(importModel(filtered.model), 4);
  ASSERT_EQ(rows.size(), 2u);
  for (size_t i = 0; i != 4; ++i) { // weights 3/4, 3/4, 1/4 of those inside
    EXPECT_FLOAT_EQ(rows[0][i], (std::vector<float>{3, 3, 1, 0})[i] / 7);
    EXPECT_FLOAT_EQ(rows[1][i], (std::vector<float>{0, 1, 3, 3})[i] / 7);
  }
}

TEST(Resize, CubicIsAMatrix) {
  Imported imported = importModel(Resize({1, 1, 2, 1}).with("mode", "cubic").model);
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.ops(), "transpose gemm transpose");
  EXPECT_EQ(imported.outputShape(), (Shape{1, 3, 8, 5}));
  std::vector<float> weights = entries(imported.only<GemmOp>().getWeight());
  ASSERT_EQ(weights.size(), 32u);
  // Row 3 lies at 1.25: Keys' weights at distances 1.25, 0.25, 0.75, 1.75, with a = -3/4.
  EXPECT_FLOAT_EQ(weights[12], -0.10546875f);
  EXPECT_FLOAT_EQ(weights[13], 0.87890625f);
  EXPECT_FLOAT_EQ(weights[14], 0.26171875f);
  EXPECT_FLOAT_EQ(weights[15], -0.03515625f);
  for (size_t row = 0; row != 8; ++row) // constants stay
    EXPECT_NEAR(weights[4 * row] + weights[4 * row + 1] + weights[4 * row + 2] +
                    weights[4 * row + 3],
                1, 1e-6);
}

TEST(Resize, Regions) {
  auto region = [](const std::vector<float> &roi, float outside) {
    TestModel model({1, 3, 4, 5});
    *model.graph().add_initializer() = floatTensor("roi", {8}, roi);
    model.ints("sizes", {1, 3, 3, 5})
        .node("Resize", {"x", "roi", "", "sizes"})
        .s("coordinate_transformation_mode", "tf_crop_and_resize")
        .f("extrapolation_value", outside);
    return importModel(model);
  };
  EXPECT_EQ(placesOf(region({0, 0, 0, 0, 1, 1, 2, 1}, 0), 2), (Shape{0, 3, -1})); // 0, 3, 6
  EXPECT_EQ(region({0, 0, 0, 0, 1, 1, 1, 1}, 7).status, ImportStatus::Ok);
  expectError(region({0, 0, 0, 0, 1, 1, 2, 1}, 7), ImportStatus::Unsupported,
              "a region beyond the data is filled with 0, found extrapolation_value 7");
}

/// The extent stays, the entries do not: the first one is taken twice, the last one never.
TEST(Resize, ScalesThatRoundBack) {
  EXPECT_EQ(placesOf(importModel(Resize({1, 1, 1, 1.1f})
                                     .with("coordinate_transformation_mode", "asymmetric")
                                     .with("nearest_mode", "floor")
                                     .model),
                     3),
            (Shape{0, 0, 1, 2, 3}));
  expectFactors(importModel(Resize({1, 1, 2.2f, 2}, 19)
                                .with("coordinate_transformation_mode", "half_pixel_symmetric")
                                .model),
                {2, 2});
}

TEST(Resize, NothingToDo) {
  EXPECT_EQ(importModel(Resize({1, 1, 1, 1}).with("mode", "cubic").model).ops(), "identity");
}

TEST(Resize, Sizes) {
  TestModel model({1, 3, 4, 5}, 13);
  *model.graph().add_initializer() = floatTensor("none", {0}, {});
  model.ints("sizes", {1, 3, 8, 15}).node("Resize", {"x", "none", "none", "sizes"});
  expectFactors(importModel(model), {2, 3});
  TestModel axes({1, 3, 4, 5}, 18);
  axes.ints("sizes", {20})
      .node("Resize", {"x", "", "", "sizes"})
      .ints("axes", {-1})
      .i("antialias", 1);
  expectFactors(importModel(axes), {1, 4});
  TestModel policy({1, 3, 4, 5}, 18);
  policy.ints("sizes", {8, 8})
      .node("Resize", {"x", "", "", "sizes"})
      .ints("axes", {2, 3})
      .s("keep_aspect_ratio_policy", "not_larger");
  EXPECT_EQ(importModel(policy).outputShape(), (Shape{1, 3, 6, 8})); // 8/5 of 4 is 6.4
  policy.graph().mutable_node(0)->mutable_attribute(1)->set_s("not_smaller");
  EXPECT_EQ(importModel(policy).outputShape(), (Shape{1, 3, 8, 10}));
  policy.graph().mutable_node(0)->mutable_attribute(1)->set_s("keep");
  expectError(importModel(policy), ImportStatus::BadInput,
              "a keep_aspect_ratio_policy is one that ONNX defines, found 'keep'");
}

TEST(Resize, OlderSpellings) {
  TestModel ten({1, 3, 4, 5}, 10);
  *ten.graph().add_initializer() = floatTensor("scales", {4}, {1, 1, 3, 2});
  ten.node("Resize", {"x", "scales"}).s("mode", "nearest");
  expectFactors(importModel(ten), {3, 2});
  TestModel nine({1, 3, 4, 5}, 9);
  *nine.graph().add_initializer() = floatTensor("scales", {4}, {1, 1, 2, 2});
  nine.node("Upsample", {"x", "scales"}).s("mode", "nearest");
  expectFactors(importModel(nine), {2, 2});
  TestModel seven({1, 3, 4, 5}, 7);
  seven.node("Upsample", {"x"}).floats("scales", {1, 1, 2, 2});
  expectFactors(importModel(seven), {2, 2});
  TestModel late({1, 3, 4, 5}, 13);
  late.node("Upsample", {"x", "x"});
  expectError(importModel(late), ImportStatus::BadInput, "Upsample ends with opset 9");
}

TEST(Resize, Mistakes) {
  TestModel neither({1, 3, 4, 5}, 13);
  neither.node("Resize", {"x"});
  expectError(importModel(neither), ImportStatus::BadInput,
              "a resize has scales or sizes, found neither");
  expectError(importModel(Resize({1, 1, 2}).model), ImportStatus::BadInput,
              "a resize has a scale for each of 4 axes, found 3");
  expectError(importModel(Resize({1, 1, 2, -2}).model), ImportStatus::BadInput,
              "scales lie in (0, 2^20], found -2.000000e+00 on axis 3");
  expectError(importModel(Resize({1, 1, 2, NAN}).model), ImportStatus::BadInput,
              "scales lie in (0, 2^20]");
  expectError(importModel(Resize({1, 1, 1e-9f, 1}).model), ImportStatus::Unsupported,
              "entries, found 0 on axis 2");
  expectError(importModel(Resize({1, 1, 1 << 20, 1 << 20}).model), ImportStatus::BadInput,
              "found extents");
  expectError(importModel(Resize({1, 1, 2, 2}).with("mode", "best").model), ImportStatus::BadInput,
              "found 'best'");
  expectError(importModel(Resize({1, 1, 2, 2}).with("nearest_mode", "best").model),
              ImportStatus::BadInput, "found 'best'");
  expectError(
      importModel(Resize({1, 1, 2, 2}).with("coordinate_transformation_mode", "best").model),
      ImportStatus::BadInput, "found 'best'");
  TestModel computed({1, 3, 4, 5}, 13);
  computed.node("Relu", {"x"}, {"r"});
  computed.node("Resize", {"x", "", "r"});
  expectError(importModel(computed), ImportStatus::Unsupported, "the scales");
  TestModel sizes({1, 3, 4, 5}, 13);
  sizes.ints("sizes", {1, 3, 0, 5}).node("Resize", {"x", "", "", "sizes"});
  expectError(importModel(sizes), ImportStatus::BadInput,
              "sizes lie in [1, 2^30], found 0 on axis 2");
}

} // namespace

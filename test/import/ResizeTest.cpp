// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize and Upsample: enlargements that repeat every entry, in all spellings, and what is refused.
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

TEST(Resize, OtherMappingsAreRefused) {
  const char *why = "resizing repeats every entry equally often, found 4 to 12 on axis 2 with "
                    "scale 3.000000e+00 by mode 'nearest', ";
  expectError(
      importModel(Resize({1, 1, 3, 3}).with("coordinate_transformation_mode", "asymmetric").model),
      ImportStatus::Unsupported,
      std::string(why) + "asymmetric, round_prefer_floor"); // 2/3 is rounded up
  expectError(
      importModel(
          Resize({1, 1, 3, 3}).with("coordinate_transformation_mode", "align_corners").model),
      ImportStatus::Unsupported, why);
  expectError(importModel(Resize({1, 1, 3, 3}).with("nearest_mode", "floor").model),
              ImportStatus::Unsupported, why);
  expectError(importModel(Resize({1, 1, 3, 3}).with("nearest_mode", "ceil").model),
              ImportStatus::Unsupported, why);
  expectError(importModel(Resize({1, 1, 1.5, 1}).model), ImportStatus::Unsupported,
              "found 4 to 6 on axis 2");
  expectError(importModel(Resize({1, 1, 0.5, 1}).model), ImportStatus::Unsupported,
              "found 4 to 2 on axis 2");
  expectError(importModel(Resize({1, 1, 2, 2}).with("mode", "linear").model),
              ImportStatus::Unsupported, "by mode 'linear'");
  expectError(importModel(Resize({1, 2, 1, 1}).model), ImportStatus::Unsupported,
              "spatial axes are resized, found axis 1 from 3 to 6");
  expectError(
      importModel(
          Resize({1, 1, 2, 2}).with("coordinate_transformation_mode", "tf_crop_and_resize").model),
      ImportStatus::Unsupported, "a map is resized as a whole");
}

/// The extent stays, the entries do not: the first one is taken twice, the last one never.
TEST(Resize, ScalesThatRoundBack) {
  expectError(importModel(Resize({1, 1, 2, 1.1f})
                              .with("coordinate_transformation_mode", "asymmetric")
                              .with("nearest_mode", "floor")
                              .model),
              ImportStatus::Unsupported, "found 5 to 5 on axis 3 with scale 1.1");
  expectError(importModel(Resize({1, 1.2f, 1, 1})
                              .with("coordinate_transformation_mode", "asymmetric")
                              .with("nearest_mode", "floor")
                              .model),
              ImportStatus::Unsupported, "found 3 to 3 on axis 1 with scale 1.2");
  expectError(importModel(Resize({1, 1, 1, 1.1f}).with("mode", "linear").model),
              ImportStatus::Unsupported, "found 5 to 5 on axis 3");
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
  expectError(importModel(policy), ImportStatus::Unsupported,
              "found keep_aspect_ratio_policy 'not_larger'");
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
              "found 4 to 0 on axis 2");
  expectError(importModel(Resize({1, 1, 1 << 20, 1 << 20}).model), ImportStatus::Unsupported,
              "on axis 2");
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
              "sizes are at least 1, found 0 on axis 2");
}

} // namespace

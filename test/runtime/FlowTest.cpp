// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --report: which numbers belong to which image and class, and the table that is made of them.

#include "tools/saliency-run/Flow.h"

#include <gtest/gtest.h>

using namespace saliency;

namespace {

const saliency_report_row kRows[] = {{"logits", "Seed", "fake", ""},
                                     {"dense", "Dense", "zplus", "loses the share of the bias"},
                                     {"relu", "Rectifier", "fake", "passed on unchanged"},
                                     {"map", "Finish", "fake", ""}};
const saliency_layer kLayers[] = {{"other", 0, 1, {3}},
                                  {"report", 3, 3, {4, 2, SALIENCY_REPORT_COLUMNS}}};

/// Compiled for two images; a layer of three floats lies before the report.
struct Fake {
  Fake() {
    model.batch = 2;
    model.layer_elements = 3 + 2 * 4 * SALIENCY_REPORT_COLUMNS;
    model.layer_count = 2;
    model.layers = kLayers;
    model.report_count = 4;
    model.report = kRows;
  }
  /// Four images in two steps, three classes of each.
  Explanation numbered() const {
    Explanation result;
    result.images = 4;
    result.targets = 3;
    result.layers.resize(2 * 3 * model.layer_elements);
    for (size_t i = 0; i < result.layers.size(); ++i)
      result.layers[i] = float(i);
    return result;
  }
  saliency_interface model = {};
};

std::vector<FlowRow> rows(double seed, double leaves, double stabiliser, double bias, double dead) {
  double rule = seed - leaves - stabiliser - bias - dead;
  return {{&kRows[0], seed, seed},
          {&kRows[1], seed, leaves, stabiliser, bias, dead, rule},
          {&kRows[2], leaves, leaves},
          {&kRows[3], leaves, leaves}};
}

TEST(Flow, FindsTheNumbersOfOneImageAndClass) {
  Fake fake;
  Explanation result = fake.numbered();
  std::vector<FlowRow> found = flowOf(result, fake.model, /*image=*/3, /*target=*/1);
  ASSERT_EQ(found.size(), 4u);
  // Second step, second class, behind the other layer, second row, second image.
  double first = (1 * 3 + 1) * 43 + 3 + 1 * 10 + 1 * 5;
  EXPECT_STREQ(found[1].about->layer, "dense");
  EXPECT_EQ(found[1].arrives, first);
  EXPECT_EQ(found[1].leaves, first + 1);
  EXPECT_EQ(found[1].stabiliser, first + 2);
  EXPECT_EQ(found[1].bias, first + 3);
  EXPECT_EQ(found[1].dead, first + 4);
  EXPECT_EQ(found[1].rule, first - (first + 1) - (first + 2) - (first + 3) - (first + 4));
  fake.model.report_count = 0;
  EXPECT_TRUE(flowOf(result, fake.model, 3, 1).empty());
}

TEST(Flow, TableIsInPercentOfTheSeed) {
  EXPECT_EQ(
      flowText(rows(8, 4, 0.8, 2, 1.2), "class 3, star"),
      "  where the relevance of class 3, star went, in % of the seed's\n"
      "    layer  kind   rule     arrives    leaves  stabiliser      bias  dead units      rule\n"
      "    dense  Dense  zplus      100.0      50.0        10.0      25.0        15.0       0.0\n"
      "    1 more pass on what they get\n"
      "    seed 8, map 4 (50.0 %)\n");
}

TEST(Flow, ASeedWhosePartsCancelIsNoMeasure) {
  std::vector<FlowRow> contrast = rows(0, 0.25, 0, 0, 0);
  contrast[1].arrives = 0, contrast[2].arrives = 2;
  EXPECT_EQ(
      flowText(contrast, "class 0"),
      "  where the relevance of class 0 went, in absolute numbers, since the seed's sum is 0\n"
      "    layer  kind   rule     arrives    leaves  stabiliser      bias  dead units      rule\n"
      "    dense  Dense  zplus          0      0.25           0         0           0     -0.25\n"
      "    1 more pass on what they get\n"
      "    seed 0, map 0.25\n");
}

TEST(Flow, JsonHoldsEveryRow) {
  JsonWriter json;
  writeFlow(json, rows(8, 4, 1, 2, 1));
  const std::string &text = json.text();
  EXPECT_NE(text.find("\"layer\": \"dense\",\n    \"kind\": \"Dense\",\n    \"rule\": \"zplus\",\n "
                      "   \"conservation\": \"loses the share of the "
                      "bias\",\n    \"arrives\": 8,\n    \"leaves\": 4,\n    \"lost\": {\n      "
                      "\"stabiliser\": 1,\n      \"bias\": 2,\n      "
                      "\"dead\": 1,\n      \"rule\": 0"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\"kind\": \"Finish\""), std::string::npos);
}

} // namespace

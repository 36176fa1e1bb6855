// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Heatmap.h"
#include "test/runtime/TestFiles.h"

#include <gtest/gtest.h>

using namespace saliency;
using namespace saliency::test;

namespace {

TEST(Heatmap, ZeroIsWhite) {
  std::vector<float> map(12);
  Picture picture = renderSigned(map, 4, 3);
  EXPECT_EQ(picture.pixels, std::vector<uint8_t>(36, 255));
}

TEST(Heatmap, RedAboveBlueBelowSymmetric) {
  std::vector<float> map = {-2, -1, 0, 1, 2};
  Picture picture = renderSigned(map, 5, 1);
  EXPECT_EQ(std::vector<uint8_t>(picture.at(2, 0), picture.at(2, 0) + 3),
            (std::vector<uint8_t>{255, 255, 255}));
  for (int x : {0, 1})
    EXPECT_GT(picture.at(x, 0)[2], picture.at(x, 0)[0]);
  for (int x : {3, 4})
    EXPECT_GT(picture.at(x, 0)[0], picture.at(x, 0)[2]);
  EXPECT_EQ(picture.at(0, 0)[0], picture.at(4, 0)[1]) << "the same strength on both sides";
  EXPECT_EQ(picture.at(1, 0)[0], picture.at(3, 0)[1]);
  EXPECT_LT(picture.at(4, 0)[1], picture.at(3, 0)[1]);
}

TEST(Heatmap, OutliersDoNotHideTheRest) {
  std::vector<float> map(1000, 1.0f);
  map[3] = 1000;
  EXPECT_EQ(fullColour(map), 1);
  std::vector<float> lonely(1000);
  lonely[3] = -5;
  EXPECT_EQ(fullColour(lonely), 5);
  EXPECT_EQ(fullColour(std::vector<float>(10)), 0);
}

TEST(Heatmap, OverlayShowsThePhotographWhereNothingIsRelevant) {
  Picture photograph(2, 1);
  photograph.pixels = {100, 100, 100, 100, 100, 100};
  std::vector<float> map = {0, 3};
  Picture picture = overlay(photograph, map);
  EXPECT_EQ(std::vector<uint8_t>(picture.at(0, 0), picture.at(0, 0) + 3),
            (std::vector<uint8_t>{162, 162, 162}));
  EXPECT_GT(picture.at(1, 0)[0], 200);
  EXPECT_LT(picture.at(1, 0)[1], 60);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Json.h"

#include <gtest/gtest.h>

using namespace saliency;

namespace {

TEST(Json, NestsAndSeparates) {
  JsonWriter json;
  json.beginObject();
  json.field("a", int64_t(1));
  json.key("b");
  json.beginArray();
  json.value(0.5);
  json.value("x");
  json.beginObject();
  json.endObject();
  json.endArray();
  json.endObject();
  EXPECT_EQ(json.text(), "{\n  \"a\": 1,\n  \"b\": [\n    0.5,\n    \"x\",\n    {}\n  ]\n}");
}

TEST(Json, EscapesText) {
  auto quoted = [](std::string_view text) {
    JsonWriter json;
    json.value(text);
    return json.text();
  };
  EXPECT_EQ(quoted("a\"\\\n\x01"), "\"a\\\"\\\\\\u000a\\u0001\"");
  EXPECT_EQ(quoted("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb6"),
            "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb6\"");
  EXPECT_EQ(quoted("\xff"
                   "a\xc3"),
            "\"\\ufffda\\ufffd\"");
  EXPECT_EQ(quoted("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"") << "a surrogate";
  EXPECT_EQ(quoted("\xc0\xaf"), "\"\\ufffd\\ufffd\"") << "an overlong form";
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Npy.h"
#include "test/runtime/TestFiles.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <zlib.h>

using namespace saliency;
using namespace saliency::test;

namespace {

/// A file with any header text.
std::string file(const std::string &dictionary, const std::string &data, int version = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    bytes += static_cast<char>(dictionary.size() >> (8 * i) & 255);
  return bytes + dictionary + data;
}

std::string header(const std::string &descr, const std::string &shape,
                   const std::string &order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

template <typename T> std::string data(std::initializer_list<T> values) {
  return {reinterpret_cast<const char *>(values.begin()), values.size() * sizeof(T)};
}

std::string errorOf(const std::string &bytes) {
  std::string error;
  EXPECT_FALSE(decodeNpy(bytes, error).has_value());
  return error;
}

std::vector<float> valuesOf(const std::string &bytes) {
  std::string error;
  std::optional<NpyArray> array = decodeNpy(bytes, error);
  EXPECT_TRUE(array) << error;
  return array ? array->values : std::vector<float>();
}

TEST(Npy, RoundTrip) {
  for (std::vector<int64_t> shape : {std::vector<int64_t>{}, {6}, {2, 3}, {1, 2, 3, 1}}) {
    std::vector<float> values(shape.empty() ? 1 : 6, 0.1f);
    std::string bytes = npyBytes(shape, values), error;
    EXPECT_EQ((bytes.size() - 4 * values.size()) % 64, 0u);
    std::optional<NpyArray> array = decodeNpy(bytes, error);
    ASSERT_TRUE(array) << error;
    EXPECT_EQ(array->shape, shape);
    EXPECT_EQ(array->values, values);
  }
}

TEST(Npy, ConvertsElementTypes) {
  EXPECT_EQ(valuesOf(file(header("<f8", "(2,)"), data<double>({0.5, -2}))),
            (std::vector<float>{0.5f, -2}));
  EXPECT_EQ(valuesOf(file(header("<i8", "(2,)"), data<int64_t>({7, -9}))),
            (std::vector<float>{7, -9}));
  EXPECT_EQ(valuesOf(file(header("<i4", "(2,)"), data<int32_t>({7, -9}))),
            (std::vector<float>{7, -9}));
  EXPECT_EQ(valuesOf(file(header("|u1", "(2,)"), data<uint8_t>({0, 255}))),
            (std::vector<float>{0, 255}));
}

TEST(Npy, ConvertsHalf) {
  std::vector<float> values =
      valuesOf(file(header("<f2", "(9,)"), data<uint16_t>({0x0000, 0x3c00, 0xc000, 0x7bff, 0x0400,
                                                           0x0001, 0x8001, 0x7c00, 0x3555})));
  EXPECT_EQ(values, (std::vector<float>{0, 1, -2, 65504, 0x1p-14f, 0x1p-24f, -0x1p-24f, INFINITY,
                                        0.333251953125f}));
  EXPECT_TRUE(std::isnan(valuesOf(file(header("<f2", "(1,)"), data<uint16_t>({0x7e00})))[0]));
}

TEST(Npy, ReadsVersionsAndSpellings) {
  std::string one = data<float>({3});
  for (int version : {1, 2, 3})
    EXPECT_EQ(valuesOf(file(header("<f4", "(1, 1)"), one, version)), std::vector<float>{3});
  EXPECT_EQ(valuesOf(file("{\"shape\":(1,),\"descr\":\"<f4\",\"fortran_order\":False}  \n", one)),
            std::vector<float>{3});
  EXPECT_EQ(valuesOf(file(header("<f4", "(1L,)"), one)), std::vector<float>{3});
  EXPECT_EQ(valuesOf(file(header("<f4", "()"), one)), std::vector<float>{3});
}

TEST(Npy, EveryTruncationIsAnError) {
  std::string bytes = npyBytes({2, 3}, std::vector<float>(6));
  for (size_t size = 0; size < bytes.size(); ++size)
    errorOf(bytes.substr(0, size));
  std::string second = file(header("<f4", "(1,)"), data<float>({3}), 2);
  for (size_t size = 0; size < second.size(); ++size)
    errorOf(second.substr(0, size));
  EXPECT_NE(errorOf(bytes + "x").find("must have 24 bytes of data, found 25"), std::string::npos);
}

TEST(Npy, Errors) {
  std::string one = data<float>({3});
  EXPECT_NE(errorOf("PK\3\4").find("signature"), std::string::npos);
  EXPECT_NE(errorOf(file(header("<f4", "(1,)"), one, 9)).find("found 9"), std::string::npos);
  EXPECT_NE(errorOf(file(header(">f4", "(1,)"), one)).find("found '>f4'"), std::string::npos);
  EXPECT_NE(errorOf(file(header("|O", "(1,)"), one)).find("found '|O'"), std::string::npos);
  EXPECT_NE(errorOf(file(header("<f4", "(1,)", "True"), one)).find("Fortran"), std::string::npos);
  EXPECT_NE(errorOf(file(header("<f4", "(4294967296, 4294967296, 4294967296)"), one))
                .find("can be counted"),
            std::string::npos);
  for (const char *text :
       {"", "{", "{}", "{'descr': '<f4'}", "{'descr': [('a', '<f4')], 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "{'more': 1}"})
    EXPECT_NE(errorOf(file(text, one)).find("keys descr"), std::string::npos) << text;
}

TEST(Npy, FilesMustBeRegular) {
  TemporaryFolder folder;
  std::string error;
  EXPECT_FALSE(readNpy(folder / "absent.npy", error));
  EXPECT_NE(error.find("absent.npy: No such file"), std::string::npos);
  EXPECT_FALSE(readNpy(folder.path.string(), error));
  EXPECT_NE(error.find("not a regular file"), std::string::npos);
  EXPECT_FALSE(readNpy("/dev/zero", error));
  writeFile(folder / "a.npy", "");
  EXPECT_FALSE(readNpy(folder / "a.npy", error));
  EXPECT_NE(error.find("a.npy: a .npy file must"), std::string::npos);
}

uint32_t number(const std::string &bytes, size_t at, size_t count) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, count);
  return value;
}

TEST(Npz, StoresEachArrayAsAMember) {
  std::vector<float> values = {1, 2, 3, 4, 5, 6};
  std::string error;
  std::optional<std::string> bytes =
      encodeNpz({{"a", {2, 3}, values.data()}, {"/b/c", {6}, values.data()}}, error);
  ASSERT_TRUE(bytes) << error;
  size_t end = bytes->size() - 22, at = number(*bytes, end + 16, 4);
  ASSERT_EQ(number(*bytes, end, 4), 0x06054b50u);
  ASSERT_EQ(number(*bytes, end + 10, 2), 2u);
  for (const char *name : {"a.npy", "/b/c.npy"}) {
    ASSERT_EQ(number(*bytes, at, 4), 0x02014b50u);
    size_t length = number(*bytes, at + 28, 2), local = number(*bytes, at + 42, 4),
           size = number(*bytes, at + 20, 4);
    EXPECT_EQ(bytes->substr(at + 46, length), name);
    EXPECT_EQ(bytes->substr(local + 30, length), name);
    std::string member = bytes->substr(local + 30 + length, size);
    EXPECT_EQ(number(*bytes, at + 16, 4),
              crc32(0, reinterpret_cast<const Bytef *>(member.data()), member.size()));
    EXPECT_EQ(valuesOf(member), values);
    at += 46 + length;
  }
  EXPECT_EQ(at, end);
}

TEST(Npz, NamesDiffer) {
  float value = 0;
  std::string error;
  EXPECT_FALSE(encodeNpz({{"a", {1}, &value}, {"a", {1}, &value}}, error));
  EXPECT_NE(error.find("different names"), std::string::npos);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Initializers: every way to store one, and every lie about it.
#include "test/import/Expect.h"

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace saliency;
using namespace saliency::test;
namespace fs = std::filesystem;

/// A model that adds the tensor "w" to its input and returns the tensor, or the sum "y".
static TestModel withTensor(const onnx::TensorProto &tensor,
                            const std::vector<int64_t> &inputDims = {1, 4},
                            const std::string &output = "w") {
  TestModel model(inputDims, 13, {output});
  *model.graph().add_initializer() = tensor;
  model.graph().mutable_initializer(0)->set_name("w");
  model.node("Add", {"x", "w"});
  return model;
}

static onnx::TensorProto rawTensor(int32_t type, const std::vector<int64_t> &dims,
                                   const std::string &bytes) {
  onnx::TensorProto tensor = floatTensor("w", dims, {});
  tensor.set_data_type(type);
  tensor.set_raw_data(bytes);
  return tensor;
}

TEST(Tensor, RawAndTypedData) {
  float values[] = {1, 2, 3, 4};
  std::string raw(reinterpret_cast<const char *>(values), sizeof(values));
  for (const onnx::TensorProto &tensor :
       {rawTensor(onnx::TensorProto::FLOAT, {4}, raw), floatTensor("w", {4}, {1, 2, 3, 4})}) {
    Imported imported = importModel(withTensor(tensor));
    ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
    EXPECT_EQ(imported.constantOutput(), (std::vector<float>{1, 2, 3, 4}));
  }
}

TEST(Tensor, LargeOnesAreResources) {
  std::vector<float> values(100);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i);
  Imported imported = importModel(withTensor(floatTensor("w", {100}, values), {1, 100}));
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_TRUE(mlir::isa<mlir::DenseResourceElementsAttr>(imported.only<ConstantOp>().getValue()));
  EXPECT_EQ(imported.constantOutput(), values);
  Imported splat =
      importModel(withTensor(floatTensor("w", {100}, std::vector<float>(100, 2.0f)), {1, 100}));
  EXPECT_TRUE(mlir::isa<mlir::DenseElementsAttr>(splat.only<ConstantOp>().getValue()));
}

TEST(Tensor, HalvesAreWidened) {
  // 1, -2, the largest number, the smallest subnormal.
  std::vector<uint16_t> halves{0x3c00, 0xc000, 0x7bff, 0x0001};
  std::vector<float> expected{1.0f, -2.0f, 65504.0f, 5.9604644775390625e-8f};
  std::string raw(reinterpret_cast<const char *>(halves.data()), 8);
  onnx::TensorProto typed = floatTensor("w", {4}, {});
  typed.set_data_type(onnx::TensorProto::FLOAT16);
  for (uint16_t half : halves)
    typed.add_int32_data(half);
  EXPECT_EQ(
      importModel(withTensor(rawTensor(onnx::TensorProto::FLOAT16, {4}, raw))).constantOutput(),
      expected);
  EXPECT_EQ(importModel(withTensor(typed)).constantOutput(), expected);
  std::vector<uint16_t> brain{0x3f80, 0xc000, 0x7f80, 0x3fc0};
  std::string rawBrain(reinterpret_cast<const char *>(brain.data()), 8);
  EXPECT_EQ(importModel(withTensor(rawTensor(onnx::TensorProto::BFLOAT16, {4}, rawBrain)))
                .constantOutput(),
            (std::vector<float>{1.0f, -2.0f, INFINITY, 1.5f}));
}

TEST(Tensor, OtherTypesDoNotCompute) {
  auto importSum = [](const onnx::TensorProto &tensor) {
    return importModel(withTensor(tensor, {1, 4}, "y"));
  };
  expectError(importSum(intTensor("w", {4}, {1, 2, 3, 4})), ImportStatus::Unsupported,
              "networks compute in float32, found constant 'w' of int64");
  expectError(importSum(rawTensor(onnx::TensorProto::DOUBLE, {4}, std::string(32, '\0'))),
              ImportStatus::Unsupported, "found constant 'w' of float64");
  expectError(importModel(withTensor(rawTensor(onnx::TensorProto::STRING, {4}, ""))),
              ImportStatus::Unsupported,
              "initializer 'w': tensors hold numbers of 8 bits or more, found STRING");
  expectError(importModel(withTensor(rawTensor(0, {4}, ""))), ImportStatus::BadInput,
              "a tensor states its data type, found none");
  expectError(importSum(floatTensor("w", {0}, {})), ImportStatus::Unsupported,
              "operands have entries, found constant 'w' with extents [0]");
}

TEST(Tensor, LengthsMustAgree) {
  expectError(importModel(withTensor(rawTensor(onnx::TensorProto::FLOAT, {4}, "abc"))),
              ImportStatus::BadInput,
              "initializer 'w': raw data has as many bytes as the extents [4] of FLOAT ask for "
              "(16), found 3");
  expectError(
      importModel(withTensor(floatTensor("w", {4}, {1, 2, 3}))), ImportStatus::BadInput,
      "a tensor holds as many entries as its extents [4] ask for (4), found 3 in float_data");
  expectError(importModel(withTensor(floatTensor("w", {1 << 20}, {1}))), ImportStatus::BadInput,
              "found 1 in float_data");
}

TEST(Tensor, AbsurdExtents) {
  int64_t big = int64_t(1) << 40;
  expectError(importModel(withTensor(floatTensor("w", {big, big}, {1}))), ImportStatus::BadInput,
              "a constant tensor has at most 2147483648 bytes, found extents [1099511627776, "
              "1099511627776] of float32");
  expectError(importModel(withTensor(floatTensor("w", {-4}, {1}))), ImportStatus::BadInput,
              "the extents of a tensor are not negative, found [-4]");
  expectError(importModel(withTensor(floatTensor("w", std::vector<int64_t>(40, 1), {1}))),
              ImportStatus::BadInput, "a tensor has at most 32 axes, found 40");
}

TEST(Tensor, Segments) {
  onnx::TensorProto tensor = floatTensor("w", {4}, {1, 2, 3, 4});
  tensor.mutable_segment()->set_begin(0);
  expectError(importModel(withTensor(tensor)), ImportStatus::Unsupported,
              "a tensor is stored in one piece, found a segment");
}

namespace {
/// A folder with a model whose tensor lies outside the model file.
class ExternalData : public testing::Test {
protected:
  void SetUp() override {
    root = fs::temp_directory_path() / ("saliency-import-" + std::to_string(getpid()));
    folder = root / "model";
    fs::create_directories(folder / "data");
    for (const fs::path &path : {folder / "data" / "w.bin", root / "outside.bin"}) {
      float values[] = {7, 1, 2, 3, 4};
      std::ofstream(path, std::ios::binary)
          .write(reinterpret_cast<const char *>(values), sizeof(values));
    }
  }
  void TearDown() override { fs::remove_all(root); }

  Imported import(const std::vector<std::pair<std::string, std::string>> &entries,
                  int32_t type = onnx::TensorProto::FLOAT) {
    onnx::TensorProto tensor = floatTensor("w", {4}, {});
    tensor.set_data_type(type);
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto &[key, value] : entries) {
      auto &entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    TestModel model = withTensor(tensor);
    std::string path = (folder / "model.onnx").string();
    std::ofstream(path, std::ios::binary) << model.proto.SerializeAsString();
    return importFile(path);
  }

  fs::path root, folder;
};
} // namespace

TEST_F(ExternalData, IsReadBelowTheFolder) {
  Imported imported =
      import({{"location", "data/w.bin"}, {"offset", "4"}, {"length", "16"}, {"checksum", "x"}});
  ASSERT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  EXPECT_EQ(imported.constantOutput(), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(import({{"location", "data/w.bin"}}).constantOutput(),
            (std::vector<float>{7, 1, 2, 3}));
}

TEST_F(ExternalData, HalvesAreWidenedInPlace) {
  // Low halves of small integers' float32 bits are 0, so every second entry is.
  EXPECT_EQ(import({{"location", "data/w.bin"}, {"offset", "4"}}, onnx::TensorProto::FLOAT16)
                .constantOutput(),
            (std::vector<float>{0, 1.875f, 0, 2.0f}));
}

TEST_F(ExternalData, StaysBelowTheFolder) {
  std::string rule = "external data lies in a file below the model's folder, found location '";
  for (std::string location : {"../outside.bin", "data/../../outside.bin", "/etc/passwd", ""})
    expectError(import({{"location", location}}), ImportStatus::BadInput, rule + location + "'");
  fs::create_symlink(root / "outside.bin", folder / "link.bin");
  fs::create_directory_symlink(root, folder / "up");
  expectError(import({{"location", "link.bin"}}), ImportStatus::BadInput, rule + "link.bin'");
  expectError(import({{"location", "up/outside.bin"}}), ImportStatus::BadInput,
              rule + "up/outside.bin'");
  fs::create_symlink("data/w.bin", folder / "inner.bin");
  EXPECT_EQ(import({{"location", "inner.bin"}}).status, ImportStatus::Ok);
  // A sibling folder whose name begins with the model's folder's.
  fs::create_directories(root / "model2");
  fs::copy(root / "outside.bin", root / "model2" / "w.bin");
  fs::create_directory_symlink(root / "model2", folder / "sibling");
  expectError(import({{"location", "sibling/w.bin"}}), ImportStatus::BadInput,
              rule + "sibling/w.bin'");
}

TEST_F(ExternalData, LengthsMustAgree) {
  expectError(import({{"location", "gone.bin"}}), ImportStatus::BadInput,
              "external data must be readable, found no file 'gone.bin' in the model's folder");
  expectError(import({{"location", "data"}}), ImportStatus::BadInput,
              "external data file 'data' must be a regular file");
  expectError(import({{"location", "data/w.bin"}, {"offset", "8"}}), ImportStatus::BadInput,
              "external data file 'data/w.bin' must hold 16 bytes at offset 8, found a file of 20");
  expectError(import({{"location", "data/w.bin"}, {"offset", "18446744073709551615"}}),
              ImportStatus::BadInput, "must hold 16 bytes");
  expectError(import({{"location", "data/w.bin"}, {"length", "8"}}), ImportStatus::BadInput,
              "must give as many bytes as the tensor's extents ask for (16), found a length of 8");
  expectError(import({{"location", "data/w.bin"}, {"offset", "-4"}}), ImportStatus::BadInput,
              "external data's offset is a count of bytes, found '-4'");
}

TEST_F(ExternalData, ModelFilesStayBelowTwoGibibytes) {
  fs::path path = folder / "huge.onnx";
  std::ofstream(path, std::ios::binary) << "x";
  fs::resize_file(path, uint64_t(1) << 31); // a hole: no disk space
  expectError(importFile(path.string()), ImportStatus::BadInput,
              "a model file is smaller than 2 GiB (larger ones keep their tensors in external "
              "data), found 2147483648 bytes");
}

TEST_F(ExternalData, IsRefusedInMemory) {
  onnx::TensorProto tensor = floatTensor("w", {4}, {});
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  expectError(importModel(withTensor(tensor)), ImportStatus::Unsupported,
              "a model in memory keeps its tensors inside, found external data");
}

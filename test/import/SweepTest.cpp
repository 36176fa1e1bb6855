// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whole folders of models through the importer: each imports, or is refused with a message that
// begins with its path.
#include "test/import/TestModel.h"

#include "mlir/IR/Verifier.h"
#include "gmock/gmock.h"
#include <filesystem>
#include <map>

using namespace saliency;
using namespace saliency::test;
namespace fs = std::filesystem;

static std::vector<fs::path> modelsBelow(const fs::path &folder) {
  std::vector<fs::path> models;
  if (fs::is_directory(folder))
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file() && entry.path().extension() == ".onnx")
        models.push_back(entry.path());
  std::sort(models.begin(), models.end());
  return models;
}

static std::map<ImportStatus, int> sweep(const std::vector<fs::path> &models) {
  std::map<ImportStatus, int> counts;
  for (const fs::path &path : models) {
    Imported imported = importFile(path.string());
    ++counts[imported.status];
    if (imported.status == ImportStatus::Ok) {
      EXPECT_THAT(imported.messages,
                  testing::AnyOf("", testing::HasSubstr("is explained; --output=NAME chooses")))
          << path;
      EXPECT_TRUE(imported.module && mlir::succeeded(mlir::verify(*imported.module))) << path;
    } else {
      EXPECT_FALSE(imported.module) << path;
      EXPECT_THAT(imported.messages, testing::StartsWith(path.string() + ": ")) << path;
    }
  }
  return counts;
}

TEST(Sweep, OnnxNodeTests) {
  std::vector<fs::path> models = modelsBelow("/usr/share/libonnx-testdata");
  if (models.empty())
    GTEST_SKIP() << "libonnx-testdata is not installed";
  std::map<ImportStatus, int> counts = sweep(models);
  printf("%zu models: %d imported, %d invalid, %d unsupported\n", models.size(),
         counts[ImportStatus::Ok], counts[ImportStatus::BadInput],
         counts[ImportStatus::Unsupported]);
  EXPECT_EQ(counts[ImportStatus::BadInput], 0);
  EXPECT_GE(counts[ImportStatus::Ok], 134);
}

/// The file names of the models that a folder beside the project holds and the importer refuses.
static std::vector<std::string> refused(const std::string &folder) {
  std::vector<std::string> names;
  for (const fs::path &path : modelsBelow(fs::path(SALIENCY_REFERENCE_DIR) / folder))
    if (sweep({path})[ImportStatus::Ok] == 0)
      names.push_back(path.filename().string());
  return names;
}

class ReferenceModels : public testing::Test {
protected:
  void SetUp() override {
    if (!fs::is_directory(SALIENCY_REFERENCE_DIR))
      GTEST_SKIP() << "no folder of reference models beside the project";
  }
};

TEST_F(ReferenceModels, Pretrained) { EXPECT_THAT(refused("models"), testing::IsEmpty()); }
TEST_F(ReferenceModels, ConstantWeights) { EXPECT_THAT(refused("light"), testing::IsEmpty()); }
TEST_F(ReferenceModels, Goldens) { EXPECT_THAT(refused("goldens/models"), testing::IsEmpty()); }

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/OutputSet.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

namespace saliency::test {
namespace {

class OutputSets : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("saliency-outputs", folder));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result(folder);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

  int files() const {
    std::error_code code;
    int count = 0;
    for (llvm::sys::fs::directory_iterator it(folder, code), end; it != end; it.increment(code))
      ++count;
    return count;
  }

  llvm::SmallString<128> folder;
};

TEST_F(OutputSets, NothingIsLeftWithoutCommit) {
  {
    OutputSet outputs;
    ASSERT_FALSE(outputs.add(path("a"), llvm::ArrayRef<char>("x", 1)));
    EXPECT_FALSE(llvm::sys::fs::exists(path("a")));
    EXPECT_EQ(files(), 1);
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(OutputSets, CommitRenamesAll) {
  OutputSet outputs;
  ASSERT_FALSE(outputs.add(path("a"), llvm::ArrayRef<char>("x", 1)));
  ASSERT_FALSE(outputs.add(path("b"), llvm::ArrayRef<char>("yz", 2)));
  ASSERT_FALSE(outputs.commit());
  EXPECT_EQ(files(), 2);
  EXPECT_EQ((*llvm::MemoryBuffer::getFile(path("b")))->getBuffer(), "yz");
}

TEST_F(OutputSets, AFolderInAPlaceLeavesAllPlacesAsTheyWere) {
  for (const char *taken : {"a", "b", "c"}) {
    ASSERT_FALSE(llvm::sys::fs::create_directory(path(taken)));
    {
      OutputSet outputs;
      for (const char *name : {"a", "b", "c"})
        ASSERT_FALSE(outputs.add(path(name), llvm::ArrayRef<char>("x", 1)));
      EXPECT_EQ(llvm::toString(outputs.commit()),
                "cannot write '" + path(taken) + "': Is a directory");
    }
    EXPECT_EQ(files(), 1);
    ASSERT_FALSE(llvm::sys::fs::remove(path(taken)));
  }
}

TEST_F(OutputSets, AFailedRenameTakesBackWhatAppeared) {
  for (int lost : {0, 1, 2}) {
    {
      OutputSet outputs;
      std::vector<std::string> temporaries;
      for (const char *name : {"a", "b", "c"})
        temporaries.push_back(llvm::cantFail(outputs.reserve(path(name))));
      ASSERT_FALSE(llvm::sys::fs::remove(temporaries[lost]));
      EXPECT_EQ(llvm::toString(outputs.commit()), "cannot write '" +
                                                      path(std::string(1, char('a' + lost))) +
                                                      "': No such file or directory");
    }
    EXPECT_EQ(files(), 0);
  }
}

TEST_F(OutputSets, AFailedWriterLeavesNothing) {
  {
    OutputSet outputs;
    llvm::Error error = outputs.add(path("a"), [](llvm::raw_pwrite_stream &os) {
      os << "half";
      return llvm::createStringError("broken");
    });
    EXPECT_EQ(llvm::toString(std::move(error)), "broken");
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(OutputSets, AFullDiskIsAnError) {
  if (!llvm::sys::fs::exists("/dev/full"))
    GTEST_SKIP();
  OutputSet outputs;
  llvm::Error error = outputs.add(path("missing/a"), llvm::ArrayRef<char>("x", 1));
  EXPECT_NE(llvm::toString(std::move(error)).find("cannot write"), std::string::npos);
}

} // namespace
} // namespace saliency::test

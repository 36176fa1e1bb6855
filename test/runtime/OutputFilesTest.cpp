// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/OutputFiles.h"
#include "test/runtime/TestFiles.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/resource.h>

using namespace saliency;
using namespace saliency::test;

namespace {

TEST(OutputFiles, AppearTogether) {
  TemporaryFolder folder;
  writeFile(folder / "a", "old");
  std::string error;
  OutputFiles files;
  ASSERT_TRUE(files.add(folder / "a", {"one", "two"}, error)) << error;
  ASSERT_TRUE(files.add(folder / "b", {}, error)) << error;
  EXPECT_EQ(readBytes(folder / "a"), "old");
  EXPECT_FALSE(std::filesystem::exists(folder / "b"));
  ASSERT_TRUE(files.commit(error)) << error;
  EXPECT_EQ(readBytes(folder / "a"), "onetwo");
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"a", "b"}));
}

TEST(OutputFiles, LeaveNothingWithoutCommit) {
  TemporaryFolder folder;
  std::string error;
  {
    OutputFiles files;
    ASSERT_TRUE(files.add(folder / "a", {"one"}, error)) << error;
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(OutputFiles, FullDiskIsAnError) {
  TemporaryFolder folder;
  std::string error, large(100000, 'x');
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit limited = {50000, before.rlim_max};
  auto *handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limited);
  bool added = true;
  {
    OutputFiles files;
    added = files.add(folder / "a", {large}, error);
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(added);
  EXPECT_NE(error.find("a: cannot write: File too large"), std::string::npos);
  EXPECT_TRUE(folder.names().empty());
}

TEST(OutputFiles, PlaceMustExistAndBeNoFolder) {
  TemporaryFolder folder;
  std::string error;
  OutputFiles files;
  EXPECT_FALSE(files.add(folder / "absent/a", {"x"}, error));
  EXPECT_NE(error.find("No such file"), std::string::npos);
  EXPECT_FALSE(files.add(folder.path.string(), {"x"}, error));
  EXPECT_NE(error.find("Is a directory"), std::string::npos);
}

} // namespace

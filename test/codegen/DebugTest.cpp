// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes that decide something say what, and why, when asked (-debug-only).
#include "test/codegen/BuildModel.h"

#include "llvm/Support/Debug.h"

#include <gtest/gtest.h>

namespace saliency::test {
namespace {

std::string debugOutput(const char *type) {
  llvm::DebugFlag = true;
  llvm::setCurrentDebugType(type);
  testing::internal::CaptureStderr();
  build("small.mlir");
  llvm::errs().flush();
  llvm::DebugFlag = false;
  return testing::internal::GetCapturedStderr();
}

TEST(Debug, PlanMemorySaysWhereEachBufferLies) {
  std::string output = debugOutput("saliency-plan-memory");
  EXPECT_NE(output.find("bytes 0 to "), std::string::npos) << output;
  EXPECT_NE(output.find(", in use from "), std::string::npos) << output;
}

TEST(Debug, OutlineOperationsSaysWhatBecomesOfEachOperation) {
  std::string output = debugOutput("saliency-outline-operations");
  EXPECT_NE(output.find("calls kernel_0: "), std::string::npos) << output;
  EXPECT_NE(output.find("stays in the kernel, 2 executions: "), std::string::npos) << output;
}

TEST(Debug, FuseElementwiseSaysWhatItFuses) {
  std::string output = debugOutput("saliency-fuse-elementwise");
  EXPECT_NE(output.find("fuses into "), std::string::npos) << output;
  EXPECT_NE(output.find("stays apart from "), std::string::npos) << output;
}

} // namespace
} // namespace saliency::test

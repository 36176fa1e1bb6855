// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model with a node that its operator's handler refuses. The message names file and node, states
// the rule, then what was found.
#ifndef SALIENCY_TEST_IMPORT_REFUSEDNODE_H
#define SALIENCY_TEST_IMPORT_REFUSEDNODE_H

#include "test/import/TestModel.h"

#include "gmock/gmock.h"

#include <functional>

namespace saliency::test {

inline constexpr ImportStatus Bad = ImportStatus::BadInput, Unsupported = ImportStatus::Unsupported;

struct RefusedNode {
  ImportStatus status;
  std::string message;
  std::function<void(TestModel &)> build;
  std::vector<int64_t> input = {1, 4, 8, 8};
  int64_t opset = 13;
};

inline void expect(const RefusedNode &node) {
  TestModel model(node.input, node.opset);
  node.build(model);
  Imported imported = importModel(model);
  EXPECT_EQ(imported.status, node.status) << imported.messages;
  EXPECT_THAT(imported.messages, testing::HasSubstr(node.message));
  EXPECT_THAT(imported.messages, testing::HasSubstr("model.onnx: node '"));
  EXPECT_THAT(imported.messages,
              testing::HasSubstr(", opset " + std::to_string(node.opset) + "): "));
}

/// A convolution of input "x" with a 3 x 3 kernel; a test adds what is wrong with it.
inline TestNode conv(TestModel &model) {
  model.weights("w", {2, 4, 3, 3});
  return model.node("Conv", {"x", "w"});
}

} // namespace saliency::test

#endif // SALIENCY_TEST_IMPORT_REFUSEDNODE_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TEST_IMPORT_EXPECT_H
#define SALIENCY_TEST_IMPORT_EXPECT_H

#include "test/import/TestModel.h"

#include "gmock/gmock.h"

namespace saliency::test {

/// The import was refused with this status and a message that has these words.
inline void expectError(const Imported &imported, ImportStatus status, const std::string &message) {
  EXPECT_EQ(imported.status, status) << imported.messages;
  EXPECT_FALSE(imported.module);
  EXPECT_THAT(imported.messages, testing::HasSubstr(message));
}

inline Imported importOk(const TestModel &model) {
  Imported imported = importModel(model);
  EXPECT_EQ(imported.status, ImportStatus::Ok) << imported.messages;
  return imported;
}

} // namespace saliency::test

#endif // SALIENCY_TEST_IMPORT_EXPECT_H

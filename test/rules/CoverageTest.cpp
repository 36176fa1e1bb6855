// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No part of a method without an oracle: where all tests run in one process, each row, seed,
// finish, collection and meeting of each method in this build must have been compared (Oracle.h).
#include "Oracle.h"
#include "passes/rules/Registry.h"
#include "passes/rules/printing/Print.h"

#include <algorithm>

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

struct Coverage : testing::Environment {
  void TearDown() override {
    const testing::UnitTest &tests = *testing::UnitTest::GetInstance();
    if (tests.test_to_run_count() != tests.total_test_count())
      return; // a filter left some out
    EXPECT_FALSE(allMethods().empty());
    for (const MethodTable *table : allMethods()) {
      const auto where = [&](const auto &entry) {
        return describeConditions(*table, {entry.conditions, entry.conditionCount});
      };
      const auto named = [&](std::string_view name) {
        return [=](const auto &entry) { return std::string(name) + " " + where(entry); };
      };
      expectCompared(*table, Part::Row, table->rows, [&](const Row &row) {
        return std::string(nameOf(row.capability)) + " " + std::string(row.rule) + where(row);
      });
      expectCompared(*table, Part::Seed, table->seeds, named("seed"));
      expectCompared(*table, Part::Finish, table->finishes, named("finish"));
      expectCompared(*table, Part::Finish2d, table->finishes2d, named("2-D finish"));
      expectCompared(*table, Part::Collection, table->collections, named("collection"));
      expectCompared(*table, Part::Meeting, table->meetings,
                     [](const Meeting &) { return std::string("meeting"); });
      expectCompared(*table, Part::NormMask, table->normMasks,
                     [](const NormMask &) { return std::string("mask of norms"); });
    }
  }
  template <class List, class Describe>
  static void expectCompared(const MethodTable &table, Part part, const List &list,
                             Describe &&describe) {
    for (size_t i = 0; i < list.size(); ++i)
      EXPECT_TRUE(comparedEntries().contains({table.name, part, i}) || isBeforeStep(list[i]))
          << table.name << ": no test compares " << describe(list[i])
          << " with an oracle (Oracle.h)";
  }
  /// What a finish gives a step is evaluated with the step.
  template <class Entry> static bool isBeforeStep(const Entry &entry) {
    if constexpr (std::same_as<Entry, Finish>)
      return std::any_of(
          entry.conditions, entry.conditions + entry.conditionCount,
          [](const Condition &condition) { return condition.kind == ConditionKind::BeforeStep; });
    return false;
  }
};

[[maybe_unused]] testing::Environment *const coverage =
    testing::AddGlobalTestEnvironment(new Coverage);

} // namespace

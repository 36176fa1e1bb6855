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

/// Of each section (Sections.def) which oracle its entries are compared with; a section without an
/// answer does not compile.
struct NoOracle {};
namespace oracle {
constexpr Part seeds = Part::Seed, rows = Part::Row, meetings = Part::Meeting,
               collections = Part::Collection, finishes = Part::Finish, finishes2d = Part::Finish2d,
               normMasks = Part::NormMask;
// Compared with the maps that they lead to: where runs look, which rows a stream takes.
constexpr NoOracle repeats, streams, canonizers;
// Of steps, which test/goldens/ compares with their authors' code.
constexpr NoOracle recordings, refinements;
// Not formulas of relevance; ReadersTest.cpp and WordsTest.cpp read them.
constexpr NoOracle parameters, demands, implications, callTensors, conventions, notes;
} // namespace oracle

struct Coverage : testing::Environment {
  void TearDown() override {
    const testing::UnitTest &tests = *testing::UnitTest::GetInstance();
    if (tests.test_to_run_count() != tests.total_test_count())
      return; // a filter left some out
    EXPECT_FALSE(allMethods().empty());
    for (const MethodTable *table : allMethods()) {
#define SECTION(entry, list, capacity) expectCompared(*table, oracle::list, table->list, #list);
#include "passes/rules/language/Sections.def"
    }
  }
  template <class Entry>
  static void expectCompared(const MethodTable &, NoOracle, ConstSpan<Entry>, std::string_view) {}
  template <class Entry>
  static void expectCompared(const MethodTable &table, Part part, ConstSpan<Entry> section,
                             std::string_view name) {
    for (size_t i = 0; i < section.size(); ++i)
      EXPECT_TRUE(comparedEntries().contains({table.name, part, i}) || isBeforeStep(section[i]))
          << table.name << ": no test compares " << name << "[" << i << "] "
          << describe(table, section[i]) << " with an oracle (Oracle.h)";
  }
  template <class Entry> static std::string describe(const MethodTable &table, const Entry &entry) {
    std::string text;
    if constexpr (requires { entry.capability; })
      text += std::string(nameOf(entry.capability)) + " ";
    if constexpr (requires { entry.rule; })
      text += std::string(entry.rule);
    if constexpr (requires { entry.conditions; })
      text += describeConditions(table, {entry.conditions, entry.conditionCount});
    return text;
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

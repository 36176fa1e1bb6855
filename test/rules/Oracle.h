// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a method gives, to be compared with an oracle. Each row, seed and finish evaluated here
// counts as compared; a run of all tests fails where some are left over (CoverageTest.cpp).
#ifndef SALIENCY_TEST_RULES_ORACLE_H
#define SALIENCY_TEST_RULES_ORACLE_H

#include "Reference.h"
#include "passes/rules/reference/EvaluateMethod.h"

#include <set>
#include <tuple>

namespace saliency::rules::test {

enum class Part { Row, Seed, Finish, Finish2d, Collection, Meeting, NormMask };
/// Method, part, number of the entry.
using Entry = std::tuple<std::string_view, Part, size_t>;
inline std::set<Entry> &comparedEntries() {
  static std::set<Entry> entries;
  return entries;
}
template <class List, class T>
void noteCompared(const MethodTable &table, Part part, const List &list, const T *entry) {
  if (entry)
    comparedEntries().insert({table.name, part, size_t(entry - list.begin())});
}

/// Settings from text; `convention` may be empty.
inline Settings settingsOf(const MethodTable &table,
                           const std::vector<std::pair<std::string, std::string>> &given = {},
                           std::string_view convention = "") {
  Settings settings;
  std::string error;
  EXPECT_TRUE(resolveSettings(table, convention, given, settings, error)) << error;
  return settings;
}

/// The relevance of the layer's operand, by the row that the layer takes.
inline DenseTensor relevanceOf(const MethodTable &table, const Settings &settings,
                               const DenseLayer &layer, unsigned operand = 0, unsigned stream = 0) {
  const Row *row = rowFor(table, settings, layer, stream);
  if (!row) {
    ADD_FAILURE() << table.name << " has no row for this " << nameOf(layer.capability);
    return {};
  }
  noteCompared(table, Part::Row, table.rows, row);
  return evaluateRow(table, settings, *row, layer, operand);
}
/// By the rule of this name.
inline DenseTensor relevanceByRule(const MethodTable &table, const Settings &settings,
                                   std::string_view rule, const DenseLayer &layer) {
  const Row *row = findRule(table, layer.capability, rule);
  if (!row) {
    ADD_FAILURE() << table.name << " has no rule " << rule;
    return {};
  }
  noteCompared(table, Part::Row, table.rows, row);
  return evaluateRow(table, settings, *row, layer);
}
inline DenseTensor seedOf(const MethodTable &table, const Settings &settings, const DenseHead &head,
                          unsigned stream = 0) {
  const Seed *seed = seedFor(table, settings, stream);
  if (!seed) {
    ADD_FAILURE() << table.name << " has no seed for these settings";
    return {};
  }
  noteCompared(table, Part::Seed, table.seeds, seed);
  return evaluateSeed(table, settings, *seed, head);
}
inline void noteFinish(const MethodTable &table, const Settings &settings, Part part,
                       const ConstSpan<Finish> &finishes) {
  noteCompared(table, part, finishes, findEntry(finishes, [&](const Condition &condition) {
                 return condition.kind == ConditionKind::OptionIs && settings.chooses(condition);
               }));
}
inline DenseTensor mapOf(const MethodTable &table, const Settings &settings,
                         std::span<const DenseTensor> maps, const DenseTensor &input,
                         const DenseHead *head = nullptr) {
  noteFinish(table, settings, Part::Finish, table.finishes);
  return evaluateFinish(table, settings, maps, input, head);
}
inline DenseTensor map2dOf(const MethodTable &table, const Settings &settings,
                           std::span<const DenseTensor> maps, const DenseTensor &input,
                           const DenseHead *head = nullptr) {
  noteFinish(table, settings, Part::Finish2d, table.finishes2d);
  return evaluateFinish2d(table, settings, maps, input, head);
}
inline DenseTensor mapOverRuns(const MethodTable &table, const Settings &settings,
                               const DenseTensor &input, const DenseHead &head,
                               const std::function<DenseRun(const DenseTensor &point)> &run,
                               std::span<const DenseTensor> given = {}, bool map2d = false) {
  noteFinish(table, settings, map2d ? Part::Finish2d : Part::Finish,
             map2d ? table.finishes2d : table.finishes);
  return evaluateRepeated(table, settings, input, head, run, given, map2d);
}
/// What collection `number` takes from the layer, {1, positions}.
inline DenseTensor collectedFrom(const MethodTable &table, const Settings &settings, size_t number,
                                 const DenseLayer &layer, unsigned positions) {
  noteCompared(table, Part::Collection, table.collections, &table.collections[number]);
  return evaluateCollection(table, settings, table.collections[number], layer, positions);
}
/// At the layer's own positions, of the layer in every run.
inline DenseTensor collectedOverRuns(const MethodTable &table, const Settings &settings,
                                     size_t number, std::span<const DenseLayer> runs) {
  noteCompared(table, Part::Collection, table.collections, &table.collections[number]);
  return evaluateCollection(table, settings, table.collections[number], runs);
}
/// What the relevance becomes where meeting `number` takes place.
inline DenseTensor relevanceAtMeeting(const MethodTable &table, const Settings &settings,
                                      size_t number, const DenseLayer &value) {
  noteCompared(table, Part::Meeting, table.meetings, &table.meetings[number]);
  return evaluateMeeting(table, settings, table.meetings[number], value);
}

/// What the results of layer norms at the target layer are multiplied by in this run; none where
/// the settings leave them.
inline std::optional<DenseTensor> normMaskOf(const MethodTable &table, const Settings &settings,
                                             const DenseHead &head, unsigned run) {
  noteCompared(table, Part::NormMask, table.normMasks,
               findEntry(table.normMasks,
                         [&](const Condition &condition) { return settings.chooses(condition); }));
  return evaluateNormMask(table, settings, head, run);
}

} // namespace saliency::rules::test

#endif // SALIENCY_TEST_RULES_ORACLE_H

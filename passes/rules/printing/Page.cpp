// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A method's page: the sections of the method (Sections.def) in their order, each by a function
// that is called after the section. What belongs to no section stands with the section that it
// precedes or ends.
#include "passes/rules/language/Text.h"
#include "passes/rules/printing/Pieces.h"
#include "passes/rules/settings/Conservation.h"

#include <algorithm>

using namespace saliency::rules;

namespace {

/// Whether the row can be chosen where no parameter is given: no condition on a parameter fails,
/// and no row before it takes all of its ops.
bool chosenByDefault(const MethodTable &table, const Row &row) {
  const auto byParameter = [](const Condition &condition) {
    return condition.kind == ConditionKind::OptionIs;
  };
  const auto holds = [&](const Condition &condition) {
    return !byParameter(condition) ||
           (table.parameters[condition.index].value == condition.value) != condition.negated;
  };
  const auto conditions = [](const Row &row) {
    return std::span(row.conditions, row.conditionCount);
  };
  if (!std::ranges::all_of(conditions(row), holds))
    return false;
  return std::none_of(table.rows.begin(), &row, [&](const Row &before) {
    return before.stream == row.stream && before.rule.empty() &&
           serves(before.capability, row.capability) &&
           std::ranges::all_of(conditions(before),
                               [&](const Condition &c) { return byParameter(c) && holds(c); });
  });
}

/// The class of the method as a whole, at the default parameters: that of its weakest row. What
/// only rearranges counts for nothing.
std::string wholeConservationText(const MethodTable &table) {
  if (!table.walks)
    return "no relevance is carried back";
  Conservation weakest = table.elsewhereGradient ? Conservation::None : Conservation::Exact;
  std::string rows = table.elsewhereGradient ? "ops that take their derivative" : "";
  for (const Row &row : table.rows) {
    if (row.stream != 0 || !row.rule.empty() || row.capability == Capability::Structural ||
        !chosenByDefault(table, row))
      continue;
    const Conservation conservation = conservationOf(table, row);
    if (weakness(conservation) > weakness(weakest))
      weakest = conservation, rows.clear();
    if (conservation == weakest && conservation != Conservation::Exact)
      append(rows, ", ", rowText(table, row));
  }
  return std::string(nameOf(weakest)) + (rows.empty() ? "" : " (" + rows + ")");
}

std::string invariantsText(uint8_t mask) {
  std::string text;
  for (unsigned i = 0; i < unsigned(Invariant::Count); ++i)
    if (mask & maskOf(Invariant(i)))
      append(text, ", ", nameOf(Invariant(i)));
  return text;
}

/// Definitions first, one a line, then the result; code spans inside a table cell.
std::string cell(const Formula &formula) {
  std::string text;
  for (const auto &[name, definition] : formula.definitions)
    text += "`" + name + " = " + definition + "`<br>";
  return text + "`" + formula.text + "`";
}

template <class Entry> std::string streamPrefix(const MethodTable &table, const Entry &entry) {
  return entry.stream == 0 ? "" : std::string(table.streams[entry.stream - 1u].name) + ": ";
}

template <class Entry> std::string conditionsOf(const MethodTable &table, const Entry &entry) {
  return describeConditions(table, {entry.conditions, entry.conditionCount});
}

bool isStep(const MethodTable &table) { return !table.refinements.empty(); }
/// Whether the page shows how relevance is carried.
bool showsWalk(const MethodTable &table) { return table.walks && !isStep(table); }

//===-- Repetition -------------------------------------------------------===//

/// How often and where a method that repeats evaluates the network.
std::string repeatsText(const MethodTable &table) {
  std::string text;
  for (const Repeat &repeat : table.repeats) {
    text += "Repeated " + cell(formulaOf(table, repeat.count)) + " times";
    if (repeat.given != 0xff)
      text +=
          ", or once for each image of `" + std::string(table.callTensors[repeat.given].name) + "`";
    text += std::string(", ") + (repeat.fromLayer ? "from the target layer on" : "at the input") +
            " " + cell(formulaOf(table, repeat.point)) + ".\n\n";
  }
  return text;
}

std::string normMasksText(const MethodTable &table) {
  std::string text;
  for (const NormMask &mask : table.normMasks) {
    const std::string where = conditionsOf(table, mask);
    text +=
        "Layer norms that read the target layer see it as it is; what they give is multiplied by " +
        cell(formulaOf(table, mask.result)) + (where.empty() ? "" : " (" + where + ")") + ".\n\n";
  }
  return text;
}

//===-- The walk backwards -----------------------------------------------===//

std::string seedsText(const MethodTable &table) {
  if (!showsWalk(table))
    return "";
  std::string text = "| start | where | relevance |\n|---|---|---|\n";
  for (const Seed &seed : table.seeds) {
    text += "| " + streamPrefix(table, seed) + (seed.atLayer ? "target layer" : "logits") + " | " +
            conditionsOf(table, seed) + " | " + cell(formulaOf(table, seed.result));
    text += (seed.label.empty() ? "" : "<br>" + std::string(seed.label)) + " |\n";
  }
  return text;
}

std::string rowsText(const MethodTable &table) {
  if (!showsWalk(table))
    return "";
  std::string text = "\n| op | where | relevance of the input | holds |\n|---|---|---|---|\n";
  for (const Row &row : table.rows) {
    text += "| " + streamPrefix(table, row) + std::string(nameOf(row.capability)) + " | " +
            (row.rule.empty() ? conditionsOf(table, row) : "rule `" + std::string(row.rule) + "`") +
            " | " + cell(formulaOf(table, row.result));
    text += (row.label.empty() ? "" : "<br>" + std::string(row.label)) + " | " +
            invariantsText(row.invariants) + " |\n";
  }
  return text + "| every other op | | " +
         (table.elsewhereGradient ? "the ordinary derivative" : "unsupported (a fork sums)") +
         " | |\n";
}

std::string streamsText(const MethodTable &table) {
  std::string text;
  for (const Stream &stream : table.streams)
    text += "| " + std::string(stream.name) +
            (stream.twin ? ": every op | | as the relevance | |\n"
                         : ": every other op | | the ordinary derivative | |\n");
  return text;
}

/// The last of the walk; what holds of all of it ends it.
std::string meetingsText(const MethodTable &table) {
  if (!showsWalk(table))
    return "";
  std::string text;
  for (const Meeting &meeting : table.meetings)
    text += "\nAt `" + std::string(table.parameters[meeting.index].name) +
            "` the streams meet: relevance " + cell(formulaOf(table, meeting.result)) + ".\n";
  if (table.reference != kNone)
    text += "\nx0, y0: values at the reference input " + cell(formulaOf(table, table.reference)) +
            ".\n";
  if (table.invariants)
    text += "\nEvery row: " + invariantsText(table.invariants) + ".\n";
  return text + "\n";
}

/// What is gathered on the way.
std::string collectionsText(const MethodTable &table) {
  std::string text;
  for (const Collection &collection : table.collections) {
    const std::string where = conditionsOf(table, collection);
    text += collection.places == Collection::atOps
                ? "\nCollected at each " + std::string(nameOf(collection.capability)) +
                      (where.empty() ? "" : " (" + where + ")")
                : "\nCollected at each value x of `" +
                      std::string(table.parameters[collection.places].name) + "`";
    text += ": " + cell(formulaOf(table, collection.result)) + ".\n";
  }
  return text.empty() ? text : text + "\n";
}

//===-- A step behind methods --------------------------------------------===//

std::string recordingsText(const MethodTable &table) {
  if (!isStep(table))
    return "";
  std::string text = "Records the input of the first and the outputs of all of:";
  for (const Recording &recording : table.recordings) {
    const std::string where = conditionsOf(table, recording);
    text += " " + std::string(nameOf(recording.capability)) +
            (where.empty() ? "" : " (" + where + ")") + ";";
  }
  text.back() = '.';
  return text;
}

std::string refinementsText(const MethodTable &table) {
  if (!isStep(table))
    return "";
  std::string text =
      "\n\n| at each activation, from the last to the first, where | the map, resized "
      "to the activation, becomes |\n|---|---|\n";
  for (const Refinement &refinement : table.refinements)
    text += "| " + conditionsOf(table, refinement) + " | " +
            cell(formulaOf(table, refinement.result)) + " |\n";
  return text;
}

//===-- The map ----------------------------------------------------------===//

/// One line for each map, with the options under which it is made.
std::string mapLines(const MethodTable &table, std::string_view what, ConstSpan<Finish> finishes) {
  std::string text;
  for (const Finish &finish : finishes)
    text += "| " + std::string(what) + " | " + conditionsOf(table, finish) + " | " +
            cell(formulaOf(table, finish.result)) + " |\n";
  return text;
}

std::string finishesText(const MethodTable &table) {
  if (isStep(table))
    return "\nAt the end: " + cell(formulaOf(table, table.finishes[0].result)) + ".\n";
  const bool atLayer =
      table.needsLayer && !(table.walks && !table.endsAtLayer) && table.collections.empty();
  const bool perPatch = table.node(table.finishes[0].result).space == Space::Patches;
  const bool onClassMaps =
      std::any_of(table.parameters.begin(), table.parameters.end(),
                  [](const Parameter &parameter) { return parameter.ofClassMaps; });
  const std::string_view place = perPatch      ? "map, per patch"
                                 : onClassMaps ? "map, on the cells of the class maps"
                                 : atLayer     ? "map, at the target layer"
                                               : "map";
  return "| result | where | value |\n|---|---|---|\n" + mapLines(table, place, table.finishes);
}

std::string finishes2dText(const MethodTable &table) {
  if (isStep(table))
    return "";
  const ConstSpan<Finish> &finishes = table.finishes2d;
  const bool all = !finishes.empty() && finishes[finishes.size() - 1].conditionCount == 0;
  return mapLines(table, "map in two dimensions", finishes) +
         (all ? "" : "| map in two dimensions | | the sum over channels |\n");
}

std::string canonizersText(const MethodTable &table) {
  std::string text;
  for (const Canonizer &canonizer : table.canonizers) {
    const std::string where = conditionsOf(table, canonizer);
    text += "\n" + std::string(describe(canonizer.kind)) +
            (where.empty() ? "" : " where " + where) + ".\n";
  }
  return text;
}

//===-- What users set ---------------------------------------------------===//

std::string sumOfRelevanceText(const MethodTable &table) {
  std::string text;
  if (!isStep(table))
    text += "\n## The sum of relevance\n\nAs a whole, at the default parameters: " +
            wholeConservationText(table) + ".\n";
  if (const std::string sums = conservationText(table, "* "); !sums.empty())
    text += "\nRow by row:\n\n" + sums;
  return text;
}

/// Behind what the rules say of the sum of relevance.
std::string parametersText(const MethodTable &table) {
  std::string text = sumOfRelevanceText(table);
  if (!table.parameters.empty())
    text += "\n## Parameters\n\n| parameter | values | default | |\n|---|---|---|---|\n";
  for (const Parameter &parameter : table.parameters) {
    std::string name = "`" + std::string(parameter.name) + "`";
    if (!parameter.alias.empty())
      name += ", `" + std::string(parameter.alias) + "`";
    text += "| " + name + " | " + valuesText(parameter, ", ") + " | " + defaultText(parameter) +
            " | " + std::string(parameter.help) + " |\n";
  }
  if (table.conditioned)
    text += "\nNeeds: conditions on channels, `--condition=VALUE:CHANNEL,...`.\n";
  return text;
}

std::string demandsText(const MethodTable &table) {
  std::string text;
  for (const Demand &demand : table.demands)
    text += "\nNeeds: " + std::string(demand.text) + ".\n";
  return text;
}

std::string implicationsText(const MethodTable &table) {
  std::string text;
  for (const Implication &implication : table.implications)
    text += "\n`" + settingText(table, {implication.index, implication.option}) + "` makes `" +
            settingText(table, implication.setting) + "` the default.\n";
  return text;
}

std::string callTensorsText(const MethodTable &table) {
  std::string text;
  for (const CallTensor &tensor : table.callTensors)
    text += "\nPer call: `" + std::string(tensor.name) + "`, " + std::string(tensor.help) + ".\n";
  return text;
}

std::string conventionsText(const MethodTable &table) {
  std::string text;
  for (const Convention &convention : table.conventions)
    text +=
        "| `" + std::string(convention.name) + "` | " + conventionText(table, convention) + " |\n";
  return text.empty() ? text
                      : "\n## Conventions\n\n| `--conventions=` | sets |\n|---|---|\n" + text;
}

std::string notesText(const MethodTable &table) {
  std::string text;
  if (!table.notes.empty())
    text += "\n## Notes\n\n";
  for (std::string_view note : table.notes)
    text += "* " + std::string(note) + "\n";
  return text;
}

} // namespace

std::string saliency::rules::printPage(const MethodTable &table) {
  std::string text = "# " + std::string(table.title) + "\n\n`--" +
                     (isStep(table) ? "then=" : "emit-") + std::string(table.name) +
                     "`: " + std::string(table.help) + "\n\nSource: " + std::string(table.source) +
                     ".\n\n## Rule\n\n";
#define SECTION(entry, list, capacity) text += list##Text(table);
#include "passes/rules/language/Sections.def"
  return text;
}

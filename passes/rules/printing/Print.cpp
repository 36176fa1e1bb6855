// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/printing/Print.h"

#include "passes/rules/settings/Conservation.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

using namespace saliency::rules;

namespace {

std::string numberText(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

void append(std::string &list, std::string_view separator, std::string_view item) {
  if (!list.empty())
    list += separator;
  list += item;
}

std::string defaultText(const Parameter &parameter) {
  std::string text;
  switch (parameter.kind) {
  case ParameterKind::Choice:
    return std::string(parameter.options[size_t(parameter.value)]);
  case ParameterKind::PerChannel:
    for (unsigned i = 0; i < parameter.channelCount; ++i)
      append(text, ",", numberText(parameter.channels[i]));
    return text.empty() ? numberText(parameter.value) : text;
  case ParameterKind::ValueName:
  case ParameterKind::ValueNames:
    return "by the network";
  case ParameterKind::LayerData:
    return "must be given";
  case ParameterKind::Number:
  case ParameterKind::Integer:
    break;
  }
  return numberText(parameter.value);
}

std::string valuesText(const Parameter &parameter, std::string_view separator) {
  std::string text;
  switch (parameter.kind) {
  case ParameterKind::Choice:
    for (unsigned i = 0; i < parameter.optionCount; ++i)
      append(text, separator, parameter.options[i]);
    return text;
  case ParameterKind::PerChannel:
    return "number,...";
  case ParameterKind::ValueName:
    return "name";
  case ParameterKind::LayerData:
    return "file.npz";
  case ParameterKind::ValueNames:
    return "name,...";
  case ParameterKind::Integer:
    return "integer";
  case ParameterKind::Number:
    break;
  }
  return "number";
}

std::string settingText(const MethodTable &table, const Setting &setting) {
  const Parameter &parameter = table.parameters[setting.index];
  const bool choice = parameter.kind == ParameterKind::Choice;
  return std::string(parameter.name) + "=" +
         (choice ? std::string(parameter.options[size_t(setting.value)])
                 : numberText(setting.value));
}

std::string conventionText(const MethodTable &table, const Convention &convention) {
  std::string settings;
  for (unsigned i = 0; i < convention.settingCount; ++i)
    append(settings, " ", settingText(table, convention.settings[i]));
  return settings.empty() ? "the defaults" : settings;
}

/// "Convolution (first layer)"
std::string rowText(const MethodTable &table, const Row &row) {
  std::string where = row.rule.empty()
                          ? describeConditions(table, {row.conditions, row.conditionCount})
                          : std::string(row.rule);
  return std::string(nameOf(row.capability)) + (where.empty() ? "" : " (" + where + ")");
}

/// One line for each class of conservation that rows of the relevance have; empty where the method
/// knows no law.
std::string conservationText(const MethodTable &table, std::string_view indent) {
  std::string text;
  for (unsigned c = 1; c <= unsigned(Conservation::Count); ++c) {
    const auto conservation =
        Conservation(c % unsigned(Conservation::Count)); // those without a law last
    std::string rows;
    for (const Row &row : table.rows)
      if (row.stream == 0 && conservationOf(table, row) == conservation)
        append(rows, ", ", rowText(table, row));
    if (!rows.empty() && (conservation != Conservation::None || !text.empty()))
      text += std::string(indent) + std::string(nameOf(conservation)) + ": " + rows + "\n";
  }
  return text;
}

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

} // namespace

std::string saliency::rules::describeConditions(const MethodTable &table,
                                                std::span<const Condition> conditions) {
  std::string text;
  for (const Condition &condition : conditions) {
    std::string one;
    switch (condition.kind) {
    case ConditionKind::FirstLayer:
      one = "first layer";
      break;
    case ConditionKind::LastLinear:
      one = "last linear layer";
      break;
    case ConditionKind::Depthwise:
      one = "depthwise";
      break;
    case ConditionKind::SamePadding:
      one = "same padding";
      break;
    case ConditionKind::FlattenedMap:
      one = "behind a flattened map";
      break;
    case ConditionKind::Strided:
      one = "strided";
      break;
    case ConditionKind::InStream:
      one = std::string(table.streams[size_t(condition.value) - 1].name);
      break;
    case ConditionKind::HasBias:
      one = "with a bias";
      break;
    case ConditionKind::BeforeStep:
      one = "a step follows";
      break;
    case ConditionKind::Enlarges:
      one = "the activation is wider than the map";
      break;
    case ConditionKind::ByConstant:
      one = "with a constant";
      break;
    case ConditionKind::Attention:
      one = "attention";
      break;
    case ConditionKind::Follows:
      one = "behind " + std::string(nameOf(Capability(condition.value)));
      break;
    case ConditionKind::KernelIs:
      one = "kernel " + std::to_string(condition.value);
      break;
    case ConditionKind::OptionIs:
      one = settingText(table, {condition.index, double(condition.value)});
      break;
    }
    append(text, ", ", (condition.negated ? "not " : "") + one);
  }
  return text;
}

/// How relevance is carried: seeds, rows, and what happens elsewhere.
static std::string walkText(const MethodTable &table) {
  std::string text;
  text += "| start | where | relevance |\n|---|---|---|\n";
  for (const Seed &seed : table.seeds) {
    text += "| " + streamPrefix(table, seed) + (seed.atLayer ? "target layer" : "logits") + " | " +
            conditionsOf(table, seed) + " | " + cell(formulaOf(table, seed.result));
    text += (seed.label.empty() ? "" : "<br>" + std::string(seed.label)) + " |\n";
  }
  text += "\n| op | where | relevance of the input | holds |\n|---|---|---|---|\n";
  for (const Row &row : table.rows) {
    text += "| " + streamPrefix(table, row) + std::string(nameOf(row.capability)) + " | " +
            (row.rule.empty() ? conditionsOf(table, row) : "rule `" + std::string(row.rule) + "`") +
            " | " + cell(formulaOf(table, row.result));
    text += (row.label.empty() ? "" : "<br>" + std::string(row.label)) + " | " +
            invariantsText(row.invariants) + " |\n";
  }
  text += std::string("| every other op | | ") +
          (table.elsewhereGradient ? "the ordinary derivative" : "unsupported (a fork sums)") +
          " | |\n";
  for (const Stream &stream : table.streams)
    text += "| " + std::string(stream.name) +
            (stream.twin ? ": every op | | as the relevance | |\n"
                         : ": every other op | | the ordinary derivative | |\n");
  for (const Meeting &meeting : table.meetings)
    text += "\nAt `" + std::string(table.parameters[meeting.index].name) +
            "` the streams meet: relevance " + cell(formulaOf(table, meeting.result)) + ".\n";
  if (table.reference != kNone)
    text += "\nx0, y0: values at the reference input " + cell(formulaOf(table, table.reference)) +
            ".\n";
  if (table.invariants)
    text += "\nEvery row: " + invariantsText(table.invariants) + ".\n";
  return text;
}

/// What is gathered on the way.
static std::string collectionsText(const MethodTable &table) {
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
  return text;
}

/// The maps, with the options under which each is made.
static std::string finishText(const MethodTable &table) {
  auto rows = [&](std::string_view what, ConstSpan<Finish> finishes) {
    std::string text;
    for (const Finish &finish : finishes)
      text += "| " + std::string(what) + " | " + conditionsOf(table, finish) + " | " +
              cell(formulaOf(table, finish.result)) + " |\n";
    return text;
  };
  const bool atLayer =
      table.needsLayer && !(table.walks && !table.endsAtLayer) && table.collections.empty();
  const bool perPatch = table.node(table.finishes[0].result).space == Space::Patches;
  bool onClassMaps = false;
  for (const Parameter &parameter : table.parameters)
    onClassMaps |= parameter.ofClassMaps;
  const std::string_view place = perPatch      ? "map, per patch"
                                 : onClassMaps ? "map, on the cells of the class maps"
                                 : atLayer     ? "map, at the target layer"
                                               : "map";
  std::string text = "| result | where | value |\n|---|---|---|\n" + rows(place, table.finishes) +
                     rows("map in two dimensions", table.finishes2d);
  if (table.finishes2d.empty() || table.finishes2d[table.finishes2d.size() - 1].conditionCount > 0)
    text += "| map in two dimensions | | the sum over channels |\n";
  return text;
}

/// A step: what it records and what becomes of the map there.
static std::string stepText(const MethodTable &table) {
  std::string text = "Records the input of the first and the outputs of all of:";
  for (const Recording &recording : table.recordings) {
    const std::string where = conditionsOf(table, recording);
    text += " " + std::string(nameOf(recording.capability)) +
            (where.empty() ? "" : " (" + where + ")") + ";";
  }
  text.back() = '.';
  text += "\n\n| at each activation, from the last to the first, where | the map, resized to the "
          "activation, becomes |\n|---|---|\n";
  for (const Refinement &refinement : table.refinements)
    text += "| " + conditionsOf(table, refinement) + " | " +
            cell(formulaOf(table, refinement.result)) + " |\n";
  return text + "\nAt the end: " + cell(formulaOf(table, table.finishes[0].result)) + ".\n";
}

/// How often and where a method that repeats evaluates the network.
static std::string repeatText(const MethodTable &table) {
  std::string text;
  for (const Repeat &repeat : table.repeats) {
    text += "Repeated " + cell(formulaOf(table, repeat.count)) + " times";
    if (repeat.given != 0xff)
      text +=
          ", or once for each image of `" + std::string(table.callTensors[repeat.given].name) + "`";
    text += std::string(", ") + (repeat.fromLayer ? "from the target layer on" : "at the input") +
            " " + cell(formulaOf(table, repeat.point)) + ".\n\n";
  }
  for (const NormMask &mask : table.normMasks) {
    const std::string where = conditionsOf(table, mask);
    text +=
        "Layer norms that read the target layer see it as it is; what they give is multiplied by " +
        cell(formulaOf(table, mask.result)) + (where.empty() ? "" : " (" + where + ")") + ".\n\n";
  }
  return text;
}

static std::string parametersText(const MethodTable &table) {
  std::string text;
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
  for (const Demand &demand : table.demands)
    text += "\nNeeds: " + std::string(demand.text) + ".\n";
  for (const Implication &implication : table.implications)
    text += "\n`" + settingText(table, {implication.index, implication.option}) + "` makes `" +
            settingText(table, implication.setting) + "` the default.\n";
  for (const CallTensor &tensor : table.callTensors)
    text += "\nPer call: `" + std::string(tensor.name) + "`, " + std::string(tensor.help) + ".\n";
  return text;
}

static std::string conventionsText(const MethodTable &table) {
  std::string text;
  for (const Convention &convention : table.conventions)
    text +=
        "| `" + std::string(convention.name) + "` | " + conventionText(table, convention) + " |\n";
  return text.empty() ? text
                      : "\n## Conventions\n\n| `--conventions=` | sets |\n|---|---|\n" + text;
}

std::string saliency::rules::printPage(const MethodTable &table) {
  const bool step = !table.refinements.empty();
  std::string text = "# " + std::string(table.title) + "\n\n`--" + (step ? "then=" : "emit-") +
                     std::string(table.name) + "`: " + std::string(table.help) +
                     "\n\nSource: " + std::string(table.source) + ".\n\n## Rule\n\n";
  text += repeatText(table);
  if (table.walks && !step)
    text += walkText(table) + "\n";
  if (const std::string collected = collectionsText(table); !collected.empty())
    text += collected + "\n";
  text += step ? stepText(table) : finishText(table);
  for (const Canonizer &canonizer : table.canonizers) {
    const std::string where = conditionsOf(table, canonizer);
    text += "\n" + std::string(describe(canonizer.kind)) +
            (where.empty() ? "" : " where " + where) + ".\n";
  }
  if (!step)
    text += "\n## The sum of relevance\n\nAs a whole, at the default parameters: " +
            wholeConservationText(table) + ".\n";
  if (const std::string sums = conservationText(table, "* "); !sums.empty())
    text += "\nRow by row:\n\n" + sums;
  text += parametersText(table) + conventionsText(table);
  if (!table.notes.empty())
    text += "\n## Notes\n\n";
  for (std::string_view note : table.notes)
    text += "* " + std::string(note) + "\n";
  return text;
}

std::string saliency::rules::printIndex(std::span<const MethodTable *const> tables) {
  std::string text = "| flag | method | source | parameters | conventions | starts at "
                     "|\n|---|---|---|---|---|---|\n";
  for (const MethodTable *table : tables) {
    const bool step = !table->refinements.empty();
    std::string parameters, conventions;
    for (const Parameter &parameter : table->parameters)
      append(parameters, ", ", parameter.name);
    for (const CallTensor &tensor : table->callTensors)
      append(parameters, ", ", std::string(tensor.name) + " (per call)");
    for (const Convention &convention : table->conventions)
      append(conventions, ", ", convention.name);
    text += std::string("| `--") + (step ? "then=" : "emit-") + std::string(table->name) + "` | " +
            std::string(table->title) + " | " + std::string(table->source) + " | " + parameters +
            " | " + conventions + " | " +
            (step                ? "a 2-D map"
             : table->needsLayer ? "target layer"
             : table->walks      ? "logits"
                                 : "forward only") +
            " |\n";
  }
  return text;
}

std::string saliency::rules::printHelp(const MethodTable &table) {
  std::string text = std::string(table.name) + ": " + std::string(table.title) + "\n  " +
                     std::string(table.help) + "\n  Source: " + std::string(table.source) + "\n";
  for (const Parameter &parameter : table.parameters) {
    text += "  --param " + std::string(parameter.name) + "=" + valuesText(parameter, "|") + "  (" +
            defaultText(parameter) + ")\n      " + std::string(parameter.help) + "\n";
    if (!parameter.alias.empty())
      text += "      also: " + std::string(parameter.alias) + "\n";
  }
  for (const CallTensor &tensor : table.callTensors)
    text += "  --param " + std::string(tensor.name) + (tensor.images ? "=FILE.npy" : "=CLASS,...") +
            "  per call\n      " + std::string(tensor.help) + "\n";
  if (const std::string sums = conservationText(table, "    "); !sums.empty())
    text += "  The sum of relevance:\n" + sums;
  if (table.conditioned)
    text += "  Needs: conditions on channels, --condition=VALUE:CHANNEL,...\n";
  for (const Demand &demand : table.demands)
    text += "  Needs: " + std::string(demand.text) + "\n";
  for (const Implication &implication : table.implications)
    text += "  " + settingText(table, {implication.index, implication.option}) + " makes " +
            settingText(table, implication.setting) + " the default\n";
  for (const Convention &convention : table.conventions)
    text += "  --conventions=" + std::string(convention.name) + "  " +
            conventionText(table, convention) + "\n";
  for (std::string_view note : table.notes)
    text += "  Note: " + std::string(note) + "\n";
  return text;
}

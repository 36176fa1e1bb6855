// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/printing/Pieces.h"

#include "passes/rules/language/Text.h"

using namespace saliency::rules;

std::string saliency::rules::defaultText(const Parameter &parameter) {
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

std::string saliency::rules::valuesText(const Parameter &parameter, std::string_view separator) {
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

std::string saliency::rules::settingText(const MethodTable &table, const Setting &setting) {
  const Parameter &parameter = table.parameters[setting.index];
  const bool choice = parameter.kind == ParameterKind::Choice;
  return std::string(parameter.name) + "=" +
         (choice ? std::string(parameter.options[size_t(setting.value)])
                 : numberText(setting.value));
}

std::string saliency::rules::conventionText(const MethodTable &table,
                                            const Convention &convention) {
  std::string settings;
  for (unsigned i = 0; i < convention.settingCount; ++i)
    append(settings, " ", settingText(table, convention.settings[i]));
  return settings.empty() ? "the defaults" : settings;
}

std::string saliency::rules::rowText(const MethodTable &table, const Row &row) {
  std::string where = row.rule.empty()
                          ? describeConditions(table, {row.conditions, row.conditionCount})
                          : std::string(row.rule);
  return std::string(nameOf(row.capability)) + (where.empty() ? "" : " (" + where + ")");
}

std::string saliency::rules::conservationText(const MethodTable &table, std::string_view indent) {
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

static constexpr std::string_view conditionTexts[] = {
#define CONDITION(kind, text, ...) text,
#include "passes/rules/language/Conditions.def"
};

std::string saliency::rules::describeConditions(const MethodTable &table,
                                                std::span<const Condition> conditions) {
  std::string text;
  for (const Condition &condition : conditions) {
    std::string one(conditionTexts[unsigned(condition.kind)]);
    switch (condition.facts().operand) {
    case ConditionOperand::None:
      break;
    case ConditionOperand::Extent:
      one += std::to_string(condition.value);
      break;
    case ConditionOperand::Giver:
      one += nameOf(Capability(condition.value));
      break;
    case ConditionOperand::Stream:
      one += table.streams[size_t(condition.value) - 1].name;
      break;
    case ConditionOperand::Option:
      one += settingText(table, {condition.index, double(condition.value)});
      break;
    }
    append(text, ", ", (condition.negated ? "not " : "") + one);
  }
  return text;
}

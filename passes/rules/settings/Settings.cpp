// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/settings/Settings.h"

#include "passes/rules/language/MethodChecks.h"
#include "passes/rules/language/Text.h"
#include "passes/rules/settings/Demands.h"

#include <charconv>
#include <cmath>

using namespace saliency::rules;

namespace {

bool parseNumber(std::string_view text, double &value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

std::string optionNames(const Parameter &parameter) {
  std::string names;
  for (unsigned i = 0; i < parameter.optionCount; ++i)
    names += (i == 0                           ? ""
              : i + 1 == parameter.optionCount ? " or "
                                               : ", ") +
             std::string(parameter.options[i]);
  return names;
}

bool parseNumberValue(const Parameter &parameter, std::string_view text, double &value) {
  const bool whole = parameter.kind == ParameterKind::Integer;
  return parseNumber(text, value) && value >= parameter.minimum && value <= parameter.maximum &&
         (!whole || value == std::floor(value));
}

bool parseChannels(std::string_view text, std::vector<double> &channels) {
  channels.clear();
  while (true) {
    const size_t comma = text.find(',');
    double value;
    if (!parseNumber(text.substr(0, comma), value))
      return false;
    channels.push_back(value);
    if (comma == std::string_view::npos)
      return true;
    text.remove_prefix(comma + 1);
  }
}

bool parseOption(const Parameter &parameter, std::string_view text, double &value) {
  for (unsigned i = 0; i < parameter.optionCount; ++i)
    if (parameter.options[i] == text) {
      value = i;
      return true;
    }
  return false;
}

/// What the parameter takes, for messages.
std::string takes(const Parameter &parameter) {
  switch (parameter.kind) {
  case ParameterKind::Choice:
    return optionNames(parameter);
  case ParameterKind::PerChannel:
    return "numbers separated by commas, one per input channel or one for all";
  case ParameterKind::ValueName:
    return "the name of a value of the network";
  case ParameterKind::LayerData:
    return "a .npz file with one array for each layer with weights";
  case ParameterKind::ValueNames:
    return "names of values of the network, separated by commas";
  case ParameterKind::Number:
  case ParameterKind::Integer:
    break;
  }
  std::string text = parameter.kind == ParameterKind::Integer ? "a whole number" : "a number";
  if (parameter.minimum > -1e300)
    text += " of at least " + numberText(parameter.minimum);
  if (parameter.maximum < 1e300)
    text += (parameter.minimum > -1e300 ? " and at most " : " of at most ") +
            numberText(parameter.maximum);
  return text;
}

bool parse(const Parameter &parameter, const std::string &text, ParameterValue &value) {
  switch (parameter.kind) {
  case ParameterKind::Choice:
    return parseOption(parameter, text, value.number);
  case ParameterKind::PerChannel:
    return parseChannels(text, value.channels);
  case ParameterKind::ValueName:
  case ParameterKind::LayerData:
  case ParameterKind::ValueNames:
    value.text = text;
    return !text.empty();
  case ParameterKind::Number:
  case ParameterKind::Integer:
    return parseNumberValue(parameter, text, value.number);
  }
  return false;
}

} // namespace

Settings saliency::rules::defaultSettings(const MethodTable &table) {
  Settings settings;
  for (const Parameter &parameter : table.parameters) {
    ParameterValue &value = settings.values.emplace_back();
    value.number = parameter.value;
    if (parameter.kind == ParameterKind::PerChannel) {
      value.channels.assign(parameter.channels, parameter.channels + parameter.channelCount);
      if (value.channels.empty())
        value.channels.push_back(parameter.value);
    }
  }
  return settings;
}

Division saliency::rules::divisionOf(const MethodTable &table, const Settings &settings,
                                     const Node &node) {
  if (node.division != Division::Chosen)
    return node.division;
  const std::string_view chosen =
      table.parameters[node.index].options[size_t(settings.values[node.index].number)];
  auto division = Division::Plain;
  while (nameOf(division) != chosen)
    division = Division(unsigned(division) + 1);
  return division;
}

bool saliency::rules::applySetting(const MethodTable &table, std::string_view key,
                                   const std::string &text, Settings &settings, unsigned &index,
                                   std::string &error) {
  const std::string method(table.name);
  index = 0;
  while (index < table.parameters.size() && table.parameters[index].name != key &&
         (key.empty() || table.parameters[index].alias != key))
    ++index;
  if (index == table.parameters.size()) {
    std::string names;
    for (const Parameter &parameter : table.parameters)
      names += (names.empty() ? "" : ", ") + std::string(parameter.name);
    error = "method " + quoted(method) +
            (names.empty() ? " has no parameters" : " has the parameters " + names) + "; found " +
            quoted(key);
    return false;
  }
  const Parameter &parameter = table.parameters[index];
  if (parse(parameter, text, settings.values[index]))
    return true;
  error = "parameter " + quoted(parameter.name) + " of method " + quoted(method) + " takes " +
          takes(parameter) + "; found " + quoted(text);
  return false;
}

bool saliency::rules::checkDemands(const MethodTable &table, const Settings &settings,
                                   std::string &error) {
  for (const Demand &demand : table.demands)
    if (!isFulfilled(table, settings, demand)) {
      error = "method " + quoted(table.name) + " needs: " + std::string(demand.text) + "; found";
      forEachRead(table, demand.condition, [&](const Node &node, NodeId) {
        if (node.kind == NodeKind::Parameter)
          error += " " + std::string(table.parameters[node.index].name) + "=" +
                   numberText(settings.values[node.index].number);
      });
      return false;
    }
  return true;
}

bool saliency::rules::resolveSettings(const MethodTable &table, std::string_view convention,
                                      std::span<const std::pair<std::string, std::string>> given,
                                      Settings &settings, std::string &error) {
  settings = defaultSettings(table);
  std::vector<bool> named(table.parameters.size());

  const std::string method(table.name);
  bool found = convention.empty();
  std::string conventions;
  for (const Convention &set : table.conventions) {
    conventions += (conventions.empty() ? "" : ", ") + std::string(set.name);
    if (set.name != convention)
      continue;
    found = true;
    for (unsigned i = 0; i < set.settingCount; ++i) {
      settings.values[set.settings[i].index].number = set.settings[i].value;
      named[set.settings[i].index] = true;
    }
  }
  if (!found) {
    error = "method " + quoted(method) + " knows the conventions " + conventions + "; found " +
            quoted(convention);
    return false;
  }

  for (const auto &[key, text] : given) {
    unsigned index;
    if (!applySetting(table, key, text, settings, index, error))
      return false;
    named[index] = true;
  }

  for (const Implication &implication : table.implications)
    if (settings.values[implication.index].number == implication.option &&
        !named[implication.setting.index])
      settings.values[implication.setting.index].number = implication.setting.value;
  return checkDemands(table, settings, error);
}

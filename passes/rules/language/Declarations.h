// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The draft that a method file fills, and what the file declares before its rules: parameters with
// their defaults, what they demand of each other, per-call tensors, and the named sets of settings.
#ifndef SALIENCY_RULES_LANGUAGE_DECLARATIONS_H
#define SALIENCY_RULES_LANGUAGE_DECLARATIONS_H

#include "passes/rules/language/Parameters.h"

#include <initializer_list>

namespace saliency::rules {

/// A list of fixed capacity, filled at compile time.
template <class T, unsigned Capacity> struct FixedList {
  T items[Capacity] = {};
  uint8_t count = 0;
  constexpr T &push(const T &item) {
    if (count == Capacity)
      ruleError("saliency method: too many rows, seeds, parameters or notes for one method");
    items[count] = item;
    return items[count++];
  }
  constexpr T *begin() { return items; }
  constexpr T *end() { return items + count; }
  constexpr const T *begin() const { return items; }
  constexpr const T *end() const { return items + count; }
};

class Declarations {
public:
  constexpr NumberParameter number(std::string_view name, double value, std::string_view help,
                                   double minimum = -1e300, double maximum = 1e300) {
    Parameter &parameter = declare(name, help, ParameterKind::Number);
    parameter.value = value;
    parameter.minimum = minimum;
    parameter.maximum = maximum;
    const uint8_t index = lastParameter();
    return {detail::makeNode<Space::Scalar>(&tape, {.kind = NodeKind::Parameter, .index = index}),
            index};
  }
  constexpr NumberParameter integer(std::string_view name, double value, std::string_view help,
                                    double minimum = -1e9, double maximum = 1e9) {
    const NumberParameter result = number(name, value, help, minimum, maximum);
    parameters.items[result.index].kind = ParameterKind::Integer;
    return result;
  }
  /// The first option is the default.
  constexpr ChoiceParameter choice(std::string_view name,
                                   std::initializer_list<std::string_view> options,
                                   std::string_view help) {
    Parameter &parameter = declareChoice(name, help, options.size());
    for (std::string_view option : options)
      parameter.options[parameter.optionCount++] = option;
    return {&tape, parameter, lastParameter()};
  }
  /// Which division a method's quotients use; the first is the default.
  constexpr DivisionParameter
  division(std::string_view name, std::initializer_list<Division> options, std::string_view help) {
    Parameter &parameter = declareChoice(name, help, options.size());
    for (Division option : options)
      parameter.options[parameter.optionCount++] = nameOf(option);
    return {{&tape, parameter, lastParameter()}};
  }
  /// The values of the parameters must make `condition` true; `text` says it in words.
  constexpr void demand(const Expr<Space::Scalar> &condition, std::string_view text) {
    demands.push({condition.id, text});
  }
  constexpr PerChannelParameter
  perChannel(std::string_view name, std::initializer_list<double> values, std::string_view help) {
    Parameter &parameter = declare(name, help, ParameterKind::PerChannel);
    if (values.size() > std::size(parameter.channels))
      ruleError("saliency method: a per-channel default has at most four channels");
    for (double value : values)
      parameter.channels[parameter.channelCount++] = value;
    return detail::makeNode<Space::PerChannel, Space::In>(
        &tape, {.kind = NodeKind::Parameter, .index = lastParameter()});
  }
  /// The name of a value of the network; empty: the default of the driver. `layer` is the target
  /// layer.
  constexpr ValueNameParameter valueName(std::string_view name, std::string_view help,
                                         std::string_view alias = {}) {
    declare(name, help, ParameterKind::ValueName).alias = alias;
    return {lastParameter()};
  }
  /// The same of a value that need not have spatial axes (the default has).
  constexpr ValueNameParameter anyValueName(std::string_view name, std::string_view help) {
    declare(name, help, ParameterKind::ValueName).anyRank = true;
    return {lastParameter()};
  }
  /// The same of tokens, samples x tokens x features; empty: those that the last attention block
  /// adds its result to.
  constexpr ValueNameParameter tokensName(std::string_view name, std::string_view help) {
    declare(name, help, ParameterKind::ValueName).ofTokens = true;
    return {lastParameter()};
  }
  /// How long each axis of the maps of class scores is; 0: as long as the middle map's. The target
  /// layer is then their mean, N x classes x spatial: a detector's maps (--class-maps) or those
  /// whose pool gives the class scores. Nothing is carried back to it.
  constexpr NumberParameter classMaps(std::string_view name, double size, std::string_view help) {
    const NumberParameter result = integer(name, size, help, 0, 1024);
    parameters.items[result.index].ofClassMaps = true;
    return result;
  }
  /// One array for each layer with weights, from a .npz file that the user names.
  constexpr LayerDataParameter layerData(std::string_view name, std::string_view help) {
    declare(name, help, ParameterKind::LayerData);
    return {&tape, lastParameter()};
  }
  /// The same, where the product of a unit's entries and its weights is 1: a pattern's. Units may
  /// have all zeros instead.
  constexpr LayerDataParameter dualLayerData(std::string_view name, std::string_view help) {
    declare(name, help, ParameterKind::LayerData).isDual = true;
    return {&tape, lastParameter()};
  }
  /// Names of values, separated by commas; none: the last map of each resolution, up to the target
  /// layer.
  constexpr ValueNamesParameter valueNames(std::string_view name, std::string_view help) {
    declare(name, help, ParameterKind::ValueNames);
    return {lastParameter()};
  }
  constexpr ClassesTensor classes(std::string_view name, std::string_view help) {
    callTensors.push({name, help});
    return {&tape, uint8_t(callTensors.count - 1)};
  }
  constexpr ImagesTensor images(std::string_view name, std::string_view help) {
    callTensors.push({name, help, true});
    return {&tape, uint8_t(callTensors.count - 1)};
  }
  /// What a library does differently, as settings; naming it again adds to it.
  template <class... S> constexpr void convention(std::string_view name, const S &...settings) {
    unsigned known = 0;
    while (known < conventions.count && conventions.items[known].name != name)
      ++known;
    Convention &set =
        known < conventions.count ? conventions.items[known] : conventions.push(Convention());
    set.name = name;
    if (set.settingCount + sizeof...(settings) > std::size(set.settings))
      ruleError("saliency method: a convention has at most 16 settings");
    ((set.settings[set.settingCount++] = settingOf(settings)), ...);
  }
  /// The defaults of this method where a family's are others.
  template <class... S> constexpr void defaults(const S &...settings) {
    for (const Setting &setting : {settingOf(settings)...})
      parameters.items[setting.index].value = setting.value;
  }
  /// Where `option` is chosen, `setting` becomes the default of its parameter.
  template <class S> constexpr void implies(const Condition &option, const S &setting) {
    if (option.kind != ConditionKind::OptionIs || option.negated)
      ruleError("saliency method: implies(parameter.is(option), setting) starts from an option");
    implications.push({option.index, double(option.value), settingOf(setting)});
  }

  // The draft: the tape and all sections, read by Compile.h.
  TapeBuilder tape;
#define SECTION(entry, list, capacity) FixedList<entry, capacity> list;
#include "passes/rules/language/Sections.def"

private:
  constexpr Parameter &declare(std::string_view name, std::string_view help, ParameterKind kind) {
    Parameter &parameter = parameters.push(Parameter());
    parameter.name = name;
    parameter.help = help;
    parameter.kind = kind;
    return parameter;
  }
  constexpr uint8_t lastParameter() const { return uint8_t(parameters.count - 1); }
  constexpr Parameter &declareChoice(std::string_view name, std::string_view help, size_t options) {
    Parameter &parameter = declare(name, help, ParameterKind::Choice);
    if (options < 2 || options > std::size(parameter.options))
      ruleError("saliency method: a choice has two to eight options");
    return parameter;
  }
  static constexpr Setting settingOf(const Setting &setting) { return setting; }
  static constexpr Setting settingOf(const Condition &option) {
    if (option.kind != ConditionKind::OptionIs || option.negated)
      ruleError("saliency method: a setting is choice.is(option) or number.at(value)");
    return {option.index, double(option.value)};
  }
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_DECLARATIONS_H

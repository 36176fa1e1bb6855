// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A method's parameters with their values: defaults, then the named convention, then what the user
// gave; an implication fills in what neither named.
#ifndef SALIENCY_RULES_SETTINGS_SETTINGS_H
#define SALIENCY_RULES_SETTINGS_SETTINGS_H

#include "passes/rules/language/MethodTable.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace saliency::rules {

struct ParameterValue {
  double number = 0;            // Number, Integer; option index of a Choice
  std::vector<double> channels; // PerChannel: one entry per input channel, or a single one for all
  std::string
      text; // ValueName, ValueNames, empty: the driver's default; LayerData, empty: not given yet
};

/// Values in the order of the table's parameters.
struct Settings {
  std::vector<ParameterValue> values;

  /// For an OptionIs condition: whether its parameter has that option (negation is the caller's,
  /// see applies()).
  bool chooses(const Condition &condition) const {
    return values[condition.index].number == double(condition.value);
  }
  /// The operand that a Choose node is.
  NodeId chosen(const Node &node) const {
    return values[node.index].number == node.value ? node.a : node.b;
  }
};

/// The division that a Divide node stands for: its own, or the one that the settings choose.
Division divisionOf(const MethodTable &table, const Settings &settings, const Node &node);

/// Sets the parameter that is called `key`, or has it as its alias; `index` tells which. False with
/// a message on an unknown name or a bad value.
bool applySetting(const MethodTable &table, std::string_view key, const std::string &text,
                  Settings &settings, unsigned &index, std::string &error);
/// False with a message where the values do not fulfil the method's demands.
bool checkDemands(const MethodTable &table, const Settings &settings, std::string &error);

/// The defaults.
Settings defaultSettings(const MethodTable &table);

/// False with a message (rule first, then what was found) on an unknown convention, an unknown
/// parameter, a bad value, or values that do not fulfil the method's demands. `given` holds
/// KEY=VALUE pairs; keys of per-call tensors are the caller's and must not be among them.
bool resolveSettings(const MethodTable &table, std::string_view convention,
                     std::span<const std::pair<std::string, std::string>> given, Settings &settings,
                     std::string &error);

} // namespace saliency::rules

#endif // SALIENCY_RULES_SETTINGS_SETTINGS_H

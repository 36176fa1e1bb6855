// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/printing/Print.h"

#include "passes/rules/language/Text.h"
#include "passes/rules/printing/Pieces.h"

using namespace saliency::rules;

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

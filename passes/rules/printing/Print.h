// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reader that documents: formulas as they are written, tables for the documents, plain text for
// --help.
#ifndef SALIENCY_RULES_PRINTING_PRINT_H
#define SALIENCY_RULES_PRINTING_PRINT_H

#include "passes/rules/language/MethodTable.h"

#include <span>
#include <string>
#include <vector>

namespace saliency::rules {

/// An expression and the names it gives to terms that it uses more than once, in order.
struct Formula {
  std::vector<std::pair<std::string, std::string>> definitions;
  std::string text;
};
Formula formulaOf(const MethodTable &table, NodeId root);

/// "first layer, kernel 1, seed=hostile"; empty where there are none.
std::string describeConditions(const MethodTable &table, std::span<const Condition> conditions);

/// A method's or step's page, Markdown: what it does, source, rule, classes of conservation,
/// parameters, conventions, notes.
std::string printPage(const MethodTable &table);
/// One line per method or step as a Markdown table.
std::string printIndex(std::span<const MethodTable *const> tables);
/// What --help says: title, source, parameters, conventions.
std::string printHelp(const MethodTable &table);

} // namespace saliency::rules

#endif // SALIENCY_RULES_PRINTING_PRINT_H

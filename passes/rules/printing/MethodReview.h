// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reader that reports: what a finished method covers, what it leaves out, terms that nothing
// uses, and what its rows conserve.
#ifndef SALIENCY_RULES_PRINTING_METHODREVIEW_H
#define SALIENCY_RULES_PRINTING_METHODREVIEW_H

#include "passes/rules/language/MethodTable.h"

#include <string>
#include <vector>

namespace saliency::rules {

enum class Severity : uint8_t { Error, Warning, Remark };
struct Finding {
  Severity severity{};
  std::string text;
};

/// Errors are what Compile.h refuses, found again here for tables from elsewhere; a method of the
/// registry has none.
std::vector<Finding> reviewMethod(const MethodTable &table);

/// Whether a node's space follows from those of its operands, by the rule that Words.def names for
/// its kind; else `reason` says the rule. (Spaces of terminals are what the node says.)
bool spaceIsConsistent(const MethodTable &table, NodeId id, std::string &reason);

} // namespace saliency::rules

#endif // SALIENCY_RULES_PRINTING_METHODREVIEW_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-opt/Documents.h"

#include "dialect/import/Operators.h"
#include "passes/request/OptionGrammar.h"
#include "passes/rules/Registry.h"
#include "passes/rules/printing/Print.h"

#include "llvm/Support/raw_ostream.h"

#include <iomanip>
#include <iostream>

namespace saliency {

void listMethods() {
  for (const rules::MethodTable *table : rules::allMethods())
    std::cout << "  " << std::left << std::setw(19) << table->name << ' ' << table->title << '\n';
}

static const rules::MethodTable *findMethodOrStep(std::string_view name) {
  const rules::MethodTable *table = rules::findMethod(name);
  return table ? table : rules::findStep(name);
}

/// The methods and steps whose names are nearly this one.
static std::string suggestion(const std::string &name) {
  std::vector<std::string> names;
  for (const rules::MethodTable *table : rules::allMethods())
    names.emplace_back(table->name);
  for (const rules::MethodTable *table : rules::allSteps())
    names.emplace_back(table->name);
  return didYouMean(name, names);
}

std::string explainMethod(const std::string &name) {
  const rules::MethodTable *table = findMethodOrStep(name);
  if (!table)
    return "--explain-method takes a name that --list-methods lists, or a step's; found '" + name +
           "'" + suggestion(name);
  std::cout << rules::printHelp(*table);
  return "";
}

std::string printDocument(const std::string &what) {
  if (what == "method-index")
    std::cout << rules::printIndex(rules::allMethods());
  else if (what == "step-index")
    std::cout << rules::printIndex(rules::allSteps());
  else if (const rules::MethodTable *table = findMethodOrStep(what))
    std::cout << rules::printPage(*table);
  else if (what == "operators")
    for (const Operator &op : getOperators())
      std::cout << op.name.str() << '\n';
  else if (what == "functions")
    printFunctionRows(llvm::outs());
  else
    return "--document is method-index, step-index, operators, functions or the name of a "
           "method or step; found '" +
           what + "'" + suggestion(what);
  return "";
}

} // namespace saliency

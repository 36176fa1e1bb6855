// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/MethodChoice.h"

#include "dialect/SaliencyDialect.h"
#include "passes/request/OptionGrammar.h"
#include "passes/rules/NamedComposites.h"
#include "passes/rules/Registry.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace saliency;
using llvm::StringRef, llvm::Twine;

static llvm::Error mistake(const Twine &text) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
}

static bool takesComposites(const rules::MethodTable &table) {
  return llvm::any_of(table.rows, [](const rules::Row &row) { return !row.rule.empty(); });
}

/// A method called STEM-composite, by STEM-NAME of a composite.
static bool findByComposite(MethodChoice &choice) {
  for (const rules::MethodTable *table : rules::allMethods()) {
    StringRef stem(table->name), name(choice.name);
    if (!takesComposites(*table) || !stem.consume_back("composite") || !name.consume_front(stem))
      continue;
    if (llvm::none_of(rules::namedComposites, [&](const rules::NamedComposite &named) {
          return StringRef(named.name) == name;
        }))
      continue;
    choice.table = table;
    choice.composite = name.str();
    return true;
  }
  return false;
}

static llvm::Expected<MethodChoice> findMethod(StringRef name) {
  MethodChoice choice;
  choice.name = name.str();
  choice.table = rules::findMethod({name.data(), name.size()});
  if (choice.table || name == kForwardName || findByComposite(choice))
    return choice;
  std::vector<std::string> names = {kForwardName.str()};
  for (const rules::MethodTable *table : rules::allMethods())
    names.emplace_back(table->name);
  return mistake("a method is one of " + llvm::join(names, ", ") + "; found '" + name + "'" +
                 didYouMean(name, names));
}

namespace {

/// An option's value and the method that it is for; empty: all that know it.
struct Addressed {
  StringRef method, value;
};

} // namespace

static Addressed addressOf(StringRef text, llvm::ArrayRef<MethodChoice> choices) {
  auto [method, value] = text.split(':');
  if (value.data() &&
      llvm::any_of(choices, [&](const MethodChoice &choice) { return choice.name == method; }))
    return {method, value};
  return {"", text};
}

/// Calls `give` for the methods that an option is for. A single method is given everything: it says
/// itself what it does not know.
template <class Knows, class Give>
static llvm::Error deal(Addressed option, StringRef what, std::vector<MethodChoice> &choices,
                        Knows &&knows, Give &&give) {
  bool taken = false;
  for (MethodChoice &choice : choices) {
    bool meant = option.method.empty()
                     ? choices.size() == 1 || (choice.table && knows(*choice.table))
                     : choice.name == option.method;
    if (meant)
      give(choice);
    taken |= meant;
  }
  return taken ? llvm::Error::success()
               : mistake(what + " is for one of the methods asked for; found '" + option.value +
                         "', which none of them knows");
}

llvm::Expected<std::vector<MethodChoice>> saliency::chooseMethods(const CompileRequest &request) {
  std::vector<MethodChoice> choices;
  for (StringRef name : llvm::split(request.methods, ',')) {
    llvm::Expected<MethodChoice> choice = findMethod(name);
    if (!choice)
      return choice.takeError();
    if (llvm::any_of(choices,
                     [&](const MethodChoice &other) { return other.name == choice->name; }))
      return mistake("each method is asked for once; found '" + name + "' twice");
    choices.push_back(std::move(*choice));
  }
  if (!request.conventions.empty())
    for (StringRef text : llvm::split(request.conventions, ',')) {
      Addressed option = addressOf(text, choices);
      auto knows = [&](const rules::MethodTable &table) {
        return llvm::any_of(table.conventions, [&](const rules::Convention &set) {
          return StringRef(set.name) == option.value;
        });
      };
      if (llvm::Error error =
              deal(option, "a convention", choices, knows,
                   [&](MethodChoice &choice) { choice.conventions = option.value.str(); }))
        return error;
    }
  if (!request.composite.empty()) {
    Addressed option = addressOf(request.composite, choices);
    if (llvm::Error error =
            deal(option, "a composite", choices, takesComposites,
                 [&](MethodChoice &choice) { choice.composite = option.value.str(); }))
      return error;
  }
  for (const auto &[key, value] : request.parameters) {
    Addressed option = addressOf(key, choices);
    auto knows = [&](const rules::MethodTable &table) {
      return llvm::any_of(table.parameters, [&](const rules::Parameter &parameter) {
        return StringRef(parameter.name) == option.value ||
               (!parameter.alias.empty() && StringRef(parameter.alias) == option.value);
      });
    };
    if (llvm::Error error = deal(option, "a parameter", choices, knows, [&](MethodChoice &choice) {
          choice.parameters.emplace_back(option.value.str(), value);
        }))
      return error;
  }
  return choices;
}

bool saliency::declaresCallTensor(StringRef methods, StringRef key) {
  return llvm::any_of(llvm::split(methods, ','), [&](StringRef name) {
    const rules::MethodTable *table = rules::findMethod({name.data(), name.size()});
    return table && llvm::any_of(table->callTensors, [&](const rules::CallTensor &tensor) {
             return StringRef(tensor.name) == key;
           });
  });
}

std::string MethodChoice::describe() const {
  std::vector<std::string> parts;
  if (!conventions.empty())
    parts.push_back("conventions=" + conventions);
  if (!composite.empty())
    parts.push_back("composite=" + composite);
  for (const auto &[key, value] : parameters)
    parts.push_back(key + "=" + value);
  return llvm::join(parts, " ");
}

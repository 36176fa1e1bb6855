// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options as tables: a row says what an option is called, what it takes, what it does, and how its
// text is stored. Command lines, help texts, documents and other languages all read the same rows.
//
//   {{"batch", "N", Group::Input, BelongsTo::Model, kOpt | kRun, "how many inputs ..."},
//    setNumber(&CompileRequest::batch, 1, 65536)}
#ifndef SALIENCY_REQUEST_OPTIONTABLE_H
#define SALIENCY_REQUEST_OPTIONTABLE_H

#include "passes/request/OptionGrammar.h"

#include <functional>
#include <initializer_list>
#include <type_traits>

namespace saliency {

/// Where an option stands in a help text.
enum class Group { Input, Method, Output, Machine, Debugging, Methods, Count };
const char *titleOf(Group group);

/// Model: it is compiled into an explainer, so that a compiled one has it fixed. Call: it is for
/// one run of an explainer. Both: it is for the run, and may need something compiled in.
enum class BelongsTo { Model, Call, Both };

/// The programs that offer an option, as bits.
enum Tool : unsigned { kOpt = 1, kRun = 2, kPatterns = 4, kAllTools = 7 };

/// What a text breaks that an option does not take: "takes KEY=VALUE".
struct Mistake {
  std::string rule;
  std::string found = ""; ///< where that is not the text itself
};

/// What is said of an option.
struct OptionInfo {
  std::string name;  ///< "batch" for --batch
  std::string value; ///< what stands for the value in help texts; empty: the option is a flag
  Group group = Group::Input;
  BelongsTo belongsTo = BelongsTo::Model;
  unsigned tools = kAllTools;
  std::string help;
  bool repeats = false;   ///< may be given again, and adds to what was given before
  std::string alias = ""; ///< another name; of one letter: -o

  bool isFlag() const { return value.empty(); }
  /// "--batch"
  std::string flag() const { return "--" + name; }
  /// "--param takes KEY=VALUE; found 'epsilon'"
  std::string message(const Mistake &mistake, std::string_view text) const;
};

/// Stores a value, or says what it breaks.
template <class Request>
using Setter = std::function<std::optional<Mistake>(Request &, std::string_view)>;

template <class Request> struct Option : OptionInfo {
  Setter<Request> set;
};

template <class Request> using OptionTable = std::vector<Option<Request>>;

/// Stores `text` as the option called `name`; a message where there is no such option or it does
/// not take the text, else empty.
template <class Request>
std::string setOption(const OptionTable<Request> &table, Request &request, std::string_view name,
                      std::string_view text) {
  std::vector<std::string> names;
  for (const Option<Request> &option : table) {
    if (option.name == name) {
      std::optional<Mistake> mistake = option.set(request, text);
      return mistake ? option.message(*mistake, text) : "";
    }
    names.push_back(option.name);
  }
  return "an option is one of " + listText(names) + "; found '" + std::string(name) + "'" +
         didYouMean(name, names);
}

// Setters for members of a request.

template <class Class> auto setFlag(bool Class::*member, bool value = true) {
  return [=](auto &request, std::string_view) -> std::optional<Mistake> {
    request.*member = value;
    return std::nullopt;
  };
}

template <class Class> auto setText(std::string Class::*member) {
  return [=](auto &request, std::string_view text) -> std::optional<Mistake> {
    request.*member = text;
    return std::nullopt;
  };
}

/// A whole number from `low` to `high`; `rule` says so where "takes a number from 1 to 8" does not.
template <class Class, class Number>
auto setNumber(Number Class::*member, int64_t low, int64_t high, std::string rule = "") {
  if (rule.empty())
    rule = "takes a number from " + std::to_string(low) + " to " + std::to_string(high);
  return [=](auto &request, std::string_view text) -> std::optional<Mistake> {
    std::optional<int64_t> value = parseInteger(text);
    if (!value || *value < low || *value > high)
      return Mistake{rule};
    if constexpr (std::is_integral_v<Number>)
      request.*member = static_cast<Number>(*value);
    else
      request.*member = *value;
    return std::nullopt;
  };
}

/// One of a few words, each with the value that it stands for.
template <class Class, class Member, class Value>
auto setWord(Member Class::*member, std::initializer_list<std::pair<const char *, Value>> words) {
  return [member, words = std::vector<std::pair<std::string, Value>>(words.begin(), words.end())](
             auto &request, std::string_view text) -> std::optional<Mistake> {
    std::vector<std::string> names;
    for (const auto &[name, value] : words) {
      if (name == text) {
        request.*member = value;
        return std::nullopt;
      }
      names.push_back(name);
    }
    return Mistake{"is " + listText(names),
                   "'" + std::string(text) + "'" + didYouMean(text, names)};
  };
}

/// One of a few words, kept as text.
template <class Class>
auto setWord(std::string Class::*member, std::initializer_list<const char *> words) {
  std::vector<std::string> names(words.begin(), words.end());
  return [=](auto &request, std::string_view text) -> std::optional<Mistake> {
    for (const std::string &name : names)
      if (name == text) {
        request.*member = text;
        return std::nullopt;
      }
    return Mistake{"is " + listText(names),
                   "'" + std::string(text) + "'" + didYouMean(text, names)};
  };
}

} // namespace saliency

#endif // SALIENCY_REQUEST_OPTIONTABLE_H

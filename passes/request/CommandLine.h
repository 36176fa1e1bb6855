// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program's command line over tables of options: it reads arguments, and prints the tables as
// help text or as a document.
//
//   CommandLine line("saliency-run", kRun, "Explains what a network sees in a picture.");
//   line.offer(requestOptions(), options.compile);
//   line.takePlace("MODEL", "network (.onnx) or compiled explainer (.so)", options.compile.model);
//   if (std::optional<int> exitCode = line.parse(argc, argv))
//     return *exitCode;
#ifndef SALIENCY_REQUEST_COMMANDLINE_H
#define SALIENCY_REQUEST_COMMANDLINE_H

#include "passes/request/OptionTable.h"

namespace saliency {

class CommandLine {
public:
  /// `description` comes first in the help text.
  CommandLine(std::string program, Tool tool, std::string description)
      : program(std::move(program)), tool(tool), description(std::move(description)) {}

  /// Takes the rows of `table` that are for this program; they set `request`, which must outlive
  /// the command line.
  template <class Request> void offer(const OptionTable<Request> &table, Request &request) {
    for (const Option<Request> &option : table)
      if (option.tools & tool)
        options.push_back({option, [&request, set = option.set](std::string_view text) {
                             return set(request, text);
                           }});
  }
  /// An argument without a name. Those that take one come before the one that takes all that
  /// follow, of which there must be at least one.
  void takePlace(std::string name, std::string help, std::string &to, bool required = true);
  void takePlaces(std::string name, std::string help, std::vector<std::string> &to);
  /// Comes last in the help text; asked for when it is printed.
  void setFooter(std::function<std::string()> text) { footer = std::move(text); }
  /// Options of which no table knows: from the arguments at `at` on, how many belong to one; 0:
  /// none is there. They are left in getForeign().
  using Foreign = std::function<size_t(const std::vector<std::string> &, size_t at)>;
  void setForeign(Foreign count) { foreign = std::move(count); }

  /// Reads the arguments. Nothing: go on. Otherwise everything has been said, help or version on
  /// standard output, the first mistake in one line on standard error: the exit code.
  std::optional<int> parse(int argc, const char *const *argv);
  /// Says one more mistake in the same form; its exit code.
  int fail(const std::string &mistake) const;

  /// The options that were given, in this order.
  const std::vector<const OptionInfo *> &getGiven() const { return given; }
  bool isGiven(std::string_view name) const;
  const std::vector<std::string> &getForeign() const { return foreignArguments; }

  /// Whether `argument` is one of the options, with or without a value.
  bool isOption(std::string_view argument) const;

private:
  struct Bound {
    OptionInfo info;
    std::function<std::optional<Mistake>(std::string_view)> set;
  };
  struct Place {
    std::string name, help;
    std::string *one;
    std::vector<std::string> *all;
    bool required;
  };

  const Bound *find(std::string_view name) const;
  std::string read(const std::vector<std::string> &arguments);
  std::string readOption(const std::vector<std::string> &arguments, size_t &at);
  std::string store(const Bound &option, std::string_view text);
  std::string readPlace(const std::string &argument);
  std::string findMissing() const;
  std::string usage() const;
  void printHelp() const;
  void printMarkdown() const;

  std::string program;
  Tool tool;
  std::string description;
  std::vector<Bound> options;
  std::vector<Place> places;
  std::function<std::string()> footer;
  Foreign foreign;
  size_t placesTaken = 0;
  std::vector<const OptionInfo *> given;
  std::vector<std::string> foreignArguments;
};

} // namespace saliency

#endif // SALIENCY_REQUEST_COMMANDLINE_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables of options as text for a terminal and as Markdown.
#include "passes/request/CommandLine.h"

#include <algorithm>
#include <iostream>

namespace saliency {

static constexpr size_t kColumn = 28, kWidth = 100;

/// "--batch N", "-o, --output FILE"
static std::string signature(const OptionInfo &option) {
  std::string text = option.alias.empty()       ? ""
                     : option.alias.size() == 1 ? "-" + option.alias + ", "
                                                : "--" + option.alias + ", ";
  text += "--" + option.name;
  return option.isFlag() ? text : text + " " + option.value;
}

/// The options that every program has.
static const std::vector<std::pair<std::string, std::string>> kOwn = {
    {"-h, --help", "print this text"},
    {"--version", "print the versions of this program, of the explainers' ABI and of LLVM"},
    {"--help-markdown", "print these options as a document"}};

/// `text` behind `head`, which has a column of its own; lines end at spaces.
static void printEntry(const std::string &head, const std::string &text) {
  std::string line = "  " + head;
  if (line.size() + 2 > kColumn) {
    std::cout << line << '\n';
    line.clear();
  }
  line.resize(kColumn, ' ');
  bool empty = true;
  for (std::string_view word : splitText(text, ' ')) {
    if (!empty && line.size() + 1 + word.size() > kWidth) {
      std::cout << line << '\n';
      line.assign(kColumn, ' ');
      empty = true;
    }
    line += (empty ? "" : " ") + std::string(word);
    empty = false;
  }
  std::cout << line << '\n';
}

std::string CommandLine::usage() const {
  std::string text = program + " [options]";
  for (const Place &place : places)
    text += place.required ? " " + place.name + (place.all ? "..." : "") : " [" + place.name + "]";
  return text;
}

void CommandLine::printHelp() const {
  std::cout << description << "\n\nUsage: " << usage() << "\n\n";
  for (const Place &place : places)
    printEntry(place.name, place.help);
  for (size_t group = 0; group != size_t(Group::Count); ++group) {
    bool first = true;
    for (const Bound &option : options) {
      if (option.info.group != Group(group))
        continue;
      if (first)
        std::cout << '\n' << titleOf(Group(group)) << ":\n";
      first = false;
      printEntry(signature(option.info), option.info.help);
    }
  }
  std::cout << "\nThis program:\n";
  for (const auto &[head, text] : kOwn)
    printEntry(head, text);
  if (footer)
    std::cout << '\n' << footer();
  std::cout << std::flush;
}

/// `text` with what would end a table's cell or read as HTML escaped.
static std::string cell(const std::string &text) {
  std::string escaped;
  for (char c : text)
    escaped += c == '|' ? "\\|" : c == '<' ? "&lt;" : c == '*' ? "\\*" : std::string(1, c);
  return escaped;
}

static const char *belongsText(BelongsTo belongsTo) {
  return belongsTo == BelongsTo::Model ? "model" : belongsTo == BelongsTo::Call ? "call" : "both";
}

/// One table for each group; the methods' own flags are in the list of methods.
void CommandLine::printMarkdown() const {
  std::cout << "`" << usage() << "`\n";
  for (size_t group = 0; group != size_t(Group::Methods); ++group) {
    bool first = true;
    for (const Bound &option : options) {
      if (option.info.group != Group(group))
        continue;
      if (first)
        std::cout << "\n### " << titleOf(Group(group)) << "\n\n| option | | of |\n|---|---|---|\n";
      first = false;
      std::string head = signature(option.info);
      std::string shown;
      for (char c : head)
        shown += c == '|' ? "\\|" : std::string(1, c);
      std::cout << "| `" << shown << "` | " << cell(option.info.help) << " | "
                << belongsText(option.info.belongsTo) << " |\n";
    }
  }
  std::cout << std::flush;
}

} // namespace saliency

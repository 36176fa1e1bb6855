// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/request/CommandLine.h"

#include "passes/request/Version.h"

#include <algorithm>
#include <iostream>

namespace saliency {

void CommandLine::takePlace(std::string name, std::string help, std::string &to, bool required) {
  places.push_back({std::move(name), std::move(help), &to, nullptr, required});
}

void CommandLine::takePlaces(std::string name, std::string help, std::vector<std::string> &to) {
  places.push_back({std::move(name), std::move(help), nullptr, &to, true});
}

int CommandLine::fail(const std::string &mistake) const {
  std::cout.flush();
  std::cerr << program << ": error: " << mistake << std::endl;
  return 1;
}

/// "batch" of --batch, --batch=3; "o" of -o; empty: no option.
static std::string_view nameIn(std::string_view argument) {
  size_t dashes = argument.starts_with("--") ? 2 : argument.starts_with("-") ? 1 : 0;
  if (dashes == 0 || argument.size() == dashes)
    return "";
  return argument.substr(dashes, argument.find('=') - dashes);
}

const CommandLine::Bound *CommandLine::find(std::string_view name) const {
  auto found = std::find_if(options.begin(), options.end(), [&](const Bound &option) {
    return name == option.info.name || (!option.info.alias.empty() && name == option.info.alias);
  });
  return found == options.end() ? nullptr : &*found;
}

bool CommandLine::isOption(std::string_view argument) const {
  return argument.starts_with("--") && find(nameIn(argument));
}

bool CommandLine::isGiven(std::string_view name) const {
  return std::any_of(given.begin(), given.end(),
                     [&](const OptionInfo *option) { return option->name == name; });
}

std::string CommandLine::store(const Bound &option, std::string_view text) {
  const OptionInfo &info = option.info;
  if (!info.isFlag() && !info.repeats && isGiven(info.name))
    return info.message({"is given once", "a second one, '" + std::string(text) + "'"}, text);
  given.push_back(&info);
  std::optional<Mistake> mistake = option.set(text);
  return mistake ? info.message(*mistake, text) : "";
}

/// `--name`, `--name=VALUE`, `--name VALUE`; with one letter `-n VALUE`, `-nVALUE`.
std::string CommandLine::readOption(const std::vector<std::string> &arguments, size_t &at) {
  const std::string &argument = arguments[at++];
  bool isShort = !argument.starts_with("--");
  std::string_view name = isShort ? std::string_view(argument).substr(1, 1) : nameIn(argument);
  const Bound *option = find(name);
  if (!option || isShort != (name.size() == 1)) {
    std::vector<std::string> names;
    for (const Bound &known : options)
      for (const std::string &known : {known.info.name, known.info.alias})
        if (known.size() > 1)
          names.push_back(known);
    std::string_view whole = nameIn(argument);
    return "an option is one that " + program + " --help lists; found '" + argument + "'" +
           didYouMean(whole, names, "--");
  }
  size_t behind = isShort ? 2 : 2 + name.size();
  bool attached = argument.size() > behind;
  std::string_view text = std::string_view(argument).substr(
      std::min(argument.size(), behind + (attached && argument[behind] == '=' ? 1 : 0)));
  if (option->info.isFlag())
    return attached ? option->info.message({"takes no value"}, text) : store(*option, "");
  if (attached)
    return store(*option, text);
  if (at == arguments.size() || isOption(arguments[at]))
    return option->info.message(
        {"takes " + option->info.value,
         at == arguments.size() ? "nothing" : "the option '" + arguments[at] + "'"},
        "");
  return store(*option, arguments[at++]);
}

std::string CommandLine::readPlace(const std::string &argument) {
  if (placesTaken == places.size())
    return program + " takes one " + places.back().name + "; found another, '" + argument + "'";
  Place &place = places[placesTaken];
  if (place.all) {
    place.all->push_back(argument);
    return "";
  }
  *place.one = argument;
  ++placesTaken;
  return "";
}

std::string CommandLine::findMissing() const {
  for (size_t i = placesTaken; i != places.size(); ++i)
    if (places[i].required && !(places[i].all && !places[i].all->empty()))
      return places[i].name + " is needed: " + usage() + " (--help shows more)";
  return "";
}

std::string CommandLine::read(const std::vector<std::string> &arguments) {
  bool onlyPlaces = false; // behind --
  for (size_t at = 0; at != arguments.size();) {
    const std::string &argument = arguments[at];
    std::string mistake;
    if (!onlyPlaces && argument == "--") {
      onlyPlaces = true;
      ++at;
    } else if (onlyPlaces || argument.size() < 2 || argument[0] != '-') {
      mistake = readPlace(argument);
      ++at;
    } else if (size_t count = foreign && !find(nameIn(argument)) ? foreign(arguments, at) : 0) {
      foreignArguments.insert(foreignArguments.end(), arguments.begin() + long(at),
                              arguments.begin() + long(at + count));
      at += count;
    } else {
      mistake = readOption(arguments, at);
    }
    if (!mistake.empty())
      return mistake;
  }
  return findMissing();
}

std::optional<int> CommandLine::parse(int argc, const char *const *argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  for (const std::string &argument : arguments) {
    if (argument == "--")
      break;
    if (argument == "--help" || argument == "-h")
      return printHelp(), 0;
    if (argument == "--help-markdown")
      return printMarkdown(), 0;
    if (argument == "--version")
      return (std::cout << versionText(program) << std::endl), 0;
  }
  std::string mistake = read(arguments);
  return mistake.empty() ? std::nullopt : std::optional(fail(mistake));
}

} // namespace saliency

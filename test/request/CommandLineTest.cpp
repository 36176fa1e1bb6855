// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How arguments are read, whatever the tables.
#include "passes/request/CommandLine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace saliency;
using testing::ElementsAre, testing::HasSubstr;

namespace {

struct Values {
  bool loud = false;
  int count = 0;
  std::string name, out, model, word;
  std::vector<std::string> inputs, list;
};

const OptionTable<Values> &table() {
  using enum Group;
  static const OptionTable<Values> table = {
      {{"loud", "", Output, BelongsTo::Call, kRun, "say more"}, setFlag(&Values::loud)},
      {{"count", "N", Machine, BelongsTo::Model, kRun, "how many"},
       setNumber(&Values::count, -5, 5)},
      {{"name", "NAME", Method, BelongsTo::Both, kRun, "its name | a <name>"},
       setText(&Values::name)},
      {{"list", "ITEM", Method, BelongsTo::Call, kRun, "one more", true},
       [](Values &values, std::string_view text) {
         values.list.emplace_back(text);
         return std::optional<Mistake>();
       }},
      {{"output", "FILE", Output, BelongsTo::Call, kRun, "where to", false, "o"},
       setText(&Values::out)},
      {{"word", "WORD", Method, BelongsTo::Call, kRun, "one of two"},
       setWord(&Values::word, {"left", "right"})},
      {{"elsewhere", "", Output, BelongsTo::Call, kOpt, "of another program"},
       setFlag(&Values::loud)}};
  return table;
}

struct Parsed {
  Values values;
  std::optional<int> exitCode;
  std::string output, error;
  std::vector<std::string> given, foreign;
};

Parsed parse(std::vector<std::string> arguments) {
  Parsed parsed;
  CommandLine line("tool", kRun, "Does things.");
  line.offer(table(), parsed.values);
  line.takePlace("MODEL", "a model", parsed.values.model);
  line.takePlaces("INPUT", "inputs", parsed.values.inputs);
  line.setFooter([] { return std::string("The end.\n"); });
  line.setForeign([](const std::vector<std::string> &arguments, size_t at) -> size_t {
    return arguments[at] == "-foreign" ? 2 : 0;
  });
  std::vector<const char *> pointers = {"tool"};
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  parsed.exitCode = line.parse(int(pointers.size()), pointers.data());
  parsed.output = testing::internal::GetCapturedStdout();
  parsed.error = testing::internal::GetCapturedStderr();
  for (const OptionInfo *option : line.getGiven())
    parsed.given.push_back(option->name);
  parsed.foreign = line.getForeign();
  return parsed;
}

TEST(CommandLine, ValuesStandBehindAnEqualsSignOrInTheNextArgument) {
  Parsed parsed = parse({"m", "--count=-3", "a", "--name", "x=y", "--loud", "--list=1", "b",
                         "--list", "-2", "-o", "out", "--word=", "--", "--loud"});
  EXPECT_EQ(parsed.exitCode, 1) << "an empty word is none of the two";
  parsed = parse({"m", "--count=-3", "a", "--name", "x=y", "--loud", "--list=1", "b", "--list",
                  "-2", "-o", "out", "--word=left", "--", "--loud"});
  ASSERT_FALSE(parsed.exitCode) << parsed.error;
  EXPECT_EQ(parsed.values.model, "m");
  EXPECT_THAT(parsed.values.inputs, ElementsAre("a", "b", "--loud"));
  EXPECT_EQ(parsed.values.count, -3);
  EXPECT_EQ(parsed.values.name, "x=y");
  EXPECT_TRUE(parsed.values.loud);
  EXPECT_THAT(parsed.values.list, ElementsAre("1", "-2"));
  EXPECT_EQ(parsed.values.out, "out");
  EXPECT_THAT(parsed.given, ElementsAre("count", "name", "loud", "list", "list", "output", "word"));
  for (const char *spelling : {"-oout", "-o=out", "--output=out"})
    EXPECT_EQ(parse({"m", "a", spelling}).values.out, "out") << spelling;
  EXPECT_THAT(parse({"-foreign", "3", "m", "a"}).foreign, ElementsAre("-foreign", "3"));
}

TEST(CommandLine, MistakesAreOneLineWithTheRuleFirst) {
  auto error = [](std::vector<std::string> arguments) {
    Parsed parsed = parse(std::move(arguments));
    EXPECT_EQ(parsed.exitCode, 1);
    EXPECT_EQ(parsed.output, "");
    return parsed.error;
  };
  EXPECT_EQ(error({}), "tool: error: MODEL is needed: tool [options] MODEL INPUT... (--help shows "
                       "more)\n");
  EXPECT_THAT(error({"m"}), HasSubstr("INPUT is needed"));
  EXPECT_EQ(error({"m", "a", "--cuont=3"}), "tool: error: an option is one that tool --help lists; "
                                            "found '--cuont=3' (did you mean '--count'?)\n");
  EXPECT_EQ(error({"m", "a", "--elsewhere"}),
            "tool: error: an option is one that tool --help lists; found '--elsewhere'\n");
  EXPECT_THAT(error({"m", "a", "-count=3"}),
              HasSubstr("found '-count=3' (did you mean '--count'?)"));
  EXPECT_THAT(error({"m", "a", "--o=3"}), HasSubstr("found '--o=3'"));
  EXPECT_EQ(error({"m", "a", "--count=6"}),
            "tool: error: --count takes a number from -5 to 5; found '6'\n");
  EXPECT_EQ(error({"m", "a", "--count"}), "tool: error: --count takes N; found nothing\n");
  EXPECT_EQ(error({"m", "a", "--name", "--loud"}),
            "tool: error: --name takes NAME; found the option '--loud'\n");
  EXPECT_EQ(error({"m", "a", "--loud=1"}), "tool: error: --loud takes no value; found '1'\n");
  EXPECT_EQ(error({"m", "a", "--name=1", "--name=2"}),
            "tool: error: --name is given once; found a second one, '2'\n");
  EXPECT_EQ(error({"m", "a", "--word=lefd"}),
            "tool: error: --word is left or right; found 'lefd' (did you mean 'left'?)\n");
}

TEST(CommandLine, HelpIsGroupedAndFitsATerminal) {
  Parsed parsed = parse({"--name", "--help"});
  EXPECT_EQ(parsed.exitCode, 0);
  EXPECT_THAT(parsed.output, HasSubstr("Does things.\n\nUsage: tool [options] MODEL INPUT...\n"));
  EXPECT_THAT(parsed.output, HasSubstr("\nMethod:\n  --name NAME "));
  EXPECT_THAT(parsed.output, HasSubstr("\nOutput:\n  --loud "));
  EXPECT_THAT(parsed.output, HasSubstr("  -o, --output FILE "));
  EXPECT_THAT(parsed.output, testing::EndsWith("The end.\n"));
  EXPECT_EQ(parsed.output.find("elsewhere"), std::string::npos);
  for (std::string_view line : splitText(parsed.output, '\n'))
    EXPECT_LE(line.size(), 100u) << line;
}

TEST(CommandLine, MarkdownHasOneTableForEachGroup) {
  Parsed parsed = parse({"--help-markdown"});
  EXPECT_EQ(parsed.exitCode, 0);
  EXPECT_THAT(parsed.output, HasSubstr("### Method\n\n| option | | of |\n|---|---|---|\n| `--name "
                                       "NAME` | its name \\| a &lt;name> | both |\n"));
  EXPECT_THAT(parsed.output, HasSubstr("| `-o, --output FILE` | where to | call |\n"));
  EXPECT_THAT(parsed.output, HasSubstr("| `--count N` | how many | model |\n"));
}

TEST(CommandLine, VersionNamesTheProgramTheAbiAndLlvm) {
  EXPECT_THAT(parse({"--version"}).output,
              testing::MatchesRegex("tool [0-9.]+ \\(explainers of ABI version [0-9]+; LLVM 22.*"));
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of compile options: what every row must have, and what each takes.
#include "passes/request/RequestOptions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

using namespace saliency;
using testing::ElementsAre, testing::Pair, testing::StartsWith;

namespace {

std::string set(CompileRequest &request, std::string_view name, std::string_view text) {
  return setOption(requestOptions(), request, name, text);
}

/// The message for a text that an option does not take.
std::string mistake(std::string_view name, std::string_view text) {
  CompileRequest request;
  return set(request, name, text);
}

TEST(RequestOptions, RowsAreCompleteAndNamedOnce) {
  std::set<std::string> names;
  for (const Option<CompileRequest> &option : requestOptions()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_TRUE(option.alias.empty() || names.insert(option.alias).second) << option.alias;
    EXPECT_FALSE(option.help.empty()) << option.name;
    EXPECT_NE(option.tools & kAllTools, 0u) << option.name;
    EXPECT_TRUE(option.set) << option.name;
    EXPECT_EQ(option.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz2-"), std::string::npos)
        << option.name;
    // Read in the middle of a sentence and in a table: no capital, no full stop at the end.
    EXPECT_FALSE(std::isupper(static_cast<unsigned char>(option.help.front()))) << option.help;
    EXPECT_NE(option.help.back(), '.') << option.help;
  }
}

TEST(RequestOptions, EveryOptionChangesARequest) {
  CompileRequest request;
  for (auto [name, text] : {std::pair("batch", "3"),
                            {"output", "scores"},
                            {"class-maps", "a,b"},
                            {"anchors", "2,1"},
                            {"method", "rsp"},
                            {"method", "lrp-epsilon,gradient"},
                            {"param", "epsilon=a=b"},
                            {"param", "rsp:seed=single"},
                            {"conventions", "zennit"},
                            {"composite", "epsilon-plus"},
                            {"then", "gradual-extrapolation:a=1,b=2"},
                            {"then", "plain"},
                            {"condition", "a:b:3,4"},
                            {"fold-batch-norm", "off"},
                            {"threshold-units", "on"},
                            {"require-conservation", ""},
                            {"target", "7"},
                            {"estimator", "linear"},
                            {"dump-relevance", ""},
                            {"report", ""},
                            {"prefix", "net_2"},
                            {"schedule", "plain"},
                            {"triple", "aarch64-linux-gnu"},
                            {"cpu", "neoverse-n1"},
                            {"no-specialise", ""},
                            {"report-canonizers", ""},
                            {"statistics", ""},
                            {"timing", ""},
                            {"debug-only", "saliency-compiler,saliency-attribute"}})
    EXPECT_EQ(set(request, name, text), "") << name;
  EXPECT_EQ(request.batch, 3);
  EXPECT_EQ(request.output, "scores");
  EXPECT_THAT(request.classMaps, ElementsAre("a", "b"));
  EXPECT_THAT(request.anchors, ElementsAre(2, 1));
  EXPECT_EQ(request.methods, "rsp,lrp-epsilon,gradient");
  EXPECT_THAT(request.parameters, ElementsAre(Pair("epsilon", "a=b"), Pair("rsp:seed", "single")));
  EXPECT_EQ(request.conventions, "zennit");
  EXPECT_EQ(request.composite, "epsilon-plus");
  ASSERT_EQ(request.steps.size(), 2u);
  EXPECT_EQ(request.steps[0].text(), "gradual-extrapolation:a=1,b=2");
  EXPECT_EQ(request.steps[1].text(), "plain");
  ASSERT_EQ(request.conditions.size(), 1u);
  EXPECT_EQ(request.conditions[0].value, "a:b");
  EXPECT_THAT(request.conditions[0].channels, ElementsAre(3, 4));
  EXPECT_THAT(request.canonizers,
              ElementsAre(Pair("fold-batch-norm", false), Pair("threshold-units", true)));
  EXPECT_TRUE(request.requireConservation && request.dumpRelevance && request.report);
  EXPECT_EQ(request.target, 7);
  EXPECT_EQ(request.estimator, SignalEstimator::Linear);
  EXPECT_EQ(request.prefix, "net_2");
  EXPECT_EQ(request.schedule, Schedule::Plain);
  EXPECT_EQ(request.triple, "aarch64-linux-gnu");
  EXPECT_EQ(request.cpu, "neoverse-n1");
  EXPECT_TRUE(!request.specialise && request.reportCanonizers && request.statistics &&
              request.timing);
  EXPECT_THAT(request.debug, ElementsAre("saliency-compiler", "saliency-attribute"));
}

TEST(RequestOptions, MistakesSayTheRuleAndWhatWasFound) {
  EXPECT_EQ(mistake("param", "epsilon"), "--param takes KEY=VALUE; found 'epsilon'");
  EXPECT_EQ(mistake("param", "=3"), "--param takes KEY=VALUE; found '=3'");
  EXPECT_EQ(mistake("batch", "0"), "--batch takes a number from 1 to 65536; found '0'");
  EXPECT_EQ(mistake("batch", "3x"), "--batch takes a number from 1 to 65536; found '3x'");
  EXPECT_EQ(mistake("target", "-1"), "--target takes a class number from 0; found '-1'");
  EXPECT_EQ(mistake("schedule", "vectr"),
            "--schedule is plain or vector; found 'vectr' (did you mean 'vector'?)");
  EXPECT_EQ(mistake("estimator", "best"),
            "--estimator is two-component, linear or relu.positive; found 'best'");
  EXPECT_EQ(mistake("fold-batch-norm", "yes"), "--fold-batch-norm is on or off; found 'yes'");
  EXPECT_EQ(mistake("class-maps", "a,,b"),
            "--class-maps takes names of values, separated by commas; found 'a,,b'");
  EXPECT_EQ(mistake("anchors", "2,0"),
            "--anchors takes numbers above 0, separated by commas; found '2,0'");
  EXPECT_EQ(mistake("prefix", "2nd"), "--prefix takes a C identifier; found '2nd'");
  for (const char *text : {"", ":1", "a", "a:", "a:1,", "a:x"})
    EXPECT_THAT(mistake("condition", text),
                StartsWith("--condition takes VALUE:CHANNEL,CHANNEL,... with the name of a value "
                           "and numbers; found '"))
        << text;
  for (const char *text : {"", ":a=1", "a:b", "a:b=1,b=2"})
    EXPECT_THAT(mistake("then", text),
                StartsWith("--then takes NAME or NAME:KEY=VALUE,... with each key once; found '"))
        << text;
  EXPECT_THAT(mistake("nonsense", ""), testing::EndsWith("; found 'nonsense'"));
  EXPECT_THAT(mistake("shedule", ""),
              testing::EndsWith("; found 'shedule' (did you mean 'schedule'?)"));

  CompileRequest request;
  EXPECT_EQ(set(request, "param", "a=1"), "");
  EXPECT_EQ(set(request, "param", "a=2"), "--param takes each key once; found 'a' twice");
}

TEST(RequestOptions, FieldsThatContradictEachOther) {
  CompileRequest request;
  EXPECT_EQ(findContradiction(request), "");
  request.anchors = {2};
  EXPECT_THAT(findContradiction(request), StartsWith("--anchors are of maps of class scores"));
  request.classMaps = {"a"};
  EXPECT_EQ(findContradiction(request), "");
  request.output = "scores";
  EXPECT_THAT(findContradiction(request), StartsWith("class scores are of one output"));
  request.output.clear();
  request.prefix = "a-b";
  EXPECT_EQ(findContradiction(request), "a prefix is a C identifier; found 'a-b'");
}

} // namespace

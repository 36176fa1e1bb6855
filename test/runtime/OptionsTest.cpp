// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/RunOptions.h"

#include <gtest/gtest.h>

using namespace saliency;

namespace {

struct Parsed {
  std::optional<RunOptions> options;
  int exitCode = -1;
  std::string error, output;
};

Parsed parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "saliency-run");
  std::vector<char *> pointers;
  for (std::string &argument : arguments)
    pointers.push_back(argument.data());
  Parsed parsed;
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  parsed.options =
      parseRunOptions(static_cast<int>(pointers.size()), pointers.data(), parsed.exitCode);
  parsed.output = testing::internal::GetCapturedStdout();
  parsed.error = testing::internal::GetCapturedStderr();
  return parsed;
}

TEST(Options, ParamsInBothSpellingsDoNotEatInputs) {
  Parsed parsed = parse({"net.onnx", "--method=rsp", "--param", "seed=hostile",
                         "--param=classes=3,4,0", "a.npy", "--param", "k=a=b", "b.npy"});
  ASSERT_TRUE(parsed.options) << parsed.error;
  EXPECT_EQ(parsed.options->compile.model, "net.onnx");
  EXPECT_EQ(parsed.options->compile.methods, "rsp");
  EXPECT_EQ(parsed.options->inputs, (std::vector<std::string>{"a.npy", "b.npy"}));
  EXPECT_EQ(parsed.options->compile.parameters,
            (std::vector<std::pair<std::string, std::string>>{
                {"seed", "hostile"}, {"classes", "3,4,0"}, {"k", "a=b"}}));
}

TEST(Options, Targets) {
  TargetChoice choice;
  EXPECT_FALSE(parseTarget("", choice));
  EXPECT_EQ(choice.top, 1);
  EXPECT_FALSE(parseTarget("top3", choice));
  EXPECT_EQ(choice.top, 3);
  EXPECT_FALSE(parseTarget("3,5", choice));
  EXPECT_EQ(choice.classes, (std::vector<int64_t>{3, 5}));
  for (const char *text :
       {"top", "top0", "top-1", "top1,2", "-1", "3,", ",3", "3 5", "x", "3,99999999999"}) {
    std::optional<Mistake> mistake = parseTarget(text, choice);
    ASSERT_TRUE(mistake) << text;
    EXPECT_EQ(mistake->rule, "takes class numbers such as 3,5 or topK such as top3");
  }
  std::optional<Mistake> mistake = parseTarget("5,3,5", choice);
  ASSERT_TRUE(mistake);
  EXPECT_EQ(mistake->found, "5 twice");
}

TEST(Options, Colours) {
  Parsed parsed = parse({"a.so", "--mean=0.5,0.4,0.3", "--std", "0.2", "--range=255", "x.png"});
  EXPECT_FALSE(parsed.options);
  parsed = parse({"a.so", "--mean", "0.5,0.4,0.3", "--std=1,2,3", "x.png", "--layout=bgr",
                  "--size=256", "--crop=none"});
  ASSERT_TRUE(parsed.options) << parsed.error;
  EXPECT_EQ(parsed.options->pictures.mean, (std::vector<double>{0.5, 0.4, 0.3}));
  EXPECT_EQ(parsed.options->inputs, (std::vector<std::string>{"x.png"}));
}

TEST(Options, ErrorsEndWithOneLine) {
  for (const std::vector<std::string> &arguments :
       {std::vector<std::string>{},
        {"a.onnx"},
        {"a.onnx", "x.png", "--target=q"},
        {"a.onnx", "x.png", "--param=x"},
        {"a.onnx", "x.png", "--param=x=1", "--param=x=2"},
        {"a.onnx", "x.png", "--mean=1"},
        {"a.onnx", "x.png", "--mean=1", "--std=0"},
        {"a.onnx", "x.png", "--nonsense"},
        {"a.onnx", "x.png", "--layout=hsv"},
        {"a.onnx", "x.png", "--preset=torch"},
        {"a.onnx", "x.png", "--json=yes"},
        {"a.onnx", "x.png", "--out-dir"},
        {"a.onnx", "x.png", "--out-dir", "--json"},
        {"a.onnx", "x.png", "--size=1", "--size=2"},
        {"a.onnx", "x.png", "--threads=0"}}) {
    Parsed parsed = parse(arguments);
    EXPECT_FALSE(parsed.options);
    EXPECT_EQ(parsed.exitCode, 1);
    EXPECT_TRUE(parsed.error.starts_with("saliency-run: error: ")) << parsed.error;
    EXPECT_EQ(parsed.error.find('\n'), parsed.error.size() - 1) << parsed.error;
  }
}

TEST(Options, HelpHasExamplesAndPresets) {
  Parsed parsed = parse({"--help"});
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.exitCode, 0);
  for (const char *text :
       {"Examples:", "torch-imagenet", "--dump-relevance", "Exit codes", "\nInput:\n",
        "\nMethod:\n", "\nOutput:\n", "\nMachine:\n", "\nDebugging:\n", "\nMethods:\n  "})
    EXPECT_NE(parsed.output.find(text), std::string::npos) << text;
}

} // namespace

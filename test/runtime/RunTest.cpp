// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tool from its command line to its files, over the fake explainers.

#include "tools/saliency-run/Run.h"
#include "passes/request/CompileModel.h"
#include "passes/request/RequestOptions.h"
#include "runtime/image/Npy.h"
#include "test/runtime/FakeModel.h"
#include "test/runtime/TestFiles.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace saliency;
using namespace saliency::test;

namespace {

/// What the tool asked the compiler for.
CompileRequest lastRequest;
const Explainer *compiledModel = nullptr;

class FakeCompiled : public LoadedExplainer {
public:
  explicit FakeCompiled(const Explainer &model) : weights(192) {
    fillWeights(weights.data());
    explainer = model;
    explainer.weights = weights.data();
    explainer.weightsSize = weights.size;
  }
  AlignedBytes weights;
};

const Explainer singleModel = FAKE_EXPLAINER(single), pairModel = FAKE_EXPLAINER(pair),
                fixedModel = FAKE_EXPLAINER(fixed);

} // namespace

namespace saliency {

std::unique_ptr<LoadedExplainer> compileModel(const CompileRequest &request, std::string &error,
                                              int &exitCode) {
  lastRequest = request;
  if (compiledModel)
    return std::make_unique<FakeCompiled>(*compiledModel);
  error = "node 'x': operator Foo (opset 13) is not supported";
  exitCode = 2;
  return nullptr;
}

} // namespace saliency

namespace {

class RunTest : public testing::Test {
protected:
  RunTest() {
    compiledModel = &singleModel;
    std::filesystem::create_directory(folder / "in");
    std::filesystem::create_directory(folder / "out");
  }

  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "saliency-run");
    arguments.push_back("--out-dir=" + folder / "out");
    std::vector<char *> pointers;
    for (std::string &argument : arguments)
      pointers.push_back(argument.data());
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    int code = runTool(static_cast<int>(pointers.size()), pointers.data());
    output = testing::internal::GetCapturedStdout();
    error = testing::internal::GetCapturedStderr();
    return code;
  }

  /// The last line of the errors must hold `text`.
  void expectError(std::vector<std::string> arguments, const std::string &text, int code = 1) {
    EXPECT_EQ(run(std::move(arguments)), code) << output;
    EXPECT_NE(error.find(text), std::string::npos) << error;
    EXPECT_TRUE(error.starts_with("saliency-run: error: ")) << error;
    EXPECT_TRUE(outputs().empty());
  }

  std::string array(const std::string &name, std::vector<int64_t> shape, float first = 1) {
    size_t count = 1;
    for (int64_t dim : shape)
      count *= static_cast<size_t>(dim);
    std::vector<float> values(count);
    for (size_t i = 0; i < count; ++i)
      values[i] = i ? float(int(i * 29 % 64) - 20) / 8 : first;
    writeFile(folder / ("in/" + name), npyBytes(shape, values));
    return folder / ("in/" + name);
  }

  std::string picture(const std::string &name, int width, int height) {
    std::string problem;
    writeFile(folder / ("in/" + name), *encodePng(testPicture(width, height), problem));
    return folder / ("in/" + name);
  }

  NpyArray result(const std::string &name) {
    std::string problem;
    std::optional<NpyArray> read = readNpy(folder / ("out/" + name), problem);
    EXPECT_TRUE(read) << problem;
    return read.value_or(NpyArray());
  }

  std::vector<std::string> outputs() const {
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(folder.path / "out"))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryFolder folder;
  std::string output, error;
};

TEST_F(RunTest, WritesMapsOfAnArray) {
  std::string x = array("x.npy", {1, 3, 4, 5});
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--target=3,5", "--map2d", "--logits", x}), 0)
      << error;
  EXPECT_EQ(outputs(), (std::vector<std::string>{"x.logits.npy", "x_t3.map2d.npy", "x_t3.npy",
                                                 "x_t5.map2d.npy", "x_t5.npy"}));
  NpyArray map = result("x_t3.npy");
  EXPECT_EQ(map.shape, (std::vector<int64_t>{1, 3, 4, 5}));
  EXPECT_EQ(map.values[0], fakeWeight(3, 0));
  EXPECT_EQ(result("x_t3.map2d.npy").shape, (std::vector<int64_t>{1, 1, 4, 5}));
  EXPECT_EQ(result("x.logits.npy").shape, (std::vector<int64_t>{1, 6}));
  EXPECT_TRUE(error.empty()) << "no progress in a pipe";
  EXPECT_NE(output.find("x_t3.npy"), std::string::npos);
}

TEST_F(RunTest, PassesTheRequestToTheCompiler) {
  std::string x = array("x.npy", {1, 3, 4, 5});
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--param", "variant=paper", "--param=classes=3,4",
                 "--conventions=zennit", "--schedule=plain", "--target=3", x}),
            0)
      << error;
  EXPECT_EQ(lastRequest.model, "net.onnx");
  EXPECT_EQ(lastRequest.methods, "fake");
  EXPECT_EQ(lastRequest.conventions, "zennit");
  EXPECT_EQ(lastRequest.schedule, Schedule::Plain);
  EXPECT_EQ(lastRequest.parameters.size(), 2u);
  EXPECT_FALSE(lastRequest.dumpRelevance);
  EXPECT_FALSE(lastRequest.report);
  EXPECT_TRUE(lastRequest.canonizers.empty());
  EXPECT_FALSE(lastRequest.reportCanonizers);
  EXPECT_EQ(result("x_t3.npy").values[0], fakeWeight(3, 0) * (1 + 3 + 4))
      << "classes reach the call";
}

TEST_F(RunTest, PassesCanonizersToTheCompiler) {
  std::string x = array("x.npy", {1, 3, 4, 5});
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--threshold-units=on", "--fold-batch-norm=off",
                 "--report-canonizers", x}),
            0)
      << error;
  EXPECT_EQ(lastRequest.canonizers,
            (std::map<std::string, bool>{{"threshold-units", true}, {"fold-batch-norm", false}}));
  EXPECT_TRUE(lastRequest.reportCanonizers);
}

TEST_F(RunTest, EveryOptionOfTheModelIsRefusedForACompiledOne) {
  std::string x = array("x.npy", {1, 3, 4, 5});
  int refused = 0;
  for (const Option<CompileRequest> &option : requestOptions()) {
    if (!(option.tools & kRun) || option.belongsTo != BelongsTo::Model)
      continue;
    ++refused;
    std::vector<std::string> arguments = {"net.so", x};
    for (const char *value : {"", "on", "plain", "1", "a:1"}) {
      CompileRequest request;
      if (option.set(request, value))
        continue;
      arguments.push_back(option.isFlag() ? option.flag() : option.flag() + "=" + value);
      break;
    }
    ASSERT_EQ(arguments.size(), 3u) << option.name << " takes one of the values above";
    expectError(arguments, "belongs to the network and the method; found " + option.flag() + "\n");
  }
  EXPECT_GT(refused, 15);
  expectError({"net.so", "--method=fake", "--quiet", "--batch=2", x},
              "belongs to the network and the method; found --method, --batch\n");
}

TEST_F(RunTest, TopTargetsAreTheBestOfTheLogits) {
  std::string x = array("x.npy", {1, 3, 4, 5});
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--target=top2", "--logits", x}), 0) << error;
  std::vector<float> logits = result("x.logits.npy").values;
  auto best = std::max_element(logits.begin(), logits.end());
  EXPECT_EQ(result("x_t" + std::to_string(best - logits.begin()) + ".npy").values[0],
            fakeWeight(best - logits.begin(), 0));
  *best = -INFINITY;
  best = std::max_element(logits.begin(), logits.end());
  EXPECT_EQ(result("x_t" + std::to_string(best - logits.begin()) + ".npy").values[0],
            fakeWeight(best - logits.begin(), 0));
  EXPECT_EQ(outputs().size(), 3u);
}

TEST_F(RunTest, StacksTheImagesOfAnArray) {
  compiledModel = &pairModel;
  std::string x = array("x.npy", {6, 3, 4, 5});
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--target=4,1", "--dump-relevance", x}), 0) << error;
  EXPECT_TRUE(lastRequest.dumpRelevance);
  EXPECT_EQ(outputs(), (std::vector<std::string>{"x_t1.layers.npz", "x_t1.npy", "x_t4.layers.npz",
                                                 "x_t4.npy"}));
  NpyArray map = result("x_t1.npy");
  EXPECT_EQ(map.shape, (std::vector<int64_t>{6, 3, 4, 5}));
  std::string error;
  std::vector<float> input = readNpy(x, error)->values;
  for (size_t i = 0; i < input.size(); ++i)
    ASSERT_EQ(map.values[i], input[i] * fakeWeight(1, int64_t(i) / 20 % 3));
}

TEST_F(RunTest, ImagesThatChooseForThemselvesAreNamedByRank) {
  std::string x = array("x.npy", {2, 3, 4, 5});
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--target=top2", x}), 0) << error;
  EXPECT_EQ(outputs(), (std::vector<std::string>{"x_ttop1.npy", "x_ttop2.npy"}));
}

TEST_F(RunTest, RendersPictures) {
  std::string x = picture("x.png", 40, 30);
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--target=0", x}), 0) << error;
  EXPECT_EQ(outputs(), (std::vector<std::string>{"x_t0.npy", "x_t0.overlay.png", "x_t0.png"}));
  std::string problem;
  std::optional<Picture> shown = readPicture(folder / "out/x_t0.png", problem);
  ASSERT_TRUE(shown) << problem;
  EXPECT_EQ(shown->height, 4 * 56);
  EXPECT_EQ(shown->width, 5 * 56);
}

TEST_F(RunTest, APreparedPictureGivesTheSameMap) {
  std::string x = picture("x.png", 40, 30);
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--target=0", "--prepared", x}), 0) << error;
  NpyArray prepared = result("x.input.npy"), map = result("x_t0.npy");
  EXPECT_EQ(prepared.shape, (std::vector<int64_t>{1, 3, 4, 5}));
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--target=0", folder / "out/x.input.npy"}), 0)
      << error;
  EXPECT_EQ(result("x.input_t0.npy").values, map.values);
}

TEST_F(RunTest, LabelsAndJson) {
  std::string x = array("x.npy", {1, 3, 4, 5}), labels = folder / "labels.txt";
  writeFile(labels, "n01440764\ttench, fish\nb\nc\nd\ne \"q\"\nf\n");
  ASSERT_EQ(run({"net.onnx", "--method=fake", "--target=4,0", "--labels=" + labels, "--json", x}),
            0)
      << error;
  EXPECT_TRUE(output.starts_with("{") && output.ends_with("}\n"));
  for (const char *text : {"\"label\": \"tench, fish\"", "\"label\": \"e \\\"q\\\"\"",
                           "\"method\": \"fake\"", "\"kind\": \"map\"", "\"class\": 4"})
    EXPECT_NE(output.find(text), std::string::npos) << text << output;
  writeFile(labels, "a\nb\n");
  std::filesystem::remove_all(folder.path / "out");
  std::filesystem::create_directory(folder.path / "out");
  expectError({"net.onnx", "--method=fake", "--labels=" + labels, x},
              "one line for each of the network's 6 classes; found 2");
}

TEST_F(RunTest, CompilerErrorsKeepTheirExitCode) {
  compiledModel = nullptr;
  expectError({"net.onnx", "--method=fake", array("x.npy", {1, 3, 4, 5})},
              "operator Foo (opset 13)", 2);
}

TEST_F(RunTest, CommandLineErrors) {
  std::string x = array("x.npy", {1, 3, 4, 5});
  std::filesystem::create_directory(folder / "in/more");
  std::string twin = array("more/x.npy", {1, 3, 4, 5});
  expectError({"net.onnx", x}, "needs --method");
  expectError({"net.onnx", "--method=fake", x, twin}, "inputs differ in their file names");
  expectError({"net.onnx", "--method=fake", folder / "in/absent.npy"},
              "a file that exists; found none");
  expectError({"net.onnx", "--method=fake", "--target=6", x},
              "below the network's 6 classes; found 6");
  expectError({"net.onnx", "--method=fake", "--target=top7", x},
              "at most the network's 6 classes; found top7");
  expectError({"net.onnx", "--method=fake", "--dump-relevance", x},
              "--dump-relevance needs an explainer");
  expectError({"net.onnx", "--method=fake", "--report", x},
              "--report needs an explainer compiled to say where relevance goes");
  EXPECT_TRUE(lastRequest.report);
  expectError({"net.onnx", "--method=fake", "--param=classes=3,x", x}, "different classes below 6");
  expectError({"net.onnx", "--method=fake", "--param=classes=3,3", x}, "different classes below 6");
  expectError({"net.onnx", "--method=fake", "--param=classes=3,4", "--target=5", x},
              "its target among them");
  expectError({"net.so", "--method=fake", x}, "a compiled explainer has everything fixed");
  compiledModel = &fixedModel;
  expectError({"net.onnx", "--method=fake", "--target=3", x},
              "--target is 4, the class this explainer was compiled for; found 3");
  expectError({"net.onnx", "--method=fake", "--target=top2", x}, "compiled for 4; found top2");
}

TEST_F(RunTest, InputErrors) {
  expectError({"net.onnx", "--method=fake", array("a.npy", {1, 3, 4, 4})},
              "shape Bx3x4x5 of the network's input; found 1x3x4x4");
  expectError({"net.onnx", "--method=fake", array("b.npy", {3, 4, 5})}, "found 3x4x5");
  expectError({"net.onnx", "--method=fake", array("c.npy", {0, 3, 4, 5})}, "found 0x3x4x5");
  expectError({"net.onnx", "--method=fake", array("d.npy", {1, 3, 4, 5}, NAN)},
              "is finite; found NaN at flat index 0");
  expectError({"net.onnx", "--method=fake", array("e.npy", {1, 3, 4, 5}, INFINITY)},
              "found infinity at flat index 0");
  expectError({"net.onnx", "--method=fake", "--preset=absent", picture("f.png", 9, 9)},
              "--preset is ");
  expectError({"net.onnx", "--method=fake", "--layout=gray", picture("f.png", 9, 9)},
              "--layout suits the network's channels");
  compiledModel = &pairModel;
  expectError({"net.onnx", "--method=fake", array("g.npy", {3, 3, 4, 5})}, "shape (B*2)x3x4x5");
  expectError({"net.onnx", "--method=fake", picture("h.png", 9, 9)},
              "compiled for batch 1; found batch 2");
}

TEST_F(RunTest, InfiniteResultsAreNotWritten) {
  expectError({"net.onnx", "--method=fake", "--target=5", array("x.npy", {1, 3, 4, 5}, 3e38f)},
              "every computed value is finite");
}

TEST_F(RunTest, OutputsNeverReplaceInputs) {
  std::string x = array("x.npy", {1, 3, 4, 5}), clash = array("x_t3.npy", {1, 3, 4, 5});
  std::string before = readBytes(clash);
  std::vector<std::string> arguments = {"net.onnx", "--method=fake", "--target=3", x, clash};
  std::filesystem::remove(folder.path / "out");
  std::filesystem::create_directory_symlink(folder.path / "in", folder.path / "out");
  EXPECT_EQ(run(arguments), 1);
  EXPECT_NE(error.find("an output replaces no input"), std::string::npos) << error;
  EXPECT_EQ(readBytes(clash), before);
}

class LibraryTest : public RunTest {
protected:
  LibraryTest() : library(folder / "in/fake.so"), weights(192) {
    std::filesystem::copy_file(FAKE_LIBRARY, library);
    fillWeights(weights.data());
    writeWeights();
  }
  void writeWeights(size_t size = 192) {
    writeFile(folder / "in/fake.weights", {static_cast<const char *>(weights.data()), size});
  }
  std::string library;
  AlignedBytes weights;
};

TEST_F(LibraryTest, LoadsAnExplainerWithItsWeights) {
  std::string x = array("x.npy", {3, 3, 4, 5});
  ASSERT_EQ(
      run({library, "--target=2", "--param=classes=2,1", "--threads=3", "--dump-relevance", x}), 0)
      << error;
  EXPECT_EQ(result("x_t2.npy").values[0], fakeWeight(2, 0) * 4);
}

TEST_F(LibraryTest, SharedFloatsComeFromAFile) {
  std::string x = array("x.npy", {1, 3, 4, 5}), noise = array("noise.npy", {4, 2}, 2);
  ASSERT_EQ(run({library, "--target=3", "--param=noise=" + noise, x}), 0) << error;
  EXPECT_EQ(result("x_t3.npy").values[0], fakeWeight(3, 0) * 3);
}

TEST_F(LibraryTest, Errors) {
  std::string x = array("x.npy", {1, 3, 4, 5});
  expectError({library, "--param=variant=paper", x},
              "--param of a compiled explainer is one of its per-call tensors (classes or noise)");
  expectError({library, "--param=noise=" + array("noise.npy", {3}), x}, "a multiple of 2; found 3");
  static_cast<char *>(weights.data())[70] ^= 1;
  writeWeights();
  expectError({library, x}, "fake.weights: the weights are those");
  writeWeights(191);
  expectError({library, x}, "the weights have 192 bytes; found 191");
  writeWeights(0);
  expectError({library, x}, "found 0");
  std::filesystem::remove(folder / "in/fake.weights");
  expectError({library, x}, "cannot read the weights");
  writeFile(folder / "in/other.so", "not a library");
  expectError({folder / "in/other.so", x}, "other.so: cannot load");
}

} // namespace

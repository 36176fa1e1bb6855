// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The examples in the C headers are C99: they are taken out of the comments, compiled, linked with
// an explainer and run.
#include "passes/codegen/emit/Files.h"
#include "test/codegen/BuildModel.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <gtest/gtest.h>

namespace saliency::test {
namespace {

std::string readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

/// The lines of a file's first comment that are indented as code is, but for includes.
std::string exampleIn(llvm::StringRef text) {
  std::string example;
  text = text.substr(text.find("/*"));
  text = text.substr(0, text.find("*/"));
  llvm::SmallVector<llvm::StringRef> lines;
  text.split(lines, '\n');
  for (llvm::StringRef line : lines)
    if (line.consume_front(" *     ") && !line.starts_with("#include"))
      example += "  " + line.str() + "\n";
  return example;
}

/// The variables that the examples take for granted, and the map as hexadecimal floats.
std::string programAround(const std::string &example) {
  return R"(#include "rsp.h"
#include <stdio.h>
#include <stdlib.h>

static void *readAligned(const char *path, size_t size) {
  char *memory = malloc(size + SALIENCY_ALIGNMENT);
  void *start = memory + SALIENCY_ALIGNMENT - (uintptr_t)memory % SALIENCY_ALIGNMENT;
  FILE *file = fopen(path, "rb");
  if (!file || fread(start, 1, size, file) != size)
    exit(2);
  fclose(file);
  return start;
}

int main(int argc, char **argv) {
  static float map[RSP_MAP_ELEMENTS];
  const void *weights = readAligned(argv[1], RSP_WEIGHTS_SIZE);
  const float *image = readAligned(argv[2], RSP_INPUT_ELEMENTS * sizeof(float));
  const float *input = image;
  int i;
  (void)argc;
  (void)input;
)" + example +
         R"(  for (i = 0; i < RSP_MAP_ELEMENTS; ++i)
    printf("%a\n", (double)map[i]);
  return status;
}
)";
}

class Example : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    compiler = GetParam();
    if (!llvm::sys::fs::can_execute(compiler))
      GTEST_SKIP() << "no compiler " << compiler << " on this machine";
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("saliency-example", folder));
    EmitOptions emit;
    emit.prefix = "rsp";
    OutputSet outputs;
    ASSERT_FALSE(emitObject(build("small.mlir", {}, emit), path("rsp.o"), outputs));
    ASSERT_FALSE(outputs.commit());
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result(folder);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

  void write(llvm::StringRef name, llvm::StringRef bytes) const {
    std::error_code code;
    llvm::raw_fd_ostream(path(name), code) << bytes;
    ASSERT_FALSE(code) << code.message();
  }

  int run(std::vector<std::string> command) const {
    std::string output = path("output");
    llvm::SmallVector<llvm::StringRef> arguments(command.begin(), command.end());
    std::optional<llvm::StringRef> redirects[] = {std::nullopt, output, output};
    return llvm::sys::ExecuteAndWait(command.front(), arguments, std::nullopt, redirects);
  }

  /// Compiles and runs the example; the map must be that of the same explainer in this process.
  void check(const std::string &example) {
    ASSERT_NE(example.find("rsp_explain(&args)"), std::string::npos) << example;
    write("main.c", programAround(example));
    ASSERT_EQ(run({compiler, "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", path("main.c"),
                   path("rsp.o"), "-o", path("main")}),
              0)
        << readFile(path("output"));
    JitModel model = load(build("small.mlir"));
    Call call(model, noise(72), {-1, -1});
    ASSERT_EQ(call.run(model.explain), SALIENCY_OK);
    write("image",
          {reinterpret_cast<const char *>(call.input.data()), call.input.size() * sizeof(float)});
    ASSERT_EQ(run({path("main"), path("rsp.weights"), path("image")}), 0)
        << readFile(path("output"));
    llvm::SmallVector<llvm::StringRef> lines;
    std::string output = readFile(path("output"));
    llvm::StringRef(output).split(lines, '\n', -1, /*KeepEmpty=*/false);
    ASSERT_EQ(lines.size(), call.maps.size());
    for (auto [line, value] : llvm::zip(lines, call.maps))
      EXPECT_EQ(std::strtof(line.str().c_str(), nullptr), value);
  }

  std::string compiler;
  llvm::SmallString<128> folder;
};

TEST_P(Example, OfExplainerHeaderIsC99) { check(exampleIn(readFile(SALIENCY_EXPLAINER_HEADER))); }

TEST_P(Example, OfGeneratedHeaderIsC99) { check(exampleIn(readFile(path("rsp.h")))); }

INSTANTIATE_TEST_SUITE_P(C, Example, testing::Values(SALIENCY_TEST_GCC, SALIENCY_TEST_CLANG),
                         [](const auto &info) { return info.index == 0 ? "gcc" : "clang"; });

} // namespace
} // namespace saliency::test

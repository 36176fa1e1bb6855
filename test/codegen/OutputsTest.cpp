// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Files.h"
#include "runtime/include/saliency/weights.h"
#include "test/codegen/BuildModel.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

#include <cstring>
#include <dlfcn.h>
#include <set>

namespace saliency::test {
namespace {

class Outputs : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("saliency-files", folder));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result(folder);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

  std::string read(llvm::StringRef name) const {
    return (*llvm::MemoryBuffer::getFile(path(name)))->getBuffer().str();
  }

  llvm::SmallString<128> folder;
};

std::set<std::string> symbols(llvm::StringRef object, bool undefined) {
  auto file = llvm::cantFail(
      llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(object, "object")));
  std::set<std::string> result;
  for (const llvm::object::SymbolRef &symbol : file->symbols()) {
    uint32_t flags = llvm::cantFail(symbol.getFlags());
    bool isUndefined = flags & llvm::object::SymbolRef::SF_Undefined;
    bool isGlobal = flags & llvm::object::SymbolRef::SF_Global;
    llvm::StringRef name = llvm::cantFail(symbol.getName());
    if (isGlobal && isUndefined == undefined && !name.empty())
      result.insert(name.str());
  }
  return result;
}

EmitOptions prefixed() {
  EmitOptions emit;
  emit.prefix = "tiny";
  return emit;
}

TEST_F(Outputs, ObjectHasFiveFunctionsAndNeedsNothing) {
  OutputSet outputs;
  ASSERT_FALSE(emitObject(build("small.mlir", {}, prefixed()), path("x.o"), outputs));
  ASSERT_FALSE(outputs.commit());
  std::string object = read("x.o");
  EXPECT_EQ(symbols(object, /*undefined=*/false),
            (std::set<std::string>{"tiny_abi_version", "tiny_error_string", "tiny_explain",
                                   "tiny_interface", "tiny_workspace_size"}));
  std::set<std::string> allowed = {"memcpy", "memset", "memmove"};
  for (const std::string &name : symbols(object, /*undefined=*/true))
    EXPECT_TRUE(allowed.count(name)) << name;
}

TEST_F(Outputs, HeaderIsSelfContainedC) {
  OutputSet outputs;
  ASSERT_FALSE(emitObject(build("small.mlir", {}, prefixed()), path("x.o"), outputs));
  ASSERT_FALSE(outputs.commit());
  EXPECT_NE(read("x.h").find("#define TINY_INPUT_ELEMENTS 72\n"), std::string::npos);
  std::string command =
      "cc -std=c99 -Wall -Wextra -pedantic -Werror -x c -c -o " + path("h.o") + " " + path("x.h");
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(Outputs, WeightsFileHasItsChecksum) {
  OutputSet outputs;
  CompiledModel model = build("small.mlir", {}, prefixed());
  ASSERT_FALSE(emitObject(model, path("x.o"), outputs));
  ASSERT_FALSE(outputs.commit());
  std::string file = read("x.weights");
  saliency_weights_header header;
  ASSERT_GE(file.size(), sizeof header);
  std::memcpy(&header, file.data(), sizeof header);
  EXPECT_EQ(header.magic, SALIENCY_WEIGHTS_MAGIC);
  EXPECT_EQ(header.file_size, file.size());
  EXPECT_EQ(header.id,
            saliency_weights_checksum(file.data() + sizeof header, file.size() - sizeof header));
  EXPECT_EQ(header.id, model.weights.id());
}

TEST_F(Outputs, SharedLibraryLoadsUnderBothNames) {
  EmitOptions emit = prefixed();
  emit.commonNames = true;
  OutputSet outputs;
  llvm::Error error = emitSharedLibrary(build("small.mlir", {}, emit), path("x.so"), outputs);
  ASSERT_FALSE(error) << llvm::toString(std::move(error));
  ASSERT_FALSE(outputs.commit());
  void *library = dlopen(path("x.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  auto common = reinterpret_cast<const saliency_interface *(*)()>(
      dlsym(library, "saliency_explainer_interface"));
  auto own = reinterpret_cast<const saliency_interface *(*)()>(dlsym(library, "tiny_interface"));
  ASSERT_TRUE(common && own);
  EXPECT_EQ(common(), own());
  EXPECT_EQ(own()->classes, 5);
  EXPECT_TRUE(dlsym(library, "saliency_explainer_explain"));
  EXPECT_FALSE(dlsym(library, "saliency_model_kernel"));
  dlclose(library);
}

TEST_F(Outputs, OtherMachinesGetObjectsToo) {
  EmitOptions emit = prefixed();
  emit.target = createCpuTarget({Target::of("aarch64-linux-gnu", ""), Schedule::Plain});
  auto objects = build("small.mlir", {}, emit).objects(CompiledModel::Files::One);
  ASSERT_TRUE(bool(objects));
  ASSERT_EQ(objects->size(), 1u);
  const ObjectCode &object = objects->front();
  EXPECT_TRUE(symbols(llvm::StringRef(object.data(), object.size()), false).count("tiny_explain"));
}

TEST_F(Outputs, TheSameInputGivesTheSameBytes) {
  std::vector<ObjectCode> made[2];
  for (auto &objects : made)
    objects =
        llvm::cantFail(build("small.mlir", {}, prefixed()).objects(CompiledModel::Files::Several));
  EXPECT_EQ(made[0], made[1]);
}

} // namespace
} // namespace saliency::test

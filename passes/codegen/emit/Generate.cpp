// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From LLVM IR to object code: functions do not look into each other, so the
// module is cut into parts that are optimised and generated side by side.
#include "passes/codegen/emit/CompiledModel.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/SplitModule.h"

using namespace llvm;

namespace saliency {
namespace {

/// However many threads there are, so that the same model always gives the same
/// bytes.
constexpr unsigned kParts = 4;
/// Cutting fewer functions than this costs more than it gains.
constexpr unsigned kWorthParts = 32;

/// Functions of one part are called from another: their names carry the prefix,
/// since a program may hold several explainers.
void nameApart(Module &module, StringRef prefix) {
  for (GlobalValue &value : module.global_values())
    if (value.hasLocalLinkage())
      value.setName(prefix + "_" + value.getName());
}

bool isWorthCutting(const Module &module) {
  unsigned functions = 0;
  for (const Function &function : module)
    functions += !function.isDeclaration();
  return functions >= kWorthParts && module.getTargetTriple().isOSBinFormatELF();
}

/// As bitcode: every part is compiled in a context of its own.
std::vector<SmallString<0>> cut(const Module &module, StringRef prefix, bool several) {
  std::vector<SmallString<0>> parts;
  std::unique_ptr<Module> copy = CloneModule(module);
  auto keep = [&](const Module &part) {
    raw_svector_ostream os(parts.emplace_back());
    WriteBitcodeToFile(part, os);
  };
  if (!several || !isWorthCutting(module)) {
    keep(*copy);
    return parts;
  }
  nameApart(*copy, prefix);
  SplitModule(*copy, kParts, [&](std::unique_ptr<Module> part) { keep(*part); });
  return parts;
}

} // namespace

Expected<std::vector<ObjectCode>> CompiledModel::objects(Files files) const {
  std::vector<SmallString<0>> parts = cut(*module, options.prefix, files == Files::Several);
  std::vector<ObjectCode> objects(parts.size());
  std::mutex mutex;
  Error error = Error::success();
  auto generatePart = [&](size_t i) -> Error {
    LLVMContext own;
    auto part = parseBitcodeFile(MemoryBufferRef(parts[i], "part"), own);
    if (!part)
      return part.takeError();
    auto object = makeObject(**part, options.target->getMachine(), options.optimisation);
    if (!object)
      return object.takeError();
    objects[i] = std::move(*object);
    return Error::success();
  };
  DefaultThreadPool pool(heavyweight_hardware_concurrency(kParts));
  for (size_t i = 0; i < parts.size(); ++i)
    pool.async([&, i] {
      Error problem = generatePart(i);
      std::lock_guard lock(mutex);
      error = joinErrors(std::move(error), std::move(problem));
    });
  pool.wait();
  if (error)
    return std::move(error);
  return objects;
}

void CompiledModel::printLLVM(raw_ostream &os) const {
  std::unique_ptr<Module> copy = CloneModule(*module);
  optimise(*copy, *machine, options.optimisation);
  copy->print(os, nullptr);
}

} // namespace saliency

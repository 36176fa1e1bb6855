// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From LLVM IR to object code: functions do not look into each other, so the
// module is cut into parts that are optimised and generated side by side.
#include "passes/codegen/emit/CompiledModel.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
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

OptimizationLevel level(unsigned optimisation) {
  switch (optimisation) {
  case 0:
    return OptimizationLevel::O0;
  case 1:
    return OptimizationLevel::O1;
  case 2:
    return OptimizationLevel::O2;
  default:
    return OptimizationLevel::O3;
  }
}

/// memcpy, memset and memmove exist everywhere; calls of anything else must not
/// be made out of loops.
TargetLibraryInfoImpl freestandingLibrary(const Triple &triple) {
  TargetLibraryInfoImpl library(triple);
  library.disableAllFunctions();
  for (LibFunc function : {LibFunc_memcpy, LibFunc_memset, LibFunc_memmove})
    library.setAvailable(function);
  return library;
}

void optimise(Module &module, TargetMachine &machine, unsigned optimisation) {
  PipelineTuningOptions tuning;
  // Loops arrive tiled, unrolled and vectorised; doing it again costs a third
  // of the compile time and only grows the code.
  tuning.LoopUnrolling = false;
  tuning.LoopVectorization = optimisation > 2;
  tuning.SLPVectorization = false;
  PassBuilder builder(&machine, tuning);
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  TargetLibraryInfoImpl library = freestandingLibrary(module.getTargetTriple());
  functions.registerPass([&] { return TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(level(optimisation)).run(module, modules);
}

Error generate(Module &module, const EmitOptions &options, raw_pwrite_stream &os) {
  auto machine = options.target->getMachine().createMachine();
  if (!machine)
    return machine.takeError();
  optimise(module, **machine, options.optimisation);
  legacy::PassManager passes;
  passes.add(new TargetLibraryInfoWrapperPass(freestandingLibrary(module.getTargetTriple())));
  if ((*machine)->addPassesToEmitFile(passes, os, nullptr, CodeGenFileType::ObjectFile))
    return createStringError("LLVM writes no object files for " +
                             options.target->getMachine().triple);
  passes.run(module);
  return Error::success();
}

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
    raw_svector_ostream os(objects[i]);
    return generate(**part, options, os);
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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/ObjectCode.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"

using namespace llvm;

namespace saliency {
namespace {

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

} // namespace

void setMachine(Module &module, const TargetMachine &machine) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
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

Expected<ObjectCode> makeObject(Module &module, const Target &target, unsigned optimisation) {
  auto machine = target.createMachine();
  if (!machine)
    return machine.takeError();
  optimise(module, **machine, optimisation);
  ObjectCode object;
  raw_svector_ostream os(object);
  legacy::PassManager passes;
  passes.add(new TargetLibraryInfoWrapperPass(freestandingLibrary(module.getTargetTriple())));
  if ((*machine)->addPassesToEmitFile(passes, os, nullptr, CodeGenFileType::ObjectFile))
    return createStringError("LLVM writes no object files for " + target.triple);
  passes.run(module);
  return object;
}

} // namespace saliency

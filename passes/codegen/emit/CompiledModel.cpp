// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/CompiledModel.h"

#include "passes/codegen/emit/Parts.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/Utils/Cloning.h"

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
  TargetLibraryInfoImpl library =
      freestandingLibrary(module.getTargetTriple());
  functions.registerPass([&] { return TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(level(optimisation))
      .run(module, modules);
}

} // namespace

mlir::FailureOr<CompiledModel>
CompiledModel::compile(mlir::ModuleOp from, const EmitOptions &options) {
  auto fail = [&](Error error) {
    return from.emitError("code generation: ") << toString(std::move(error));
  };
  auto interface = Interface::of(from);
  auto weights = WeightsFile::of(from);
  auto workspace =
      from->getAttrOfType<mlir::IntegerAttr>(kWorkspaceSizeAttr);
  if (failed(interface) || failed(weights))
    return mlir::failure();
  if (!workspace)
    return from.emitError("code generation needs the module attribute '")
           << kWorkspaceSizeAttr << "', which --saliency-plan-memory writes";
  auto machine = options.target.createMachine();
  if (!machine)
    return fail(machine.takeError());

  CompiledModel result{.options = options,
                       .interface = *interface,
                       .workspaceBytes = workspace.getInt(),
                       .weights = std::move(*weights),
                       .machine = std::move(*machine),
                       .context = std::make_unique<LLVMContext>(),
                       .module = nullptr};
  result.module =
      mlir::translateModuleToLLVMIR(from, *result.context, options.prefix);
  if (!result.module)
    return mlir::failure();
  Module &module = *result.module;
  module.setTargetTriple(result.machine->getTargetTriple());
  module.setDataLayout(result.machine->createDataLayout());
  addBridge(module, result.interface);
  addDescription(module, result);
  if (Error error = linkEntry(module, options))
    return fail(std::move(error));
  std::string problem;
  raw_string_ostream os(problem);
  if (verifyModule(module, &os))
    return fail(createStringError("invalid LLVM IR: " + problem));
  optimise(module, *result.machine, options.optimisation);
  return result;
}

Error CompiledModel::printObject(raw_pwrite_stream &os) const {
  // Code generation leaves its own lowering behind.
  std::unique_ptr<Module> copy = CloneModule(*module);
  legacy::PassManager passes;
  passes.add(new TargetLibraryInfoWrapperPass(
      freestandingLibrary(copy->getTargetTriple())));
  if (machine->addPassesToEmitFile(passes, os, nullptr,
                                   CodeGenFileType::ObjectFile))
    return createStringError("LLVM writes no object files for " +
                             options.target.triple);
  passes.run(*copy);
  return Error::success();
}

void CompiledModel::printLLVM(raw_ostream &os) const {
  module->print(os, nullptr);
}

} // namespace saliency

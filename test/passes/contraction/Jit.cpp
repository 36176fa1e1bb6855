// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/contraction/Jit.h"

#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/codegen/llvm/Pipeline.h"
#include "test/support/Processors.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/TargetSelect.h"

#include <cstdlib>
#include <mutex>

using namespace mlir;

namespace saliency::test {
namespace {

const DialectRegistry &registry() {
  static DialectRegistry registry;
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    registerAllPasses();
    registerSaliencyContractionPasses();
    registerSaliencyCpuPasses();
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registerAllToLLVMIRTranslations(registry);
  });
  return registry;
}

[[noreturn]] void fail(const std::string &what) {
  llvm::errs() << "contraction test: " << what << "\n";
  std::exit(1);
}

template <typename T> T orFail(llvm::Expected<T> value) {
  if (!value)
    fail(llvm::toString(value.takeError()));
  return std::move(*value);
}

void schedule(ModuleOp module, const std::string &pipeline) {
  PassManager manager(module.getContext());
  if (failed(parsePassPipeline(pipeline, manager, llvm::errs())) || failed(manager.run(module)))
    fail("pipeline failed: " + pipeline);
}

/// By the product's passes, but for the arguments: pointers to the first element.
void lower(ModuleOp module, const Machine &machine) {
  module.walk([](func::FuncOp function) {
    function->setAttr("llvm.bareptr", UnitAttr::get(function.getContext()));
  });
  TargetFacts facts;
  facts.fusedMultiplyAdd = machine.fma;
  PassManager manager(module.getContext());
  manager.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  addLLVMConversion(manager, facts);
  addMachineCodeCheck(manager, {});
  if (failed(manager.run(module)))
    fail("no code can be made of the schedule");
}

} // namespace

struct Jit::Impl {
  ObjectCode object;
  std::unique_ptr<llvm::orc::LLJIT> code;
};

Jit::Jit(const std::string &source, const std::string &pipeline, const Target &target)
    : impl(std::make_unique<Impl>()) {
  MLIRContext context(registry(), MLIRContext::Threading::DISABLED);
  auto module = parseSourceString<ModuleOp>(source, &context);
  if (!module)
    fail("module does not parse:\n" + source);
  schedule(*module, pipeline);
  llvm::raw_string_ostream(text) << *module;
  lower(*module, Machine::of(target.triple, target.cpu, target.features));

  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> translated = translateModuleToLLVMIR(*module, llvmContext);
  if (!translated)
    fail("no LLVM IR can be made of:\n" + source);
  setMachine(*translated, *orFail(target.createMachine()));
  impl->object = orFail(makeObject(*translated, target, kUsualOptimisation));

  impl->code = orFail(llvm::orc::LLJITBuilder().create());
  llvm::StringRef bytes(impl->object.data(), impl->object.size());
  if (auto error = impl->code->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(bytes)))
    fail(llvm::toString(std::move(error)));
  function = orFail(impl->code->lookup("kernel")).toPtr<Kernel>();
}

Jit::~Jit() = default;

void Jit::dump(const std::string &path) const {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error, llvm::sys::fs::OF_None);
  file << llvm::StringRef(impl->object.data(), impl->object.size());
  file.close();
  if (error || file.has_error())
    fail("cannot write " + path);
}

} // namespace saliency::test

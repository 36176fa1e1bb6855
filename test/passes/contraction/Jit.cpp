// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/contraction/Jit.h"

#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/codegen/target/Target.h"

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

#include <cstdlib>
#include <mutex>

using namespace mlir;

namespace saliency::test {
namespace {

constexpr const char *lowering =
    "func.func(convert-linalg-to-loops,lower-affine,canonicalize,cse),"
    "convert-scf-to-cf,expand-strided-metadata,lower-affine,"
    "convert-vector-to-llvm,finalize-memref-to-llvm,convert-arith-to-llvm,"
    "convert-func-to-llvm{use-bare-ptr-memref-call-conv=1},convert-cf-to-llvm,"
    "convert-index-to-llvm,reconcile-unrealized-casts,canonicalize,cse";

const DialectRegistry &registry() {
  static DialectRegistry registry;
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    registerAllPasses();
    registerSaliencyContractionPasses();
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

void run(ModuleOp module, const std::string &pipeline) {
  PassManager manager(module.getContext());
  manager.enableVerifier();
  if (failed(parsePassPipeline(pipeline, manager, llvm::errs())) || failed(manager.run(module)))
    fail("pipeline failed: " + pipeline);
}

} // namespace

struct Jit::Impl {
  MLIRContext context{registry(), MLIRContext::Threading::DISABLED};
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<ExecutionEngine> engine;
};

Jit::Jit(const std::string &source, const std::string &schedule, const std::string &cpu)
    : impl(std::make_unique<Impl>()) {
  auto module = parseSourceString<ModuleOp>(source, &impl->context);
  if (!module)
    fail("module does not parse:\n" + source);
  run(*module, schedule);
  llvm::raw_string_ostream(text) << *module;
  run(*module, lowering);

  // Of two machines alike the engine takes one for itself.
  Target target = Target::of("", cpu);
  impl->machine = llvm::cantFail(target.createMachine());
  ExecutionEngineOptions options;
  auto optimize = makeOptimizingTransformer(3, 0, impl->machine.get());
  options.transformer = optimize;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Aggressive;
  options.enableObjectDump = true;
  auto engine = ExecutionEngine::create(*module, options, llvm::cantFail(target.createMachine()));
  if (!engine)
    fail(llvm::toString(engine.takeError()) + "\n" + source);
  impl->engine = std::move(*engine);
  auto symbol = impl->engine->lookup("kernel");
  if (!symbol)
    fail(llvm::toString(symbol.takeError()));
  function = reinterpret_cast<Kernel>(*symbol);
}

Jit::~Jit() = default;

void Jit::dump(const std::string &path) const { impl->engine->dumpToObjectFile(path); }

} // namespace saliency::test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowered.h"

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Transforms/Passes.h"
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/codegen/emit/ObjectCode.h"
#include "passes/codegen/llvm/Pipeline.h"
#include "passes/to_linalg/Passes.h"
#include "test/support/Processors.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;

namespace saliency::test {

static constexpr llvm::StringLiteral kBuffers =
    "func.func(linalg-generalize-named-ops),"
    "one-shot-bufferize{allow-return-allocs-from-loops=1 bufferize-function-boundaries=1 "
    "function-boundary-type-conversion=identity-layout-map},"
    "buffer-results-to-out-params{hoist-static-allocs=1 modify-public-functions=1}";

/// Upstream's passes: nothing of the compiler's code generation is in them.
static constexpr llvm::StringLiteral kLoops =
    "func.func(convert-linalg-to-loops),"
    "expand-strided-metadata,lower-affine,convert-scf-to-cf,convert-math-to-llvm,convert-math-to-"
    "libm,"
    "convert-to-llvm,reconcile-unrealized-casts";

/// What is called of the engine's code: it wraps each function that others can see in one that
/// takes an array of pointers to the arguments.
static constexpr llvm::StringLiteral kWrapped = "_mlir_f";

static MLIRContext &sharedContext() {
  static MLIRContext *context = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    registerAllPasses();
    registerSaliencyContractionPasses();
    registerSaliencyCpuPasses();
    DialectRegistry registry;
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registerAllToLLVMIRTranslations(registry);
    registry.insert<SaliencyDialect>();
    return new MLIRContext(registry, MLIRContext::Threading::DISABLED);
  }();
  return *context;
}

/// A buffer with its memref descriptor, converted from and to doubles.
class Buffer {
public:
  Buffer(RankedTensorType type, const Array *source) : type(type) {
    data.resize(type.getNumElements() * 8);
    if (source)
      for (int64_t i = 0; i != type.getNumElements(); ++i)
        visit([&](auto *entries) {
          entries[i] = static_cast<std::decay_t<decltype(*entries)>>(source->values[i]);
        });
    auto address = reinterpret_cast<int64_t>(data.data());
    descriptor = {address, address, 0};
    ArrayRef<int64_t> shape = type.getShape();
    descriptor.insert(descriptor.end(), shape.begin(), shape.end());
    for (size_t axis = 0; axis != shape.size(); ++axis)
      descriptor.push_back(ShapedType::getNumElements(shape.drop_front(axis + 1)));
  }
  /// A memref is as many arguments as its descriptor has entries.
  void appendTo(SmallVectorImpl<void *> &arguments) {
    for (int64_t &entry : descriptor)
      arguments.push_back(&entry);
  }

  Array read() {
    Array array(Shape(type.getShape().begin(), type.getShape().end()));
    for (int64_t i = 0; i != type.getNumElements(); ++i)
      visit([&](auto *entries) { array.values[i] = static_cast<double>(entries[i]); });
    return array;
  }

private:
  template <typename Visitor> void visit(Visitor visitor) {
    if (type.getElementType().isF32())
      visitor(reinterpret_cast<float *>(data.data()));
    else if (type.getElementType().isInteger(64))
      visitor(reinterpret_cast<int64_t *>(data.data()));
    else
      visitor(reinterpret_cast<int8_t *>(data.data()));
  }
  RankedTensorType type;
  std::vector<char> data;
  std::vector<int64_t> descriptor;
};

/// Replaces arguments by constants.
static void compileIn(func::FuncOp function, const Program &program) {
  OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
  llvm::BitVector erased(function.getNumArguments());
  for (unsigned number : program.constants) {
    BlockArgument argument = function.getArgument(number);
    std::vector<float> values(program.arguments[number].values.begin(),
                              program.arguments[number].values.end());
    auto attribute =
        DenseElementsAttr::get(cast<RankedTensorType>(argument.getType()), ArrayRef(values));
    argument.replaceAllUsesWith(ConstantOp::create(builder, function.getLoc(), attribute));
    erased.set(number);
  }
  (void)function.eraseArguments(erased);
}

/// A machine like this one, whose code is made soon rather than fast.
static llvm::Expected<std::unique_ptr<llvm::TargetMachine>> quickMachine() {
  static llvm::orc::JITTargetMachineBuilder host =
      cantFail(llvm::orc::JITTargetMachineBuilder::detectHost());
  host.setCodeGenOptLevel(llvm::CodeGenOptLevel::None);
  return host.createTargetMachine();
}

/// Leaves nothing visible but the wrapper of @f, so that only what is called is compiled, and that
/// once: inlined into the wrapper, it would be optimised again.
static void hideAllButWrapper(llvm::Module &code) {
  for (llvm::Function &function : llvm::make_early_inc_range(code)) {
    if (function.isDeclaration() || function.getName() == kWrapped)
      continue;
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    function.addFnAttr(llvm::Attribute::NoInline);
    if (function.use_empty())
      function.eraseFromParent();
  }
}

/// Code for this machine, or for `processor` as the compiler makes it.
static llvm::Expected<std::unique_ptr<ExecutionEngine>>
compile(ModuleOp module, const std::optional<Processor> &processor) {
  ExecutionEngineOptions options;
  StringRef libraries[] = {SALIENCY_MLIR_RUNNER_UTILS}; // memrefCopy
  options.sharedLibPaths = libraries;
  options.enableGDBNotificationListener = options.enablePerfNotificationListener = false;
  // The machine carries the level: the engine applies its option jitCodeGenOptLevel to none.
  auto machine = processor ? processor->target.createMachine() : quickMachine();
  if (!machine)
    return machine.takeError();
  llvm::TargetMachine &shared = **machine; // lives as long as the engine
  auto prepare = [&](llvm::Module *code) {
    hideAllButWrapper(*code);
    if (processor)
      optimise(*code, shared, kUsualOptimisation);
    return llvm::Error::success();
  };
  options.transformer = prepare;
  return ExecutionEngine::create(module, options, std::move(*machine));
}

/// Collects what the compiler says while it lives.
class Said {
public:
  explicit Said(std::string &error)
      : error(error), handler(&sharedContext(), [this](Diagnostic &diagnostic) {
          this->error += diagnostic.str() + "\n";
        }) {}
  /// Puts the stage in front of it; there are no results.
  std::vector<Array> failed(const llvm::Twine &stage) {
    error = (stage + " failed: " + error).str();
    return {};
  }

private:
  std::string &error;
  ScopedDiagnosticHandler handler;
};

Lowered::Lowered(const Program &program, LayoutKind layout, Contractions contractions,
                 std::string &error)
    : program(program) {
  Said said(error);
  module = parseSourceString<ModuleOp>(program.text, &sharedContext());
  if (!module) {
    said.failed("parsing");
    return;
  }
  auto function = module->lookupSymbol<func::FuncOp>("f");
  compileIn(function, program);
  type = function.getFunctionType();
  PassManager manager(&sharedContext());
  if (contractions == Contractions::Tuned)
    manager.addPass(createFoldWeights());
  LowerToLinalgOptions options;
  options.layout = layout;
  options.contractions = contractions;
  manager.addPass(createLowerToLinalg(options));
  if (contractions == Contractions::Tuned) {
    manager.addPass(createCSEPass());
    manager.addPass(createUnshareFills());
  }
  if (mlir::failed(parsePassPipeline(kBuffers, manager)) || mlir::failed(manager.run(*module)))
    said.failed("lowering");
}

bool Lowered::operator==(const Lowered &other) const {
  return OperationEquivalence::isEquivalentTo(module.get(), other.module.get(),
                                              OperationEquivalence::IgnoreLocations);
}

/// From linalg on buffers to the LLVM dialect.
static LogicalResult makeLoops(ModuleOp module, const std::optional<Processor> &processor) {
  PassManager manager(module.getContext());
  if (!processor)
    return success(succeeded(parsePassPipeline(kLoops, manager)) && succeeded(manager.run(module)));
  if (failed(parsePassPipeline(scheduleFor(processor->machine), manager)))
    return failure();
  TargetFacts facts;
  facts.fusedMultiplyAdd = processor->fuses();
  addLLVMConversion(manager, facts);
  return manager.run(module);
}

std::vector<Array> Lowered::run(const std::string &name, std::string &error) const {
  Said said(error);
  std::optional<Processor> processor;
  if (!name.empty())
    processor.emplace(name);
  OwningOpRef<ModuleOp> code = module.get().clone();
  if (failed(makeLoops(*code, processor)))
    return said.failed("compiling");
  auto engine = compile(*code, processor);
  if (!engine)
    return said.failed(llvm::toString(engine.takeError()));

  std::vector<Buffer> buffers;
  buffers.reserve(type.getNumInputs() + type.getNumResults());
  for (unsigned number = 0, next = 0; number != program.arguments.size(); ++number)
    if (!program.constants.count(number))
      buffers.emplace_back(cast<RankedTensorType>(type.getInput(next++)),
                           &program.arguments[number]);
  for (Type result : type.getResults())
    buffers.emplace_back(cast<RankedTensorType>(result), nullptr);
  SmallVector<void *> arguments;
  for (Buffer &buffer : buffers)
    buffer.appendTo(arguments);
  if (llvm::Error failure = (*engine)->invokePacked("f", arguments))
    return said.failed(llvm::toString(std::move(failure)));
  std::vector<Array> results;
  for (Buffer &buffer : llvm::drop_begin(buffers, type.getNumInputs()))
    results.push_back(buffer.read());
  return results;
}

} // namespace saliency::test

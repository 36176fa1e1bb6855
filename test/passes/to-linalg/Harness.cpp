// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Harness.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/BuiltinOps.h"
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
#include "llvm/Support/TargetSelect.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;

namespace saliency::test {

static constexpr llvm::StringLiteral kBuffers =
    "func.func(linalg-generalize-named-ops),"
    "one-shot-bufferize{allow-return-allocs-from-loops=1 bufferize-function-boundaries=1 "
    "function-boundary-type-conversion=identity-layout-map},"
    "buffer-results-to-out-params{hoist-static-allocs=1 modify-public-functions=1},"
    "func.func(llvm-request-c-wrappers)";

/// Upstream's passes: nothing of the compiler's code generation is in them.
static constexpr llvm::StringLiteral kLoops =
    "func.func(convert-linalg-to-loops),"
    "expand-strided-metadata,lower-affine,convert-scf-to-cf,convert-math-to-llvm,convert-math-to-"
    "libm,"
    "convert-to-llvm,reconcile-unrealized-casts";

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

Array randomArray(Shape shape, unsigned seed) {
  Array array(std::move(shape));
  std::mt19937 generator(seed);
  for (double &value : array.values)
    value = static_cast<double>(generator() >> 16) / 32768.0 - 1.0;
  return array;
}

std::string tensorType(const Shape &shape, const std::string &element) {
  std::string text = "tensor<";
  for (int64_t extent : shape)
    text += std::to_string(extent) + "x";
  return text + element + ">";
}

std::string joined(const Shape &numbers) {
  std::string text;
  for (int64_t number : numbers)
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

Program oneOp(const std::string &line, std::vector<Array> arguments,
              const std::string &resultType) {
  std::string parameters, types, op;
  for (size_t i = 0; i != arguments.size(); ++i) {
    std::string type = tensorType(arguments[i].shape);
    parameters += (i ? ", %a" : "%a") + std::to_string(i) + ": " + type;
    types += (i ? ", " : "") + type;
  }
  for (char c : line)
    op += c == '$' ? "%a" : std::string(1, c);
  return {"func.func @f(" + parameters + ") -> " + resultType + " {\n  %y = " + op + " : (" +
              types + ") -> " + resultType + "\n  return %y : " + resultType + "\n}",
          std::move(arguments)};
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
    pointer = descriptor.data();
  }
  void *argument() { return &pointer; }

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
  void *pointer;
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

/// From linalg on tensors to the LLVM dialect.
static LogicalResult addLoops(PassManager &manager, const std::optional<Processor> &processor) {
  if (failed(parsePassPipeline(kBuffers, manager)))
    return failure();
  if (!processor)
    return parsePassPipeline(kLoops, manager);
  if (failed(parsePassPipeline(scheduleFor(processor->machine), manager)))
    return failure();
  TargetFacts facts;
  facts.fusedMultiplyAdd = processor->fuses();
  addLLVMConversion(manager, facts);
  return success();
}

/// Code for this machine, or for `processor` as the compiler makes it.
static llvm::Expected<std::unique_ptr<ExecutionEngine>>
compile(ModuleOp module, const std::optional<Processor> &processor) {
  ExecutionEngineOptions options;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::None;
  StringRef libraries[] = {SALIENCY_MLIR_RUNNER_UTILS}; // memrefCopy
  options.sharedLibPaths = libraries;
  if (!processor)
    return ExecutionEngine::create(module, options);
  auto machine = processor->target.createMachine();
  if (!machine)
    return machine.takeError();
  llvm::TargetMachine &shared = **machine; // lives as long as the engine
  auto optimiseAll = [&](llvm::Module *code) {
    optimise(*code, shared, kUsualOptimisation);
    return llvm::Error::success();
  };
  options.transformer = optimiseAll;
  return ExecutionEngine::create(module, options, std::move(*machine));
}

std::string LoweredForm::describe() const {
  std::string text = layout == LayoutKind::ChannelsFirst ? "channels-first" : "channels-last";
  text += contractions == Contractions::Plain ? ", plain" : ", tuned";
  return processor.empty() ? text : text + ", for " + processor;
}

std::vector<LoweredForm> allForms() {
  std::vector<LoweredForm> forms;
  for (LayoutKind layout : {LayoutKind::ChannelsFirst, LayoutKind::ChannelsLast})
    for (Contractions contractions : {Contractions::Plain, Contractions::Tuned})
      forms.push_back({layout, contractions});
  for (const std::string &processor : processors)
    // On an x86-64 machine its own vectors are among the widths already.
    if (processor != "native" || !runsHere("x86-64-v2"))
      forms.push_back({LayoutKind::ChannelsLast, Contractions::Tuned, processor});
  return forms;
}

std::vector<Array> run(const Program &program, const LoweredForm &form, std::string &error) {
  MLIRContext &context = sharedContext();
  ScopedDiagnosticHandler handler(
      &context, [&](Diagnostic &diagnostic) { error += diagnostic.str() + "\n"; });
  auto fail = [&](const char *stage) {
    error = std::string(stage) + " failed: " + error;
    return std::vector<Array>();
  };
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(program.text, &context);
  if (!module)
    return fail("parsing");
  auto function = module->lookupSymbol<func::FuncOp>("f");
  compileIn(function, program);
  FunctionType type = function.getFunctionType();

  std::optional<Processor> processor;
  if (!form.processor.empty())
    processor.emplace(form.processor);
  PassManager manager(&context);
  if (form.contractions == Contractions::Tuned)
    manager.addPass(createFoldWeights());
  LowerToLinalgOptions options;
  options.layout = form.layout;
  options.contractions = form.contractions;
  manager.addPass(createLowerToLinalg(options));
  if (form.contractions == Contractions::Tuned) {
    manager.addPass(createCSEPass());
    manager.addPass(createUnshareFills());
  }
  if (failed(addLoops(manager, processor)) || failed(manager.run(*module)))
    return fail("compiling");
  auto engine = compile(*module, processor);
  if (!engine)
    return fail(llvm::toString(engine.takeError()).c_str());

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
    arguments.push_back(buffer.argument());
  if (llvm::Error failure = (*engine)->invokePacked("_mlir_ciface_f", arguments))
    return fail(llvm::toString(std::move(failure)).c_str());
  std::vector<Array> results;
  for (Buffer &buffer : llvm::drop_begin(buffers, type.getNumInputs()))
    results.push_back(buffer.read());
  return results;
}

static void expectClose(const Array &expected, const Array &found, double tolerance) {
  ASSERT_EQ(expected.shape, found.shape);
  double scale = 0;
  for (double value : expected.values)
    if (std::isfinite(value))
      scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i != expected.values.size(); ++i) {
    double want = expected.values[i], have = found.values[i];
    bool close = std::isfinite(want) ? std::abs(want - have) <= tolerance * scale
                 : std::isnan(want)  ? std::isnan(have)
                                     : want == have;
    ASSERT_TRUE(close) << "entry " << i << ": expected " << want << ", found " << have;
  }
}

void expectResults(const Program &program, const std::vector<Array> &results, double tolerance) {
  for (const LoweredForm &form : allForms()) {
    SCOPED_TRACE(form.describe() + "\n" + program.text);
    std::string error;
    std::vector<Array> found = run(program, form, error);
    ASSERT_EQ(error, "");
    ASSERT_EQ(found.size(), results.size());
    for (size_t i = 0; i != found.size(); ++i)
      expectClose(results[i], found[i], tolerance);
  }
}

} // namespace saliency::test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Compiler.h"

#include "dialect/import/Import.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "passes/DebugOutput.h"
#include "passes/IrFiles.h"
#include "passes/attribution/MergeExplainers.h"
#include "passes/attribution/network/ClassMaps.h"
#include "passes/attribution/reports/Conservation.h"
#include "passes/attribution/reports/ExplainComposite.h"
#include "passes/request/OptionGrammar.h"
#include "passes/rules/Registry.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/DebugLog.h"
#include "llvm/Support/Path.h"

#define DEBUG_TYPE "saliency-compiler"

using namespace mlir;
using namespace saliency;

DialectRegistry saliency::compilerDialects() {
  DialectRegistry registry;
  registerAllSaliencyDialects(registry);
  return registry;
}

/// Names of several outputs, which maps of class scores are, are joined.
static std::string nameOfOutput(ModuleOp module) {
  auto forward = module.lookupSymbol<func::FuncOp>(kForwardName);
  std::string names;
  for (unsigned i = 0; forward && i != forward.getNumResults(); ++i)
    if (auto name = forward.getResultAttrOfType<StringAttr>(i, kInputNameAttr))
      names += (names.empty() ? "" : ",") + name.str();
  return names;
}

Outcome Compiler::load() {
  context.loadAllAvailableDialects();
  enableDebugOutput(request.debug);
  if (std::string mistake = findContradiction(request); !mistake.empty()) {
    emitError(UnknownLoc::get(&context), mistake);
    return Outcome::BadInput;
  }
  if (Outcome outcome = readModel(); outcome != Outcome::Ok)
    return outcome;
  if (Outcome outcome = checkBatch(); outcome != Outcome::Ok)
    return outcome;
  output = nameOfOutput(*module);
  if (auto forward = module->lookupSymbol<func::FuncOp>(kForwardName);
      forward && failed(scoreClassMaps(forward, {request.classMaps, request.anchors})))
    return Outcome::BadInput;
  return bindMethods();
}

Outcome Compiler::readModel() {
  if (llvm::sys::path::extension(request.model).starts_with(".mlir")) {
    if (!request.output.empty()) {
      emitError(UnknownLoc::get(&context), "--output chooses among the outputs of an ONNX file; "
                                           "found a program of one output, '")
          << request.model << "'";
      return Outcome::BadInput;
    }
    module = readIr(request.model, context);
    return module && succeeded(checkNetwork(*module)) ? Outcome::Ok : Outcome::BadInput;
  }
  ImportOptions importing;
  importing.batch = request.batch.value_or(1);
  importing.output = request.output;
  importing.outputs = request.classMaps;
  ImportResult imported = importOnnx(request.model, context, importing);
  if (imported.status != ImportStatus::Ok)
    return imported.status == ImportStatus::BadInput ? Outcome::BadInput : Outcome::Unsupported;
  module = std::move(imported.module);
  return Outcome::Ok;
}

/// A batch that is asked for is the one that is compiled; only a symbolic axis takes it.
Outcome Compiler::checkBatch() {
  auto forward = module->lookupSymbol<func::FuncOp>(kForwardName);
  if (!request.batch || !forward || forward.getNumArguments() == 0)
    return Outcome::Ok;
  int64_t own = cast<ShapedType>(forward.getArgument(0).getType()).getDimSize(0);
  if (own == *request.batch)
    return Outcome::Ok;
  emitError(UnknownLoc::get(&context), "--batch is the model's own batch, ")
      << own << ", where that is not symbolic; found " << *request.batch;
  return Outcome::BadInput;
}

Outcome Compiler::bindMethods() {
  llvm::Expected<std::vector<MethodChoice>> chosen = chooseMethods(request);
  if (!chosen) {
    emitError(UnknownLoc::get(&context), llvm::toString(chosen.takeError()));
    return Outcome::BadInput;
  }
  choices = std::move(*chosen);
  if (request.report && (choices.size() != 1 || !choices.front().table)) {
    emitError(UnknownLoc::get(&context), "a report follows the relevance of one method; found '")
        << request.methods << "'";
    return Outcome::BadInput;
  }
  PipelineOptions common;
  common.request = request;
  static_cast<AttributionRequest &>(common.attribution) = request;
  common.target = findTarget({target, request.schedule});
  if (Outcome outcome = bindSteps(common); outcome != Outcome::Ok)
    return outcome;
  for (const MethodChoice &choice : choices)
    if (Outcome outcome = bindMethod(choice, pipelines.emplace_back(common));
        outcome != Outcome::Ok)
      return outcome;
  return Outcome::Ok;
}

Outcome Compiler::bindMethod(const MethodChoice &choice, PipelineOptions &pipeline) {
  if (!choice.table)
    return Outcome::Ok;
  llvm::Expected<BoundMethod> bound =
      BoundMethod::bind(*choice.table, choice.conventions, choice.parameters, choice.composite);
  if (!bound) {
    emitError(UnknownLoc::get(&context), llvm::toString(bound.takeError()));
    return Outcome::BadInput;
  }
  LDBG() << "method " << choice.name << (choice.describe().empty() ? "" : ", ")
         << choice.describe();
  pipeline.method = std::make_shared<const BoundMethod>(std::move(*bound));
  auto forward = module->lookupSymbol<func::FuncOp>(kForwardName);
  bool valid = !forward || succeeded(checkRequest(forward, *pipeline.method, pipeline.attribution));
  return valid ? Outcome::Ok : Outcome::BadInput;
}

Outcome Compiler::bindSteps(PipelineOptions &pipeline) {
  Location loc = UnknownLoc::get(&context);
  for (const StepRequest &step : request.steps) {
    const rules::MethodTable *table = rules::findStep(step.name);
    if (!table) {
      std::vector<std::string> names;
      for (const rules::MethodTable *known : rules::allSteps())
        names.emplace_back(known->name);
      emitError(loc, "a step is one of ") << llvm::join(names, ", ") << "; found '" << step.name
                                          << "'" << didYouMean(step.name, names);
      return Outcome::BadInput;
    }
    llvm::Expected<BoundMethod> bound = BoundMethod::bind(*table, "", step.parameters);
    if (!bound) {
      emitError(loc, llvm::toString(bound.takeError()));
      return Outcome::BadInput;
    }
    pipeline.attribution.steps.push_back(std::make_shared<const BoundMethod>(std::move(*bound)));
  }
  return Outcome::Ok;
}

Outcome Compiler::runStages(ModuleOp on, const PipelineOptions &pipeline, Stage from, Stage to) {
  LDBG() << "from stage " << kStageNames[int(from)] << " to " << kStageNames[int(to)];
  PassManager pm(&context);
  // Buffers and loops are checked by contracts of their own; verifying them after every pass costs
  // a tenth of the time.
  pm.enableVerifier(to <= Stage::Linalg);
  if (request.timing)
    pm.enableTiming();
  if (setUp && failed(setUp(pm)))
    return Outcome::BadInput;
  buildPipeline(pm, pipeline, from, to);
  return succeeded(pm.run(on)) ? Outcome::Ok : Outcome::Unsupported;
}

Outcome Compiler::run(ModuleOp on, const PipelineOptions &pipeline, Stage to) {
  Stage from = reached;
  if (from <= Stage::Canonical && to > Stage::Canonical && pipeline.method &&
      pipeline.method->readsLayerData()) {
    // Files with numbers for each layer must fit the network as it is before attribution.
    if (Outcome outcome = runStages(on, pipeline, from, Stage::Canonical); outcome != Outcome::Ok)
      return outcome;
    auto forward = on.lookupSymbol<func::FuncOp>(kForwardName);
    if (forward && failed(checkLayerData(forward, *pipeline.method)))
      return Outcome::BadInput;
    from = Stage::Canonical;
  }
  return runStages(on, pipeline, from, to);
}

/// Every method takes a copy of the network to the end of attribution, in the canonical form that
/// it asks for; then they are merged.
Outcome Compiler::attributeSeveral() {
  SmallVector<OwningOpRef<ModuleOp>> modules;
  SmallVector<NamedExplainer> explainers;
  for (const auto &[choice, pipeline] : llvm::zip_equal(choices, pipelines)) {
    ModuleOp copy = modules.emplace_back(module->clone()).get();
    if (Outcome outcome = run(copy, pipeline, Stage::Attribution); outcome != Outcome::Ok)
      return outcome;
    explainers.push_back({choice.name, copy.lookupSymbol<func::FuncOp>(kExplainName)});
  }
  if (failed(mergeExplainers(explainers)))
    return Outcome::Unsupported;
  module = std::move(modules.front());
  reached = Stage::Attribution;
  return Outcome::Ok;
}

Outcome Compiler::advanceTo(Stage stage) {
  if (pipelines.size() > 1 && reached < Stage::Attribution && stage >= Stage::Attribution)
    if (Outcome outcome = attributeSeveral(); outcome != Outcome::Ok)
      return outcome;
  if (Outcome outcome = run(*module, pipelines.front(), stage); outcome != Outcome::Ok)
    return outcome;
  reached = std::max(reached, stage);
  return Outcome::Ok;
}

Outcome Compiler::explainEach(
    llvm::raw_ostream &out, llvm::function_ref<bool(const BoundMethod &)> meant,
    llvm::function_ref<LogicalResult(func::FuncOp, const BoundMethod &, llvm::raw_ostream &)>
        print) {
  for (const auto &[choice, pipeline] : llvm::zip_equal(choices, pipelines)) {
    if (!pipeline.method || !meant(*pipeline.method))
      continue;
    OwningOpRef<ModuleOp> copy(module->clone());
    if (Outcome outcome = run(*copy, pipeline, Stage::Canonical); outcome != Outcome::Ok)
      return outcome;
    if (choices.size() > 1)
      out << choice.name << ":\n";
    auto forward = copy->lookupSymbol<func::FuncOp>(kForwardName);
    if (!forward || failed(print(forward, *pipeline.method, out)))
      return Outcome::Unsupported;
  }
  return Outcome::Ok;
}

Outcome Compiler::explainComposite(llvm::raw_ostream &out) {
  auto hasComposite = [](const BoundMethod &method) { return method.getComposite() != nullptr; };
  if (llvm::none_of(pipelines, [&](const PipelineOptions &pipeline) {
        return pipeline.method && hasComposite(*pipeline.method);
      })) {
    emitError(UnknownLoc::get(&context),
              "--explain-composite explains what --composite gives; found no composite");
    return Outcome::BadInput;
  }
  return explainEach(out, hasComposite, saliency::explainComposite);
}

Outcome Compiler::explainConservation(llvm::raw_ostream &out) {
  if (llvm::none_of(pipelines,
                    [](const PipelineOptions &pipeline) { return pipeline.method != nullptr; })) {
    emitError(UnknownLoc::get(&context),
              "--explain-conservation follows the relevance of a method; found none");
    return Outcome::BadInput;
  }
  return explainEach(out, [](const BoundMethod &) { return true; }, saliency::explainConservation);
}

FailureOr<CompiledModel> Compiler::compile() {
  EmitOptions emit;
  emit.prefix = request.prefix;
  emit.commonNames = request.sharedLibrary;
  emit.target = pipelines.front().target;
  emit.model = llvm::sys::path::stem(request.model).str();
  emit.output = output;
  emit.fixedTarget = request.target.value_or(-1);
  std::string steps;
  for (const StepRequest &step : request.steps)
    steps += " then=" + step.text();
  for (const MethodChoice &choice : choices)
    emit.methods.push_back({choice.name, StringRef(choice.describe() + steps).ltrim().str()});
  return CompiledModel::compile(*module, emit);
}

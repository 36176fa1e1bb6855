// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Compiler.h"

#include "dialect/import/Import.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "passes/IrFiles.h"
#include "passes/attribution/MergeExplainers.h"
#include "passes/attribution/network/ClassMaps.h"
#include "passes/attribution/reports/Conservation.h"
#include "passes/attribution/reports/ExplainComposite.h"
#include "passes/rules/Registry.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace saliency;

DialectRegistry saliency::compilerDialects() {
  DialectRegistry registry;
  registerAllSaliencyDialects(registry);
  return registry;
}

Outcome Compiler::load() {
  context.loadAllAvailableDialects();
  llvm::Expected<ClassMapOptions> classMaps =
      ClassMapOptions::parse(options.classMaps, options.anchors);
  if (!classMaps) {
    emitError(UnknownLoc::get(&context), llvm::toString(classMaps.takeError()));
    return Outcome::BadInput;
  }
  if (llvm::sys::path::extension(options.model).starts_with(".mlir")) {
    module = readIr(options.model, context);
    if (!module || failed(checkNetwork(*module)))
      return Outcome::BadInput;
  } else {
    ImportOptions importing;
    importing.batch = options.batch;
    importing.outputs = classMaps->values;
    ImportResult imported = importOnnx(options.model, context, importing);
    if (imported.status != ImportStatus::Ok)
      return imported.status == ImportStatus::BadInput ? Outcome::BadInput : Outcome::Unsupported;
    module = std::move(imported.module);
  }
  if (auto forward = module->lookupSymbol<func::FuncOp>(kForwardName);
      forward && failed(scoreClassMaps(forward, *classMaps)))
    return Outcome::BadInput;
  return bindMethods();
}

Outcome Compiler::bindMethods() {
  llvm::Expected<std::vector<MethodChoice>> chosen = chooseMethods(options.methods);
  if (!chosen) {
    emitError(UnknownLoc::get(&context), llvm::toString(chosen.takeError()));
    return Outcome::BadInput;
  }
  choices = std::move(*chosen);
  if (options.attribution.report && (choices.size() != 1 || !choices.front().table)) {
    emitError(UnknownLoc::get(&context), "a report follows the relevance of one method; found '")
        << options.methods.methods << "'";
    return Outcome::BadInput;
  }
  PipelineOptions common;
  common.attribution = options.attribution;
  common.layerStatistics = options.layerStatistics;
  common.canonizers = options.canonizers;
  common.specialise = options.specialise;
  common.target = findTarget({options.target, options.schedule});
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
  pipeline.method = std::make_shared<const BoundMethod>(std::move(*bound));
  auto forward = module->lookupSymbol<func::FuncOp>(kForwardName);
  bool valid = !forward || succeeded(checkRequest(forward, *pipeline.method, options.attribution));
  return valid ? Outcome::Ok : Outcome::BadInput;
}

Outcome Compiler::bindSteps(PipelineOptions &pipeline) {
  Location loc = UnknownLoc::get(&context);
  for (StringRef given : options.steps) {
    auto [name, settings] = given.split(':');
    const rules::MethodTable *table = rules::findStep(name);
    if (!table) {
      std::string names = llvm::join(
          llvm::map_range(rules::allSteps(),
                          [](const rules::MethodTable *table) { return std::string(table->name); }),
          ", ");
      emitError(loc, "a step is one of ") << names << "; found '" << name << "'";
      return Outcome::BadInput;
    }
    ParameterList parameters;
    for (StringRef setting : llvm::split(settings, ','))
      if (!setting.empty())
        parameters.emplace_back(setting.split('=').first, setting.split('=').second);
    llvm::Expected<BoundMethod> bound = BoundMethod::bind(*table, "", parameters);
    if (!bound) {
      emitError(loc, llvm::toString(bound.takeError()));
      return Outcome::BadInput;
    }
    pipeline.attribution.steps.push_back(std::make_shared<const BoundMethod>(std::move(*bound)));
  }
  return Outcome::Ok;
}

Outcome Compiler::runStages(ModuleOp on, const PipelineOptions &pipeline, Stage from, Stage to) {
  PassManager pm(&context);
  // Buffers and loops are checked by contracts of their own; verifying them after every pass costs
  // a tenth of the time.
  pm.enableVerifier(to <= Stage::Linalg);
  if (options.timing)
    pm.enableTiming();
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
  emit.prefix = options.prefix;
  emit.commonNames = options.sharedLibrary;
  emit.target = pipelines.front().target;
  emit.model = llvm::sys::path::stem(options.model).str();
  emit.fixedTarget = options.attribution.target.value_or(-1);
  std::string steps;
  for (StringRef step : options.steps)
    steps += " then=" + step.str();
  for (const MethodChoice &choice : choices)
    emit.methods.push_back({choice.name, StringRef(choice.describe() + steps).ltrim().str()});
  return CompiledModel::compile(*module, emit);
}

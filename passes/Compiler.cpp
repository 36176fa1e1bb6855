// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Compiler.h"

#include "dialect/import/Import.h"
#include "passes/IrFiles.h"
#include "passes/attribution/ExplainComposite.h"
#include "passes/rules/Registry.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
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
  if (llvm::sys::path::extension(options.model).starts_with(".mlir")) {
    module = readIr(options.model, context);
    if (!module || failed(checkNetwork(*module)))
      return Outcome::BadInput;
  } else {
    ImportOptions importing;
    importing.batch = options.batch;
    ImportResult imported = importOnnx(options.model, context, importing);
    if (imported.status != ImportStatus::Ok)
      return imported.status == ImportStatus::BadInput ? Outcome::BadInput : Outcome::Unsupported;
    module = std::move(imported.module);
  }
  return bindMethod();
}

/// Names the method that `name` begins, or misses by at most one letter in three.
static std::string suggestion(StringRef name) {
  StringRef best;
  unsigned distance = name.size() / 3 + 1;
  for (const rules::MethodTable *table : rules::allMethods()) {
    StringRef candidate(table->name);
    unsigned edits = name.size() > 2 && candidate.starts_with(name) ? 0 : name.edit_distance(candidate, true, distance);
    if (edits < distance) {
      distance = edits;
      best = candidate;
    }
  }
  return best.empty() ? "" : (" (did you mean '" + best + "'?)").str();
}

Outcome Compiler::bindMethod() {
  pipeline.attribution = options.attribution;
  pipeline.foldBatchNorm = options.foldBatchNorm;
  pipeline.specialise = options.specialise;
  pipeline.cpu.schedule = options.schedule;
  pipeline.cpu.machine = options.target.machine();
  if (options.method == "forward")
    return Outcome::Ok;
  Location loc = UnknownLoc::get(&context);
  const rules::MethodTable *table = rules::findMethod(options.method);
  if (!table) {
    std::string names = llvm::join(
        llvm::map_range(rules::allMethods(), [](const rules::MethodTable *table) { return std::string(table->name); }), ", ");
    emitError(loc, "a method is one of forward, ") << names << "; found '" << options.method << "'" << suggestion(options.method);
    return Outcome::BadInput;
  }
  llvm::Expected<BoundMethod> bound = BoundMethod::bind(*table, options.conventions, options.parameters, options.composite);
  if (!bound) {
    emitError(loc, llvm::toString(bound.takeError()));
    return Outcome::BadInput;
  }
  if (Outcome outcome = bindSteps(); outcome != Outcome::Ok)
    return outcome;
  pipeline.method = std::make_shared<const BoundMethod>(std::move(*bound));
  auto forward = module->lookupSymbol<func::FuncOp>(kForwardName);
  if (forward && failed(checkRequest(forward, *pipeline.method, options.attribution)))
    return Outcome::BadInput;
  return Outcome::Ok;
}

Outcome Compiler::bindSteps() {
  Location loc = UnknownLoc::get(&context);
  for (StringRef given : options.steps) {
    auto [name, settings] = given.split(':');
    const rules::MethodTable *table = rules::findStep(name);
    if (!table) {
      std::string names = llvm::join(
          llvm::map_range(rules::allSteps(), [](const rules::MethodTable *table) { return std::string(table->name); }), ", ");
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

Outcome Compiler::advanceTo(Stage stage) {
  PassManager pm(&context);
  // Buffers and loops are checked by contracts of their own; verifying them after every pass costs a tenth of the time.
  pm.enableVerifier(stage <= Stage::Linalg);
  if (options.timing)
    pm.enableTiming();
  buildPipeline(pm, pipeline, reached, stage);
  if (failed(pm.run(*module)))
    return Outcome::Unsupported;
  reached = std::max(reached, stage);
  return Outcome::Ok;
}

Outcome Compiler::explainComposite(llvm::raw_ostream &out) {
  if (!pipeline.method || !pipeline.method->getComposite()) {
    emitError(UnknownLoc::get(&context), "--explain-composite explains what --composite gives; found no composite");
    return Outcome::BadInput;
  }
  if (Outcome outcome = advanceTo(Stage::Canonical); outcome != Outcome::Ok)
    return outcome;
  auto forward = module->lookupSymbol<func::FuncOp>(kForwardName);
  return forward && succeeded(saliency::explainComposite(forward, *pipeline.method, out)) ? Outcome::Ok : Outcome::Unsupported;
}

FailureOr<CompiledModel> Compiler::compile() {
  EmitOptions emit;
  emit.prefix = options.prefix;
  emit.commonNames = options.sharedLibrary;
  emit.target = options.target;
  emit.method = options.method;
  emit.model = llvm::sys::path::stem(options.model).str();
  emit.fixedTarget = options.attribution.target.value_or(-1);
  if (!options.composite.empty())
    emit.parameters = "composite=" + options.composite;
  for (const auto &[key, value] : options.parameters)
    emit.parameters += (emit.parameters.empty() ? "" : " ") + key + "=" + value;
  for (StringRef step : options.steps)
    emit.parameters += (emit.parameters.empty() ? "then=" : " then=") + step.str();
  return CompiledModel::compile(*module, emit);
}

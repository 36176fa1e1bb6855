// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/request/CompileModel.h"

#include "passes/Compiler.h"
#include "passes/Counter.h"
#include "passes/DiagnosticText.h"
#include "passes/codegen/emit/Jit.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace saliency;

namespace {

class JitExplainer final : public LoadedExplainer {
public:
  explicit JitExplainer(JitModel loaded) : jit(std::move(loaded)) {
    explainer.interface = jit.interface;
    explainer.explain = jit.explain;
    explainer.workspaceSize = jit.workspaceSize;
    explainer.abiVersion = jit.abiVersion;
    explainer.errorString = jit.errorString;
    explainer.weights = jit.weights().data();
    explainer.weightsSize = jit.weights().size();
  }

private:
  JitModel jit;
};

} // namespace

/// Code for another processor runs here where this one has all of its instructions.
static llvm::Error checkRunsHere(const CompileRequest &request) {
  Target here = Target::host(), target = Target::of(request.triple, request.cpu);
  if (llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = target.createMachine();
      !machine)
    return machine.takeError();
  llvm::Triple triple(target.triple);
  if (triple.getArch() != llvm::Triple(here.triple).getArch())
    return llvm::createStringError("an explainer that runs here is compiled for '" + here.triple +
                                   "'; found '" + target.triple + "'");
  if (target.cpu == here.cpu || !triple.isX86())
    return llvm::Error::success();
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  llvm::SmallVector<llvm::StringRef> needed;
  llvm::X86::getFeaturesForCPU(target.cpu, needed);
  for (llvm::StringRef feature : needed)
    if (auto known = features.find(feature); known != features.end() && !known->getValue())
      return llvm::createStringError("--cpu is a processor whose instructions this one has, '" +
                                     here.cpu + "'; found '" + target.cpu + "', which has " +
                                     feature);
  return llvm::Error::success();
}

/// The request without the settings that belong to the calls.
static CompileRequest withoutCallTensors(CompileRequest request) {
  llvm::erase_if(request.parameters, [&](const auto &parameter) {
    return declaresCallTensor(request.methods, parameter.first);
  });
  return request;
}

std::unique_ptr<LoadedExplainer> saliency::compileModel(const CompileRequest &request,
                                                        std::string &error, int &exitCode) {
  auto fail = [&](Outcome outcome) {
    exitCode = int(outcome);
    return nullptr;
  };
  if (llvm::Error mistake = checkRunsHere(request)) {
    error = llvm::toString(std::move(mistake));
    return fail(Outcome::BadInput);
  }
  mlir::MLIRContext context(compilerDialects());
  std::string remarks;
  ErrorCollector collector(context, error, &remarks);
  Compiler compiler(context, withoutCallTensors(request));
  if (Outcome outcome = compiler.load(); outcome != Outcome::Ok)
    return fail(outcome);
  std::string report;
  llvm::raw_string_ostream told(report);
  if (Outcome outcome = request.reportCanonizers ? compiler.reportCanonizers(told) : Outcome::Ok;
      outcome != Outcome::Ok)
    return fail(outcome);
  if (Outcome outcome = compiler.advanceTo(Stage::LLVM); outcome != Outcome::Ok)
    return fail(outcome);
  mlir::FailureOr<JitModel> jit = JitModel::load(context, compiler.compile());
  if (failed(jit))
    return fail(Outcome::Unsupported);
  if (request.statistics)
    printCounters(told);
  auto explainer = std::make_unique<JitExplainer>(std::move(*jit));
  explainer->report = remarks + report;
  explainer->output = compiler.getOutput().str();
  return explainer;
}

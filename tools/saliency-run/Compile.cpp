// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-run/Compile.h"

#include "passes/Compiler.h"
#include "passes/DiagnosticText.h"
#include "passes/codegen/emit/Jit.h"
#include "passes/rules/Registry.h"
#include "llvm/ADT/STLExtras.h"

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

std::unique_ptr<LoadedExplainer> saliency::compileModel(const CompileRequest &request,
                                                        std::string &error, int &exitCode) {
  CompileOptions options;
  options.model = request.model;
  options.classMaps = request.classMaps;
  options.anchors = request.anchors;
  options.methods.methods = request.method;
  options.methods.conventions = request.conventions;
  options.steps = request.steps;
  options.methods.composite = request.composite;
  for (const auto &parameter : request.params)
    if (!declaresCallTensor(request.method, parameter.first))
      options.methods.parameters.push_back(parameter);
  for (size_t i = 0; i != options.canonizers.size(); ++i)
    if (auto given = request.canonizers.find(std::string(rules::nameOf(rules::CanonizerKind(i))));
        given != request.canonizers.end())
      options.canonizers[i] = given->second;
  options.attribution.dumpRelevance = request.dumpLayers;
  options.attribution.report = request.report;
  for (const std::string &text : request.conditions) {
    llvm::Expected<ChannelCondition> condition = ChannelCondition::parse(text);
    if (!condition) {
      error = "--condition: " + llvm::toString(condition.takeError());
      exitCode = int(Outcome::BadInput);
      return nullptr;
    }
    options.attribution.conditions.push_back(std::move(*condition));
  }
  options.schedule = request.schedule == "plain" ? Schedule::Plain : Schedule::Vector;

  mlir::MLIRContext context(compilerDialects());
  ErrorCollector collector(context, error);
  auto fail = [&](Outcome outcome) {
    exitCode = int(outcome);
    return nullptr;
  };
  Compiler compiler(context, std::move(options));
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
  auto explainer = std::make_unique<JitExplainer>(std::move(*jit));
  explainer->report = std::move(report);
  return explainer;
}

std::vector<std::pair<std::string, std::string>> saliency::canonizers() {
  std::vector<std::pair<std::string, std::string>> all;
  for (size_t i = 0; i != std::tuple_size_v<CanonizerSwitches>; ++i)
    all.emplace_back(rules::nameOf(rules::CanonizerKind(i)),
                     rules::describe(rules::CanonizerKind(i)));
  return all;
}

std::string saliency::methodHelp() {
  std::string text;
  for (const rules::MethodTable *table : rules::allMethods())
    text += "  " + std::string(table->name) +
            std::string(table->name.size() < 18 ? 18 - table->name.size() : 1, ' ') +
            std::string(table->title) + '\n';
  return text;
}

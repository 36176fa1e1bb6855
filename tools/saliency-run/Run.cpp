// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Run.h"
#include "passes/request/CompileModel.h"
#include "tools/saliency-run/ProgressLine.h"
#include "tools/saliency-run/Report.h"
#include "tools/saliency-run/SharedExplainer.h"

#include <cstdio>
#include <filesystem>
#include <new>

namespace saliency {
namespace {

int fail(const std::string &error, int exitCode = 1) {
  std::fprintf(stderr, "saliency-run: error: %s\n", error.c_str());
  return exitCode;
}

bool isLibrary(const std::string &path) { return std::filesystem::path(path).extension() == ".so"; }

std::unique_ptr<LoadedExplainer> obtainExplainer(const RunOptions &options, std::string &error,
                                                 int &exitCode) {
  exitCode = 1;
  if (isLibrary(options.compile.model)) {
    if (options.ofModel.empty())
      return loadExplainer(options.compile.model, error, exitCode);
    error = "a compiled explainer has everything fixed that belongs to the network and the method; "
            "found ";
    for (const std::string &option : options.ofModel)
      error += (&option == &options.ofModel.front() ? "" : ", ") + option;
    return nullptr;
  }
  if (options.compile.methods.empty()) {
    error = "an ONNX model needs --method";
    return nullptr;
  }
  return compileModel(options.compile, error, exitCode);
}

/// What the command line asks for must exist in this explainer.
bool checkRequest(const RunOptions &options, const saliency_interface &model, std::string &error) {
  std::string classes = std::to_string(model.classes), fixed = std::to_string(model.fixed_target);
  for (int64_t target : options.target.classes) {
    if (target >= model.classes) {
      error = "--target is below the network's " + classes + " classes; found " +
              std::to_string(target);
      return false;
    }
    if (model.fixed_target >= 0 && target != model.fixed_target) {
      error = "--target is " + fixed + ", the class this explainer was compiled for; found " +
              std::to_string(target);
      return false;
    }
  }
  if (options.target.top > (model.fixed_target < 0 ? model.classes : 1)) {
    error = model.fixed_target < 0
                ? "--target=topK is at most the network's " + classes + " classes; found top"
                : "--target=topK needs an explainer for any class, this one was compiled for " +
                      fixed + "; found top";
    error += std::to_string(options.target.top);
    return false;
  }
  if (options.compile.report && !model.report_count) {
    error =
        "--report needs an explainer compiled to say where relevance goes (saliency-opt --report)";
    return false;
  }
  if (options.compile.dumpRelevance && model.layer_count == (model.report_count ? 1 : 0)) {
    error = "--dump-relevance needs an explainer compiled to keep the relevance of its layers";
    return false;
  }
  return true;
}

int runInputs(const RunOptions &options, const LoadedExplainer &compiled, ProgressLine &progress) {
  const saliency_interface &model = *compiled.explainer.interface();
  std::string error;
  Labels labels;
  CallTensors tensors;
  if (!checkRequest(options, model, error) ||
      (!options.labels.empty() && !labels.read(options.labels, model.classes, error)) ||
      !tensors.read(options, model, !isLibrary(options.compile.model), error) ||
      !checkOutDir(options.outDir, error))
    return fail(error);
  int processors = static_cast<int>(std::thread::hardware_concurrency());
  WorkerPool pool(options.host.threads ? options.host.threads : std::max(1, processors));
  ExplainerSession session(compiled.explainer, pool,
                           options.compile.dumpRelevance || options.compile.report);
  Report report(options, model, compiled.output, labels);
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    const std::string &path = options.inputs[i];
    std::string place =
        "[" + std::to_string(i + 1) + "/" + std::to_string(options.inputs.size()) + "] " + path;
    progress.show(place);
    std::optional<Input> input = loadInput(path, options.pictures, model, error);
    if (!input)
      return progress.clear(), fail(error);
    auto onPart = [&](int64_t done, int64_t total) {
      progress.show(place + "  " + std::to_string(done) + "/" + std::to_string(total));
    };
    std::optional<Explanation> result =
        session.explain(*input, options.target, tensors, onPart, error);
    if (!result)
      return progress.clear(), fail(path + ": " + error);
    std::optional<std::vector<WrittenFile>> files =
        writeOutputs(*input, *result, model, options, error);
    progress.clear();
    if (!files)
      return fail(error);
    report.add(*input, *result, *files);
  }
  return report.finish() ? 0 : fail("cannot write to standard output");
}

int runOptions(const RunOptions &options) {
  std::string error;
  if (!checkStems(options.inputs, error))
    return fail(error);
  for (const std::string &path : options.inputs)
    if (std::error_code code; !std::filesystem::exists(path, code))
      return fail(path + ": an input is a file that exists; found none");
  ProgressLine progress(options.host.quiet);
  progress.show("preparing " + options.compile.model);
  int exitCode = 0;
  std::unique_ptr<LoadedExplainer> compiled = obtainExplainer(options, error, exitCode);
  progress.clear();
  if (compiled)
    std::fputs(compiled->report.c_str(), stderr);
  return compiled ? runInputs(options, *compiled, progress) : fail(error, exitCode);
}

} // namespace

int runTool(int argc, char **argv) {
  int exitCode = 0;
  try {
    std::optional<RunOptions> options = parseRunOptions(argc, argv, exitCode);
    return options ? runOptions(*options) : exitCode;
  } catch (const std::bad_alloc &) {
    return fail("out of memory");
  } catch (const std::filesystem::filesystem_error &problem) {
    return fail(problem.what());
  }
}

} // namespace saliency

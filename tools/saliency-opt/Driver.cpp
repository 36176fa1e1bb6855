// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-opt/Driver.h"

#include "passes/Compiler.h"
#include "passes/Counter.h"
#include "passes/DiagnosticText.h"
#include "passes/IrFiles.h"
#include "passes/codegen/emit/Files.h"
#include "tools/saliency-opt/DriverOptions.h"
#include "tools/saliency-opt/MlirFlags.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace saliency;

static int report(llvm::Error error) {
  llvm::errs() << "saliency-opt: error: " << llvm::toString(std::move(error)) << '\n';
  return int(Outcome::BadInput);
}

/// A full disk behind a pipe is a message, not LLVM's crash at exit.
static int flushOutput() {
  llvm::outs().flush();
  std::error_code code = llvm::outs().error();
  llvm::outs().clear_error();
  return code ? report(llvm::createStringError(code, "cannot write to standard output: " +
                                                         code.message()))
              : 0;
}

static std::string size(int64_t bytes) {
  return bytes < 10'000       ? llvm::formatv("{0} bytes", bytes).str()
         : bytes < 10'000'000 ? llvm::formatv("{0:F1} kB", bytes / 1e3).str()
                              : llvm::formatv("{0:F1} MB", bytes / 1e6).str();
}

static int emitCode(Compiler &compiler, const DriverOptions &options) {
  if (Outcome outcome = compiler.advanceTo(Stage::LLVM); outcome != Outcome::Ok)
    return int(outcome);
  FailureOr<CompiledModel> model = compiler.compile();
  if (failed(model))
    return int(Outcome::Unsupported);
  StringRef extension = llvm::sys::path::extension(options.output);
  OutputSet outputs;
  llvm::Error error = extension == ".o"    ? emitObject(*model, options.output, outputs)
                      : extension == ".so" ? emitSharedLibrary(*model, options.output, outputs)
                                           : emitLLVM(*model, options.output, outputs);
  if (error)
    return report(std::move(error));
  if (llvm::Error failed = outputs.commit())
    return report(std::move(failed));
  uint64_t codeBytes = 0;
  (void)llvm::sys::fs::file_size(options.output, codeBytes);
  llvm::outs() << options.output << ": " << size(codeBytes) << ", weights "
               << size(model->weights.bytes().size()) << ", workspace "
               << size(model->workspaceBytes) << ", C functions " << options.request.prefix
               << "_*\n";
  return flushOutput();
}

static int emitIr(Compiler &compiler, const DriverOptions &options) {
  Stage stage = options.stage.value_or(Stage::Specialised);
  if (Outcome outcome = compiler.advanceTo(stage); outcome != Outcome::Ok)
    return int(outcome);
  if (options.output.empty()) {
    printIr(compiler.getModule(), llvm::outs());
    return flushOutput();
  }
  OutputSet outputs;
  if (llvm::Error error = writeIr(compiler.getModule(), options.output, outputs))
    return report(std::move(error));
  if (llvm::Error error = outputs.commit())
    return report(std::move(error));
  return 0;
}

int saliency::runDriver(int argc, char **argv) {
  int exitCode = 0;
  std::optional<DriverOptions> options = parseDriverOptions(argc, argv, exitCode);
  if (!options)
    return exitCode;
  const CompileRequest &request = options->request;
  if (!applyMlirFlags("saliency-opt", options->mlirFlags))
    return int(Outcome::BadInput);
  MLIRContext context(compilerDialects());
  ScopedDiagnosticHandler handler(&context, [](Diagnostic &diagnostic) {
    llvm::errs() << "saliency-opt: " << diagnosticText(diagnostic) << '\n';
    return success();
  });
  StringRef extension = llvm::sys::path::extension(options->output);
  bool isIr = options->output.empty() || extension.starts_with(".mlir");
  if (!isIr)
    if (auto machine = Target::of(request.triple, request.cpu).createMachine(); !machine)
      return report(machine.takeError());
  Compiler compiler(context, request);
  compiler.setPassManagerSetUp(setUpPassManager);
  if (Outcome outcome = compiler.load(); outcome != Outcome::Ok)
    return int(outcome);
  if (request.reportCanonizers)
    if (Outcome outcome = compiler.reportCanonizers(llvm::errs()); outcome != Outcome::Ok)
      return int(outcome);
  if (options->explainComposite)
    return int(compiler.explainComposite(llvm::outs()));
  if (options->explainConservation)
    return int(compiler.explainConservation(llvm::outs()));
  exitCode = isIr ? emitIr(compiler, *options) : emitCode(compiler, *options);
  if (request.statistics)
    printCounters(llvm::errs());
  return exitCode;
}

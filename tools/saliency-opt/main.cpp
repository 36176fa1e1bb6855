// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Driver and mlir-opt in one.
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/DebugOutput.h"
#include "passes/Pipelines.h"
#include "tools/saliency-opt/Driver.h"
#include "tools/saliency-opt/DriverOptions.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include <csignal>

/// A file over the limit is an error of its write. Blocked, not ignored, since LLVM's tools set
/// handlers for every signal.
static void blockFileSizeSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGXFSZ);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
}

/// Single passes speak as the driver's do, where LLVM itself was built without this option.
static void registerDebugOnly() {
  if (llvm::cl::getRegisteredOptions().contains("debug-only"))
    return;
  static llvm::cl::list<std::string> parts(
      "debug-only", llvm::cl::CommaSeparated, llvm::cl::value_desc("PART,..."),
      llvm::cl::desc("Print what these parts of Saliency decide, by their DEBUG_TYPE"),
      llvm::cl::callback([](const std::string &) { saliency::enableDebugOutput(parts); }));
}

int main(int argc, char **argv) {
  blockFileSizeSignal();
  if (saliency::isDriverCommand(argc, argv)) {
    llvm::InitLLVM init(argc, argv);
    return saliency::runDriver(argc, argv);
  }
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  saliency::registerAllSaliencyDialects(registry);
  mlir::registerAllPasses();
  registerDebugOnly();
  saliency::registerAllSaliencyPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Saliency: single passes", registry));
}

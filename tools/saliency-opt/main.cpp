// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Driver and mlir-opt in one.
#include "passes/Pipelines.h"
#include "tools/saliency-opt/Driver.h"
#include "tools/saliency-opt/Options.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/InitLLVM.h"

int main(int argc, char **argv) {
  if (saliency::isDriverCommand(argc, argv)) {
    llvm::InitLLVM init(argc, argv);
    return saliency::runDriver(argc, argv);
  }
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  saliency::registerAllSaliencyDialects(registry);
  mlir::registerAllPasses();
  saliency::registerAllSaliencyPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Saliency: single passes", registry));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-opt/MlirFlags.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "passes/Pipelines.h"
#include "llvm/Support/CommandLine.h"

using namespace saliency;
using llvm::StringRef;

static bool areRegistered = false;

/// The options name passes, so the passes come first.
static void registerMlirFlags() {
  if (areRegistered)
    return;
  areRegistered = true;
  mlir::registerAllPasses();
  registerAllSaliencyPasses();
  mlir::registerMLIRContextCLOptions();
  mlir::registerAsmPrinterCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
}

size_t saliency::countMlirFlag(const std::vector<std::string> &arguments, size_t at) {
  StringRef name = StringRef(arguments[at]).ltrim('-');
  bool hasValue = name.contains('=');
  name = name.split('=').first;
  if (!name.starts_with("mlir-"))
    return 0;
  registerMlirFlags();
  auto &known = llvm::cl::getRegisteredOptions();
  auto found = known.find(name);
  if (found == known.end())
    return 0;
  bool takesNext = !hasValue && found->second->getValueExpectedFlag() == llvm::cl::ValueRequired;
  return takesNext && at + 1 < arguments.size() ? 2 : 1;
}

bool saliency::applyMlirFlags(const std::string &program,
                              const std::vector<std::string> &arguments) {
  if (arguments.empty())
    return true;
  std::vector<const char *> pointers = {program.c_str()};
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  // Weights are left out of what is printed, unless somebody says how much is to be shown.
  for (const char *limit :
       {"--mlir-elide-elementsattrs-if-larger=64", "--mlir-elide-resource-strings-if-larger=64"})
    if (llvm::none_of(arguments, [&](StringRef argument) {
          return argument.ltrim('-').split('=').first ==
                 StringRef(limit).ltrim('-').split('=').first;
        }))
      pointers.push_back(limit);
  return llvm::cl::ParseCommandLineOptions(int(pointers.size()), pointers.data(), "",
                                           &llvm::errs());
}

llvm::LogicalResult saliency::setUpPassManager(mlir::PassManager &pm) {
  if (!areRegistered)
    return mlir::success();
  mlir::applyDefaultTimingPassManagerCLOptions(pm);
  return mlir::applyPassManagerCLOptions(pm);
}

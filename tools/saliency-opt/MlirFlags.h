// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MLIR's own command-line options (--mlir-print-ir-after-all, --mlir-timing, ...) where a model is
// compiled. They live in LLVM's registry, which the driver's command line does not read.
#ifndef SALIENCY_TOOLS_OPT_MLIRFLAGS_H
#define SALIENCY_TOOLS_OPT_MLIRFLAGS_H

#include "mlir/Pass/PassManager.h"

#include <cstddef>
#include <string>
#include <vector>

namespace saliency {

/// How many arguments from the one at `at` on are an option of MLIR's with its value; 0: it is
/// none. Registers MLIR's options where one may be meant.
size_t countMlirFlag(const std::vector<std::string> &arguments, size_t at);

/// Gives these arguments to MLIR, whose contexts follow them from now on. False where MLIR has said
/// what is wrong with them.
bool applyMlirFlags(const std::string &program, const std::vector<std::string> &arguments);

/// Lets passes be printed and timed as the arguments said, where there were any.
llvm::LogicalResult setUpPassManager(mlir::PassManager &pm);

} // namespace saliency

#endif // SALIENCY_TOOLS_OPT_MLIRFLAGS_H

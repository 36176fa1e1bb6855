// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// IR as files. `.mlirbc` is bytecode and self-contained; `.mlir` is text for people, with its
// weights in a file beside it
// (`net.mlir.weights`) that the module names in the attribute `saliency.resources`. A `.weights`
// file that goes with code has another format.
#ifndef SALIENCY_PASSES_IRFILES_H
#define SALIENCY_PASSES_IRFILES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "passes/codegen/emit/OutputSet.h"

namespace saliency {

/// Adds `path` (.mlir or .mlirbc) and, for text, `path`.weights to `outputs`.
llvm::Error writeIr(mlir::ModuleOp module, llvm::StringRef path, OutputSet &outputs);

/// Prints IR without the contents of large constants.
void printIr(mlir::ModuleOp module, llvm::raw_ostream &os);

/// Reads either form. Mistakes go to the context's diagnostic handlers; null then.
mlir::OwningOpRef<mlir::ModuleOp> readIr(llvm::StringRef path, mlir::MLIRContext &context);

} // namespace saliency

#endif // SALIENCY_PASSES_IRFILES_H

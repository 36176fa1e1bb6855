// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_PASSES_DIAGNOSTICTEXT_H
#define SALIENCY_PASSES_DIAGNOSTICTEXT_H

#include "mlir/IR/Diagnostics.h"

#include <string>

namespace saliency {

/// One line for people: "error: node '/conv1/Conv': message". The location is left out where the
/// message names it already.
std::string diagnosticText(mlir::Diagnostic &diagnostic);

/// Adds the errors that are reported while it lives to `errors`, one to a line and without "error:
/// ", and what the compiler decided by itself to `remarks`, each line once; warnings and notes are
/// dropped.
class ErrorCollector {
public:
  ErrorCollector(mlir::MLIRContext &context, std::string &errors, std::string *remarks = nullptr);

private:
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace saliency

#endif // SALIENCY_PASSES_DIAGNOSTICTEXT_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a request to an explainer that runs in this process; the compiler behind one function.
#ifndef SALIENCY_REQUEST_COMPILEMODEL_H
#define SALIENCY_REQUEST_COMPILEMODEL_H

#include "passes/request/CompileRequest.h"
#include "passes/request/Explainer.h"

#include <memory>

namespace saliency {

/// Compiles for this machine. Parameters may name per-call tensors of the methods (`classes`): the
/// compiler checks the name and leaves the value to the call. Null on failure; then `error` says
/// what (without a final newline) and `exitCode` is 1 (bad input) or 2 (unsupported).
std::unique_ptr<LoadedExplainer> compileModel(const CompileRequest &request, std::string &error,
                                              int &exitCode);

} // namespace saliency

#endif // SALIENCY_REQUEST_COMPILEMODEL_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_SHAREDEXPLAINER_H
#define SALIENCY_TOOLS_RUN_SHAREDEXPLAINER_H

#include "passes/request/Explainer.h"

#include <memory>
#include <string>

namespace saliency {

/// Loads EXPLAINER.so, its five functions `saliency_explainer_*`, and maps EXPLAINER.weights beside
/// it, whose checksum is verified. On failure null, `error` and `exitCode` as compileModel.
std::unique_ptr<LoadedExplainer> loadExplainer(const std::string &path, std::string &error,
                                               int &exitCode);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_SHAREDEXPLAINER_H

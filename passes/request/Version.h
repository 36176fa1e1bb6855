// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_REQUEST_VERSION_H
#define SALIENCY_REQUEST_VERSION_H

#include <string>

namespace saliency {

/// What --version prints: "saliency-opt 0.1.0 (explainers of ABI version 2; LLVM 22.1.8)".
std::string versionText(const std::string &program);

} // namespace saliency

#endif // SALIENCY_REQUEST_VERSION_H

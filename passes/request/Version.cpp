// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/request/Version.h"

#include "runtime/include/saliency/explainer.h"
#include "llvm/Config/llvm-config.h"

namespace saliency {

std::string versionText(const std::string &program) {
  return program + " " SALIENCY_VERSION " (explainers of ABI version " +
         std::to_string(SALIENCY_ABI_VERSION) + "; LLVM " LLVM_VERSION_STRING ")";
}

} // namespace saliency

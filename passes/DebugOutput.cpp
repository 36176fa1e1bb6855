// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/DebugOutput.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Debug.h"

void saliency::enableDebugOutput(const std::vector<std::string> &parts) {
  if (parts.empty())
    return;
  std::vector<const char *> names; // none: everybody speaks
  if (!llvm::is_contained(parts, "all"))
    for (const std::string &part : parts)
      names.push_back(part.c_str());
  llvm::DebugFlag = true;
  llvm::setCurrentDebugTypes(names.data(), unsigned(names.size()));
}

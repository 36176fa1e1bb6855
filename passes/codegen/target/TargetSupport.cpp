// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/target/TargetSupport.h"

#include <mutex>

namespace saliency {
namespace {

struct Kinds {
  std::mutex mutex;
  std::vector<TargetFactory> factories;
};

Kinds &kinds() {
  static Kinds instance;
  return instance;
}

} // namespace

void registerTarget(TargetFactory factory) {
  std::lock_guard lock(kinds().mutex);
  kinds().factories.push_back(std::move(factory));
}

std::shared_ptr<const TargetSupport> findRegisteredTarget(const TargetRequest &request) {
  std::vector<TargetFactory> factories;
  {
    std::lock_guard lock(kinds().mutex);
    factories = kinds().factories;
  }
  for (const TargetFactory &factory : llvm::reverse(factories))
    if (std::shared_ptr<const TargetSupport> target = factory(request))
      return target;
  return nullptr;
}

} // namespace saliency

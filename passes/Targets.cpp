// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Targets.h"

#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/Pipelines.h"
#include "passes/codegen/cpu/contraction/Passes.h"

namespace saliency {

std::shared_ptr<const TargetSupport> findTarget(const TargetRequest &request) {
  if (std::shared_ptr<const TargetSupport> target = findRegisteredTarget(request))
    return target;
  return createCpuTarget(request);
}

void registerTargetPasses() {
  registerSaliencyContractionPasses();
  registerSaliencyCpuPasses();
  registerCpuPipelines();
}

} // namespace saliency

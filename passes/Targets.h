// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kinds of machines that this compiler knows.
#ifndef SALIENCY_PASSES_TARGETS_H
#define SALIENCY_PASSES_TARGETS_H

#include "passes/codegen/target/TargetSupport.h"

namespace saliency {

/// The passes and pipelines of those kinds, for tools that run single passes.
void registerTargetPasses();

/// The description of the machine that is asked for. A machine that no registered kind claims
/// (registerTarget) is a processor. Never null.
std::shared_ptr<const TargetSupport> findTarget(const TargetRequest &request = {});

} // namespace saliency

#endif // SALIENCY_PASSES_TARGETS_H

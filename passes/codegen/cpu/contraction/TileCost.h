// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a register tile costs: instructions, not bytes (see LoopOrder.h).
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_TILECOST_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_TILECOST_H

#include "passes/codegen/cpu/contraction/Machine.h"
#include "passes/codegen/cpu/contraction/Schedule.h"

#include <optional>

namespace saliency::contraction {

/// Multiply-add slots the whole contraction takes under `schedule`, whose
/// order is not read; nothing when its tile needs more registers
/// than there are or would meet an output element twice.
std::optional<double> tileCost(const Contraction &contraction, const Schedule &schedule,
                               const Machine &machine);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_TILECOST_H

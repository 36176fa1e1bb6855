// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses a schedule for one contraction on one machine.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_SELECTCONTRACTIONTILES_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_SELECTCONTRACTIONTILES_H

#include "passes/codegen/cpu/contraction/Machine.h"
#include "passes/codegen/cpu/contraction/Schedule.h"

#include <optional>

namespace saliency::contraction {

/// Collapses `contraction` and returns the cheapest schedule for it, or
/// nothing when no loop can be the lanes of a vector.
std::optional<Schedule> selectContractionTiles(Contraction &contraction, const Machine &machine,
                                               bool parallel);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_SELECTCONTRACTIONTILES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of the loops around the register tile, by bytes moved.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_LOOPORDER_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_LOOPORDER_H

#include "passes/codegen/cpu/contraction/Machine.h"
#include "passes/codegen/cpu/contraction/Schedule.h"

namespace saliency::contraction {

/// The cheapest order of the loops outside the accumulators, outermost first.
/// With `parallel`, a loop whose iterations are independent comes first if
/// there is one.
///
/// Cost rule: a nest of loops whose operands together fit in a cache leaves
/// them there, so a loop directly around it fetches again only what it moves.
/// Otherwise every iteration fetches everything. That is counted for the two
/// caches of the core and its share of a common one, each with the bytes a
/// cycle behind it; the output is read and written.
llvm::SmallVector<int64_t, 6> chooseOrder(const Contraction &contraction, const Schedule &schedule,
                                          const Machine &machine, bool parallel);

} // namespace saliency::contraction

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_LOOPORDER_H

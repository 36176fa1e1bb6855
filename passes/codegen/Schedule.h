// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_SCHEDULE_H
#define SALIENCY_CODEGEN_SCHEDULE_H

namespace saliency {

/// How loops are run. Plain: one after the other, as they stand in the lowering. Vector: tiled for
/// registers, vectorised, in parallel.
enum class Schedule { Plain, Vector };

} // namespace saliency

#endif // SALIENCY_CODEGEN_SCHEDULE_H

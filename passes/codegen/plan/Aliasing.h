// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_PLAN_ALIASING_H
#define SALIENCY_CODEGEN_PLAN_ALIASING_H

#include "mlir/IR/Value.h"

namespace saliency {

/// Whether two buffers that are used by one operation cannot share memory:
/// different allocations or arguments, or views of one at constant offsets that
/// do not meet.
bool areDisjoint(mlir::Value a, mlir::Value b);

} // namespace saliency

#endif // SALIENCY_CODEGEN_PLAN_ALIASING_H

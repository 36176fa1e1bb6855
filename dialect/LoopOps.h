// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops for loops over runs and classes, for tensors that a call may leave out, and for entries that
// are chosen at run time. They have a header of their own because few files make or lower them,
// while the layers in SaliencyDialect.h are read everywhere.
#ifndef SALIENCY_DIALECT_LOOPOPS_H
#define SALIENCY_DIALECT_LOOPOPS_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

#define GET_OP_CLASSES
#include "dialect/LoopOps.h.inc"

#endif // SALIENCY_DIALECT_LOOPOPS_H

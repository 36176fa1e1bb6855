// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated part of all ops.
#include "dialect/SaliencyDialect.h"

#include "mlir/IR/OpImplementation.h"

#define GET_OP_CLASSES
#include "dialect/SaliencyOps.cpp.inc"

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated part of all ops.
#include "dialect/LoopOps.h"
#include "dialect/ops/Formula.h"

#include "mlir/IR/OpImplementation.h"

#include <cmath>

/// A whole number that 2 divides; powers of it are not negative.
static bool isEven(double exponent) { return std::fmod(exponent, 2.0) == 0; }

#define GET_OP_CLASSES
#include "dialect/SaliencyOps.cpp.inc"

#define GET_OP_CLASSES
#include "dialect/LoopOps.cpp.inc"

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ops of dialect/LoopOps.h; one family a file.

include "dialect/ops/Calls.td"
include "dialect/ops/Entries.td"
include "dialect/ops/Loops.td"

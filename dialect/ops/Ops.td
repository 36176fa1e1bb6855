// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All ops; one family a file.

include "dialect/ops/Activation.td"
include "dialect/ops/Attribution.td"
include "dialect/ops/Runs.td"
include "dialect/ops/Conv.td"
include "dialect/ops/Dense.td"
include "dialect/ops/Elementwise.td"
include "dialect/ops/Pool.td"
include "dialect/ops/Resample.td"
include "dialect/ops/Structure.td"

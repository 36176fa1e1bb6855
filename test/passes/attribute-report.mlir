// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: lrp-epsilon, lrp-zplus
// RUN: rm -rf %t && split-file %s %t
// RUN: saliency-opt %t/net.mlir --saliency-attribute="method=lrp-zplus report" --saliency-check-attribution --cse | FileCheck %s
// RUN: not saliency-opt %t/rows.mlir --saliency-check-attribution 2>&1 | FileCheck %s --check-prefix=ROWS
// RUN: not saliency-opt %t/columns.mlir --saliency-check-attribution 2>&1 | FileCheck %s --check-prefix=COLUMNS
// RUN: not saliency-opt %t/rows.mlir --saliency-kernel-interface 2>&1 | FileCheck %s --check-prefix=KERNEL
//
// The report is one more result for the seed, for each layer and for the map.

//      CHECK: func.func @explain
// CHECK-SAME: tensor<2x5xf32> {saliency.role = "report"}, tensor<2x5xf32> {saliency.role = "report"}, tensor<2x5xf32> {saliency.role = "report"}, tensor<2x5xf32> {saliency.role = "report"})
// CHECK-SAME: saliency.report = {{\[}}["last", "Seed", "lrp-zplus", ""],
// CHECK-SAME: ["last", "Dense", "lrp-zplus", "loses the share of the bias"],
// CHECK-SAME: ["relu", "Rectifier", "lrp-zplus", "passed on unchanged"],
// CHECK-SAME: ["map", "Finish", "lrp-zplus", ""]]

// ROWS: error: the report of 'explain' has a row for each entry of 'saliency.report' (1), found 2
// COLUMNS: error: a row of the report of 'explain' has the samples of its input and 5 columns, found 'tensor<1x4xf32>'
// KERNEL: error: 'report' of @explain must be a matrix for each entry of 'saliency.report', found 'tensor<1x5xf32>' for row 1

//--- net.mlir
func.func @forward(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0], [4.0, 1.0, -2.0]]> : tensor<3x3xf32>} : tensor<3x3xf32>
  %b = saliency.constant {value = dense<1.0> : tensor<3xf32>} : tensor<3xf32>
  %1 = saliency.relu %x : (tensor<2x3xf32>) -> tensor<2x3xf32> loc("relu")
  %2 = saliency.gemm %1, %w, %b : (tensor<2x3xf32>, tensor<3x3xf32>, tensor<3xf32>) -> tensor<2x3xf32> loc("last")
  return %2 : tensor<2x3xf32>
}

//--- rows.mlir
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"})
    -> (tensor<1x3xf32> {saliency.role = "logits"}, tensor<1x5xf32> {saliency.role = "report"}, tensor<1x5xf32> {saliency.role = "report"})
    attributes {saliency.report = [["a", "Dense", "b", "c"]]} {
  %r = arith.constant dense<0.0> : tensor<1x5xf32>
  return %x, %r, %r : tensor<1x3xf32>, tensor<1x5xf32>, tensor<1x5xf32>
}

//--- columns.mlir
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"})
    -> (tensor<1x3xf32> {saliency.role = "logits"}, tensor<1x4xf32> {saliency.role = "report"})
    attributes {saliency.report = [["a", "Dense", "b", "c"]]} {
  %r = arith.constant dense<0.0> : tensor<1x4xf32>
  return %x, %r : tensor<1x3xf32>, tensor<1x4xf32>
}

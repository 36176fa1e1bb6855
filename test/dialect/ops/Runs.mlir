// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @draw
// CHECK: saliency.draw %{{.*}} {distribution = #saliency.distribution<normal>, seed = 3 : i64, shape = array<i64: 1, 3, 4, 4>, stream = 0 : i64} : tensor<1x3x4x4xf32>
// CHECK: #saliency.distribution<uniform>
func.func @draw(%run: index) {
  %0 = saliency.draw %run {distribution = #saliency.distribution<normal>, seed = 3 : i64, stream = 0 : i64, shape = array<i64: 1, 3, 4, 4>} : tensor<1x3x4x4xf32>
  %1 = saliency.draw %run {distribution = #saliency.distribution<uniform>, seed = 3 : i64, stream = 1 : i64, shape = array<i64: 1, 1>} : tensor<1x1xf32>
  return
}

// CHECK-LABEL: func @window_mask
// CHECK: saliency.window_mask %{{.*}} {extent = 3 : i64, shape = array<i64: 1, 1, 4, 4>, step = 2 : i64} : tensor<1x1x4x4xf32>
func.func @window_mask(%run: index) -> tensor<1x1x4x4xf32> {
  %0 = saliency.window_mask %run {extent = 3 : i64, step = 2 : i64, shape = array<i64: 1, 1, 4, 4>} : tensor<1x1x4x4xf32>
  return %0 : tensor<1x1x4x4xf32>
}

// CHECK-LABEL: func @grid_mask
// CHECK: saliency.grid_mask %{{.*}} {cells = 7 : i64, probability = 5.000000e-01 : f64, seed = 0 : i64, shape = array<i64: 1, 1, 8>} : tensor<1x1x8xf32>
func.func @grid_mask(%run: index) -> tensor<1x1x8xf32> {
  %0 = saliency.grid_mask %run {cells = 7 : i64, probability = 0.5 : f64, seed = 0 : i64, shape = array<i64: 1, 1, 8>} : tensor<1x1x8xf32>
  return %0 : tensor<1x1x8xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @take
// CHECK: saliency.take %{{.*}} {axis = 2 : i64, indices = array<i64: 1, 0, -1, 2>} : (tensor<1x4x3xf32>) -> tensor<1x4x4xf32>
func.func @take(%x: tensor<1x4x3xf32>) -> tensor<1x4x4xf32> {
  %0 = saliency.take %x {axis = 2 : i64, indices = array<i64: 1, 0, -1, 2>} : (tensor<1x4x3xf32>) -> tensor<1x4x4xf32>
  return %0 : tensor<1x4x4xf32>
}

// CHECK-LABEL: func @interpolate
// CHECK: saliency.interpolate %{{.*}} {axis = 1 : i64, extent = 3 : i64, indices = array<i64: 0, 0, 1, -1, 1, -1>, weights = array<f32: 1.000000e+00, 5.000000e-01, 1.000000e+00, 0.000000e+00, 5.000000e-01, 0.000000e+00>} : (tensor<1x2x4xf32>) -> tensor<1x3x4xf32>
func.func @interpolate(%x: tensor<1x2x4xf32>) -> tensor<1x3x4xf32> {
  %0 = saliency.interpolate %x {axis = 1 : i64, extent = 3 : i64, indices = array<i64: 0, 0, 1, -1, 1, -1>,
         weights = array<f32: 1.0, 0.5, 1.0, 0.0, 0.5, 0.0>} : (tensor<1x2x4xf32>) -> tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

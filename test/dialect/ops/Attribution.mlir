// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @reduce
// CHECK: saliency.reduce %{{.*}} {axes = array<i64: 1, 2, 3>, kind = #saliency.reduction<sum>} : (tensor<2x8x4x4xf32>) -> tensor<2x1x1x1xf32>
// CHECK: kind = #saliency.reduction<mean>
// CHECK: kind = #saliency.reduction<max>
// CHECK: kind = #saliency.reduction<min>
// CHECK: kind = #saliency.reduction<count_nonzero>
func.func @reduce(%x: tensor<2x8x4x4xf32>) {
  %0 = saliency.reduce %x {kind = #saliency.reduction<sum>, axes = array<i64: 1, 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x1x1x1xf32>
  %1 = saliency.reduce %x {kind = #saliency.reduction<mean>, axes = array<i64: 1>} : (tensor<2x8x4x4xf32>) -> tensor<2x1x4x4xf32>
  %2 = saliency.reduce %x {kind = #saliency.reduction<max>, axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  %3 = saliency.reduce %x {kind = #saliency.reduction<min>, axes = array<i64: 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x4x1xf32>
  %4 = saliency.reduce %x {kind = #saliency.reduction<count_nonzero>, axes = array<i64>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x4x4xf32>
  return
}

// CHECK-LABEL: func @broadcast
// CHECK: saliency.broadcast %{{.*}} {shape = array<i64: 2, 8, 4, 4>} : (tensor<2x1x4x1xf32>) -> tensor<2x8x4x4xf32>
func.func @broadcast(%x: tensor<2x1x4x1xf32>) -> tensor<2x8x4x4xf32> {
  %0 = saliency.broadcast %x {shape = array<i64: 2, 8, 4, 4>} : (tensor<2x1x4x1xf32>) -> tensor<2x8x4x4xf32>
  return %0 : tensor<2x8x4x4xf32>
}

// CHECK-LABEL: func @divide
// CHECK: saliency.divide %{{.*}}, %{{.*}} {division = #saliency.division<plain>, epsilon = 0.000000e+00 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
// CHECK: #saliency.division<stab>
// CHECK: #saliency.division<stab_clip>
// CHECK: #saliency.division<stab_rms>
// CHECK: #saliency.division<zero_safe>
// CHECK: #saliency.division<zero_bump>
// CHECK: #saliency.division<plus>
// CHECK: #saliency.division<plus_masked>
func.func @divide(%a: tensor<1x4xf32>, %b: tensor<1x4xf32>) {
  %0 = saliency.divide %a, %b {division = #saliency.division<plain>, epsilon = 0.0 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = saliency.divide %a, %b {division = #saliency.division<stab>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = saliency.divide %a, %b {division = #saliency.division<stab_clip>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %3 = saliency.divide %a, %b {division = #saliency.division<stab_rms>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %4 = saliency.divide %a, %b {division = #saliency.division<zero_safe>, epsilon = 0.0 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %5 = saliency.divide %a, %b {division = #saliency.division<zero_bump>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %6 = saliency.divide %a, %b {division = #saliency.division<plus>, epsilon = 1.0e-9 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %7 = saliency.divide %a, %b {division = #saliency.division<plus_masked>, epsilon = 1.0e-9 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// CHECK-LABEL: func @percentile
// CHECK: saliency.percentile %{{.*}} {q = 9.950000e+01 : f64} : (tensor<2x3x4x4xf32>) -> tensor<2x1x1x1xf32>
func.func @percentile(%x: tensor<2x3x4x4xf32>) -> tensor<2x1x1x1xf32> {
  %0 = saliency.percentile %x {q = 99.5 : f64} : (tensor<2x3x4x4xf32>) -> tensor<2x1x1x1xf32>
  return %0 : tensor<2x1x1x1xf32>
}

// CHECK-LABEL: func @arg_max
// CHECK: saliency.arg_max %{{.*}} : (tensor<2x10xf32>) -> tensor<2xi64>
func.func @arg_max(%x: tensor<2x10xf32>) -> tensor<2xi64> {
  %0 = saliency.arg_max %x : (tensor<2x10xf32>) -> tensor<2xi64>
  return %0 : tensor<2xi64>
}

// CHECK-LABEL: func @one_hot
// CHECK: saliency.one_hot %{{.*}} {classes = 10 : i64} : (tensor<2xi64>) -> tensor<2x10xf32>
func.func @one_hot(%index: tensor<2xi64>) -> tensor<2x10xf32> {
  %0 = saliency.one_hot %index {classes = 10 : i64} : (tensor<2xi64>) -> tensor<2x10xf32>
  return %0 : tensor<2x10xf32>
}

// CHECK-LABEL: func @resize
// CHECK: saliency.resize %{{.*}} {mode = #saliency.resize_mode<nearest>, spatial = array<i64: 8, 8>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
// CHECK: #saliency.resize_mode<half_pixel>
// CHECK: #saliency.resize_mode<align_corners>
func.func @resize(%x: tensor<1x3x4x4xf32>) {
  %0 = saliency.resize %x {mode = #saliency.resize_mode<nearest>, spatial = array<i64: 8, 8>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  %1 = saliency.resize %x {mode = #saliency.resize_mode<half_pixel>, spatial = array<i64: 2, 9>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x2x9xf32>
  %2 = saliency.resize %x {mode = #saliency.resize_mode<align_corners>, spatial = array<i64: 1, 1>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32>
  return
}

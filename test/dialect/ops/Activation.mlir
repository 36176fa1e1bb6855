// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @abs
// CHECK: saliency.abs %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @abs(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.abs %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @neg
// CHECK: saliency.neg %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @neg(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.neg %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @exp
// CHECK: saliency.exp %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @exp(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.exp %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @log
// CHECK: saliency.log %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @log(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.log %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @sqrt
// CHECK: saliency.sqrt %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @sqrt(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.sqrt %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @reciprocal
// CHECK: saliency.reciprocal %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @reciprocal(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.reciprocal %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @erf
// CHECK: saliency.erf %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @erf(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.erf %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @softplus
// CHECK: saliency.softplus %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @softplus(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.softplus %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @softsign
// CHECK: saliency.softsign %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @softsign(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.softsign %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @silu
// CHECK: saliency.silu %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @silu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.silu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @mish
// CHECK: saliency.mish %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @mish(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.mish %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @hard_swish
// CHECK: saliency.hard_swish %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @hard_swish(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.hard_swish %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @gelu
// CHECK: saliency.gelu %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @gelu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.gelu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @hard_sigmoid
// CHECK: saliency.hard_sigmoid %{{.*}} {alpha = 2.000000e-01 : f32, beta = 5.000000e-01 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @hard_sigmoid(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.hard_sigmoid %x {alpha = 2.000000e-01 : f32, beta = 5.000000e-01 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @elu
// CHECK: saliency.elu %{{.*}} {alpha = 1.000000e+00 : f32, scale = 1.000000e+00 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @elu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.elu %x {alpha = 1.000000e+00 : f32, scale = 1.000000e+00 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @pow
// CHECK: saliency.pow %{{.*}} {exponent = 2.000000e+00 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @pow(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.pow %x {exponent = 2.000000e+00 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @gelu_tanh
// CHECK: saliency.gelu_tanh %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @gelu_tanh(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.gelu_tanh %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @prelu
// CHECK: saliency.prelu %{{.*}}, %{{.*}} : (tensor<2x3x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
func.func @prelu(%x: tensor<2x3x4xf32>, %slope: tensor<3x1xf32>) -> tensor<2x3x4xf32> {
  %0 = saliency.prelu %x, %slope : (tensor<2x3x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func @threshold
// CHECK: saliency.threshold %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x3x4xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4xf32>
func.func @threshold(%x: tensor<2x3x4xf32>, %low: tensor<3xf32>, %high: tensor<3xf32>) -> tensor<2x3x4xf32> {
  %0 = saliency.threshold %x, %low, %high : (tensor<2x3x4xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @relu
// CHECK: saliency.relu %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @relu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @clip
// CHECK: saliency.clip %{{.*}} {max = 6.000000e+00 : f32, min = 0.000000e+00 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @clip(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.clip %x {min = 0.0 : f32, max = 6.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @sigmoid
// CHECK: saliency.sigmoid %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @sigmoid(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.sigmoid %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @tanh
// CHECK: saliency.tanh %{{.*}} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @tanh(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.tanh %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @leaky_relu
// CHECK: saliency.leaky_relu %{{.*}} {alpha = 1.000000e-01 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
func.func @leaky_relu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.leaky_relu %x {alpha = 0.1 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: func @add
// CHECK: saliency.add %{{.*}}, %{{.*}} : (tensor<2x3x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
func.func @add(%a: tensor<2x3x4xf32>, %b: tensor<3x1xf32>) -> tensor<2x3x4xf32> {
  %0 = saliency.add %a, %b : (tensor<2x3x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func @sub
// CHECK: saliency.sub %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
func.func @sub(%a: tensor<4xf32>, %b: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = saliency.sub %a, %b : (tensor<4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func @mul
// CHECK: saliency.mul %{{.*}}, %{{.*}} : (tensor<2x1x4xf32>, tensor<2x3x1xf32>) -> tensor<2x3x4xf32>
func.func @mul(%a: tensor<2x1x4xf32>, %b: tensor<2x3x1xf32>) -> tensor<2x3x4xf32> {
  %0 = saliency.mul %a, %b : (tensor<2x1x4xf32>, tensor<2x3x1xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func @div
// CHECK: saliency.div %{{.*}}, %{{.*}} : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32>
func.func @div(%a: tensor<2x4xf32>, %b: tensor<f32>) -> tensor<2x4xf32> {
  %0 = saliency.div %a, %b : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: func @batch_norm
// CHECK: saliency.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {epsilon = 9.99999974E-6 : f32} : (tensor<2x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4x4xf32>
func.func @batch_norm(%x: tensor<2x3x4x4xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>, %mean: tensor<3xf32>, %variance: tensor<3xf32>) -> tensor<2x3x4x4xf32> {
  %0 = saliency.batch_norm %x, %gamma, %beta, %mean, %variance {epsilon = 1.0e-5 : f32} : (tensor<2x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4x4xf32>
  return %0 : tensor<2x3x4x4xf32>
}

// CHECK-LABEL: func @softmax
// CHECK: saliency.softmax %{{.*}} {axis = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
func.func @softmax(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = saliency.softmax %x {axis = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: func @layer_norm
// CHECK: saliency.layer_norm %{{.*}}, %{{.*}}, %{{.*}} {axis = 2 : i64, epsilon = 9.99999974E-6 : f32} : (tensor<2x3x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
func.func @layer_norm(%x: tensor<2x3x4xf32>, %gamma: tensor<4xf32>, %beta: tensor<4xf32>) -> tensor<2x3x4xf32> {
  %0 = saliency.layer_norm %x, %gamma, %beta {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<2x3x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

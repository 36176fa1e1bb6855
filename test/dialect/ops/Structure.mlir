// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @constant
// CHECK: saliency.constant {value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>} : tensor<2xf32>
// CHECK: saliency.constant {value = dense_resource<weights> : tensor<4xf32>} : tensor<4xf32>
// CHECK: saliency.constant {value = dense<7> : tensor<1xi64>} : tensor<1xi64>
func.func @constant() {
  %0 = saliency.constant {value = dense<[1.0, 2.0]> : tensor<2xf32>} : tensor<2xf32>
  %1 = saliency.constant {value = dense_resource<weights> : tensor<4xf32>} : tensor<4xf32>
  %2 = saliency.constant {value = dense<7> : tensor<1xi64>} : tensor<1xi64>
  return
}

// CHECK-LABEL: func @reshape
// CHECK: saliency.reshape %{{.*}} {shape = array<i64: 2, 12>} : (tensor<2x3x4xf32>) -> tensor<2x12xf32>
func.func @reshape(%x: tensor<2x3x4xf32>) -> tensor<2x12xf32> {
  %0 = saliency.reshape %x {shape = array<i64: 2, 12>} : (tensor<2x3x4xf32>) -> tensor<2x12xf32>
  return %0 : tensor<2x12xf32>
}

// CHECK-LABEL: func @transpose
// CHECK: saliency.transpose %{{.*}} {permutation = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
func.func @transpose(%x: tensor<2x3x4xf32>) -> tensor<2x4x3xf32> {
  %0 = saliency.transpose %x {permutation = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  return %0 : tensor<2x4x3xf32>
}

// CHECK-LABEL: func @slice
// CHECK: saliency.slice %{{.*}} {sizes = array<i64: 2, 2>, starts = array<i64: 0, 1>, strides = array<i64: 1, 3>} : (tensor<2x5xf32>) -> tensor<2x2xf32>
func.func @slice(%x: tensor<2x5xf32>) -> tensor<2x2xf32> {
  %0 = saliency.slice %x {starts = array<i64: 0, 1>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 3>} : (tensor<2x5xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// CHECK-LABEL: func @pad
// CHECK: saliency.pad %{{.*}} {high = array<i64: 0, 2>, interior = array<i64: 0, 1>, low = array<i64: 0, 1>, value = -1.000000e+00 : f32} : (tensor<2x5xf32>) -> tensor<2x12xf32>
func.func @pad(%x: tensor<2x5xf32>) -> tensor<2x12xf32> {
  %0 = saliency.pad %x {low = array<i64: 0, 1>, high = array<i64: 0, 2>, interior = array<i64: 0, 1>, value = -1.0 : f32} : (tensor<2x5xf32>) -> tensor<2x12xf32>
  return %0 : tensor<2x12xf32>
}

// CHECK-LABEL: func @upsample
// CHECK: saliency.upsample %{{.*}} {factors = array<i64: 2, 1>} : (tensor<1x3x4x5xf32>) -> tensor<1x3x8x5xf32>
func.func @upsample(%x: tensor<1x3x4x5xf32>) -> tensor<1x3x8x5xf32> {
  %0 = saliency.upsample %x {factors = array<i64: 2, 1>} : (tensor<1x3x4x5xf32>) -> tensor<1x3x8x5xf32>
  return %0 : tensor<1x3x8x5xf32>
}

// CHECK-LABEL: func @identity
// CHECK: saliency.identity %{{.*}} {onnx.value = "kept"} : (tensor<2x5xf32>) -> tensor<2x5xf32>
func.func @identity(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %0 = saliency.identity %x {onnx.value = "kept"} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}

// CHECK-LABEL: func @dropout
// CHECK: saliency.dropout %{{.*}} : (tensor<2x5xf32>) -> tensor<2x5xf32>
func.func @dropout(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %0 = saliency.dropout %x : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}

// CHECK-LABEL: func @concat
// CHECK: saliency.concat %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<2x1xf32>, tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
func.func @concat(%a: tensor<2x1xf32>, %b: tensor<2x3xf32>) -> tensor<2x5xf32> {
  %0 = saliency.concat %a, %b, %a {axis = 1 : i64} : (tensor<2x1xf32>, tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x040000000000803F000000400000404000008040"
    }
  }
#-}

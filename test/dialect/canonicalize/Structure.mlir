// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @reshape_to_its_own_shape
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @reshape_to_its_own_shape(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = saliency.reshape %x {shape = array<i64: 2, 3>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// A user may ask for the relevance of this value.
// CHECK-LABEL: func @named_reshape_stays
// CHECK: saliency.reshape {{.*}}onnx.value = "flat"
func.func @named_reshape_stays(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = saliency.reshape %x {shape = array<i64: 2, 3>, onnx.value = "flat"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func @identity_and_dropout_stay
// CHECK: saliency.identity
// CHECK: saliency.dropout
func.func @identity_and_dropout_stay(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = saliency.identity %x {onnx.value = "a"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = saliency.dropout %0 {onnx.value = "b"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// CHECK-LABEL: func @equal_constants
// CHECK: %[[C:.*]] = saliency.constant {value = dense<1.000000e+00> : tensor<2x3xf32>}
// CHECK-NOT: constant
// CHECK: saliency.mul %{{.*}}, %[[C]]
// CHECK: saliency.add %{{.*}}, %[[C]]
func.func @equal_constants(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = saliency.constant {value = dense<1.0> : tensor<2x3xf32>} : tensor<2x3xf32>
  %1 = saliency.mul %x, %0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = saliency.constant {value = dense<1.0> : tensor<2x3xf32>} : tensor<2x3xf32>
  %3 = saliency.add %1, %2 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// CHECK-LABEL: func @unused_layers
// CHECK-NEXT: return
func.func @unused_layers(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>) {
  %0 = saliency.gemm %x, %w : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<2x4xf32>
  %1 = saliency.relu %0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = saliency.arg_max %1 : (tensor<2x4xf32>) -> tensor<2xi64>
  %3 = saliency.one_hot %2 {classes = 4 : i64} : (tensor<2xi64>) -> tensor<2x4xf32>
  return
}

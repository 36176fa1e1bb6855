// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-fold-batch-norm --canonicalize | %weights | FileCheck %s

#window = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

// s = gamma / sqrt(variance) = (2, 1): W' = s W = (2, 3), b' = beta + s (b - mean) = (2, 4). The layer keeps its place and
// takes over the name of the value that the batch norm produced.
// CHECK-LABEL: func @conv
// CHECK-DAG: %[[W:.*]] = saliency.constant {value = dense_resource<[[WEIGHTS:folded[_0-9]*]]> : tensor<2x1x1x1xf32>}
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[BIAS:folded[_0-9]*]]> : tensor<2xf32>}
// CHECK: %[[Y:.*]] = saliency.conv %{{.*}}, %[[W]], %[[B]] {onnx.value = "norm", window = {{.*}}}
// CHECK-NOT: batch_norm
// CHECK: return %[[Y]]
func.func @conv(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = saliency.constant {value = dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32>} : tensor<2x1x1x1xf32>
  %b = saliency.constant {value = dense<[1.0, 0.0]> : tensor<2xf32>} : tensor<2xf32>
  %gamma = saliency.constant {value = dense<[4.0, 1.0]> : tensor<2xf32>} : tensor<2xf32>
  %beta = saliency.constant {value = dense<[1.0, 5.0]> : tensor<2xf32>} : tensor<2xf32>
  %mean = saliency.constant {value = dense<[0.5, 1.0]> : tensor<2xf32>} : tensor<2xf32>
  %variance = saliency.constant {value = dense<[4.0, 1.0]> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.conv %x, %w, %b {window = #window, onnx.value = "conv"} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = saliency.batch_norm %0, %gamma, %beta, %mean, %variance {epsilon = 0.0 : f32, onnx.value = "norm"} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// s = 1 / sqrt(3 + 1) = 0.5 in every channel, no bias: b' = 1 - 0.5 * 2 = 0.
// CHECK-LABEL: func @gemm
// CHECK-DAG: %[[W:.*]] = saliency.constant {value = dense_resource<[[HALVES:folded[_0-9]*]]> : tensor<2x1xf32>}
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[ZEROS:folded[_0-9]*]]> : tensor<2xf32>}
// CHECK: saliency.gemm %{{.*}}, %[[W]], %[[B]]
// CHECK-NOT: batch_norm
func.func @gemm(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<2x1xf32>} : tensor<2x1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %two = saliency.constant {value = dense<2.0> : tensor<2xf32>} : tensor<2xf32>
  %three = saliency.constant {value = dense<3.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.gemm %x, %w : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  %1 = saliency.batch_norm %0, %one, %one, %two, %three {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: func @other_use
// CHECK: saliency.batch_norm
func.func @other_use(%x: tensor<1x1xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = saliency.constant {value = dense<1.0> : tensor<2x1xf32>} : tensor<2x1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.gemm %x, %w : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  %1 = saliency.batch_norm %0, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// CHECK-LABEL: func @no_linear_map
// CHECK: saliency.batch_norm
func.func @no_linear_map(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.relu %x : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = saliency.batch_norm %0, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: func @unknown_weights
// CHECK: saliency.batch_norm
func.func @unknown_weights(%x: tensor<1x1xf32>, %w: tensor<2x1xf32>) -> tensor<1x2xf32> {
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.gemm %x, %w : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  %1 = saliency.batch_norm %0, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: func @weights_per_sample
// CHECK: saliency.batch_norm
func.func @weights_per_sample(%x: tensor<2x1xf32>) -> tensor<2x2xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<2x2x1xf32>} : tensor<2x2x1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.gemm %x, %w : (tensor<2x1xf32>, tensor<2x2x1xf32>) -> tensor<2x2xf32>
  %1 = saliency.batch_norm %0, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// CHECK-DAG: [[WEIGHTS]]: [2, 3]
// CHECK-DAG: [[BIAS]]: [2, 4]
// CHECK-DAG: [[HALVES]]: [0.5, 0.5]
// CHECK-DAG: [[ZEROS]]: [0, 0]

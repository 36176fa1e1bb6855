// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-threshold-units --canonicalize | %weights | FileCheck %s

#point = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
#line = #saliency.window<kernel = [2], strides = [1], low = [1], high = [0], dilations = [1]>
#all = #saliency.window<kernel = [2, 2], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

// s = gamma = (2, -1, 0, 0), h = beta = (4, 6, 3, -3): x is limited from below at -2, from above at 6; the third channel is the
// constant 3, the fourth 0. W' = W diag(s) = (2, -2, 0, 0), b' = W h = 4 + 12 + 9 + 0 = 25.
// CHECK-LABEL: func @relu
// CHECK-DAG: %[[LOW:.*]] = saliency.constant {value = dense_resource<[[LOWS:folded[_0-9]*]]> : tensor<4xf32>}
// CHECK-DAG: %[[HIGH:.*]] = saliency.constant {value = dense_resource<[[HIGHS:folded[_0-9]*]]> : tensor<4xf32>}
// CHECK-DAG: %[[W:.*]] = saliency.constant {value = dense_resource<[[WEIGHTS:folded[_0-9]*]]> : tensor<1x4x1x1xf32>}
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[BIAS:folded[_0-9]*]]> : tensor<1xf32>}
// CHECK: %[[T:.*]] = saliency.threshold %arg0, %[[LOW]], %[[HIGH]] : (
// CHECK: %[[Y:.*]] = saliency.conv %[[T]], %[[W]], %[[B]] {onnx.value = "conv", saliency.folded_bias, window = {{.*}}}
// CHECK-NOT: batch_norm
// CHECK: return %[[Y]]
func.func @relu(%x: tensor<1x4x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %w = saliency.constant {value = dense<[[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]]> : tensor<1x4x1x1xf32>} : tensor<1x4x1x1xf32>
  %gamma = saliency.constant {value = dense<[2.0, -1.0, 0.0, 0.0]> : tensor<4xf32>} : tensor<4xf32>
  %beta = saliency.constant {value = dense<[4.0, 6.0, 3.0, -3.0]> : tensor<4xf32>} : tensor<4xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<4xf32>} : tensor<4xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<4xf32>} : tensor<4xf32>
  %0 = saliency.batch_norm %x, %gamma, %beta, %zero, %one {epsilon = 0.0 : f32, onnx.value = "norm"} : (tensor<1x4x2x2xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x2x2xf32>
  %1 = saliency.relu %0 {onnx.value = "relu"} : (tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  %2 = saliency.conv %1, %w {window = #point, onnx.value = "conv"} : (tensor<1x4x2x2xf32>, tensor<1x4x1x1xf32>) -> tensor<1x1x2x2xf32>
  return %2 : tensor<1x1x2x2xf32>
}

// Two bounds, which a negative scale swaps; clip(3, -1, 2) = 2. s = (2, -1, 0), h = (4, 6, 3): [-2.5, -1], [4, 7].
// CHECK-LABEL: func @clip
// CHECK-DAG: %[[LOW:.*]] = saliency.constant {value = dense_resource<[[CLIPLOWS:folded[_0-9]*]]> : tensor<3xf32>}
// CHECK-DAG: %[[HIGH:.*]] = saliency.constant {value = dense_resource<[[CLIPHIGHS:folded[_0-9]*]]> : tensor<3xf32>}
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[CLIPBIAS:folded[_0-9]*]]> : tensor<1xf32>}
// CHECK: %[[T:.*]] = saliency.threshold %arg0, %[[LOW]], %[[HIGH]]
// CHECK: saliency.gemm %[[T]], %{{.*}}, %[[B]]
func.func @clip(%x: tensor<1x3xf32>) -> tensor<1x1xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0, 4.0]]> : tensor<1x3xf32>} : tensor<1x3xf32>
  %b = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %gamma = saliency.constant {value = dense<[2.0, -1.0, 0.0]> : tensor<3xf32>} : tensor<3xf32>
  %beta = saliency.constant {value = dense<[4.0, 6.0, 3.0]> : tensor<3xf32>} : tensor<3xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<3xf32>} : tensor<3xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<3xf32>} : tensor<3xf32>
  %0 = saliency.batch_norm %x, %gamma, %beta, %zero, %one {epsilon = 0.0 : f32} : (tensor<1x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  %1 = saliency.clip %0 {min = -1.0 : f32, max = 2.0 : f32} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %2 = saliency.gemm %1, %w, %b : (tensor<1x3xf32>, tensor<1x3xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// A scale so small that no float32 reaches the bound -h / s: the channel is a constant, here 0 and 1.
// CHECK-LABEL: func @tiny_scale
// CHECK-DAG: saliency.constant {value = dense_resource<[[TINYBOUNDS:folded[_0-9]*]]> : tensor<2xf32>}
// CHECK-DAG: saliency.constant {value = dense_resource<[[TINYBIAS:folded[_0-9]*]]> : tensor<1xf32>}
// CHECK: saliency.threshold
func.func @tiny_scale(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = saliency.constant {value = dense<[[8.0, 16.0]]> : tensor<1x2xf32>} : tensor<1x2xf32>
  %gamma = saliency.constant {value = dense<[1.0e-40, -1.0e-40]> : tensor<2xf32>} : tensor<2xf32>
  %beta = saliency.constant {value = dense<[-3.0, 2.0]> : tensor<2xf32>} : tensor<2xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<2xf32>} : tensor<2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %gamma, %beta, %zero, %one {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.clip %0 {min = 0.0 : f32, max = 1.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = saliency.gemm %1, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// The border of a padded convolution: s = 2, h = 3, W = (1, 4): b' = 12, 15, 15.
// CHECK-LABEL: func @padded
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[BORDER:folded[_0-9]*]]> : tensor<1x1x3xf32>}
// CHECK: %[[T:.*]] = saliency.threshold %arg0
// CHECK: saliency.conv %[[T]], %{{.*}}, %[[B]]
func.func @padded(%x: tensor<2x1x3xf32>) -> tensor<2x1x3xf32> {
  %w = saliency.constant {value = dense<[[[1.0, 4.0]]]> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %two = saliency.constant {value = dense<2.0> : tensor<1xf32>} : tensor<1xf32>
  %five = saliency.constant {value = dense<5.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %two, %five, %one, %one {epsilon = 0.0 : f32} : (tensor<2x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x1x3xf32>
  %1 = saliency.relu %0 : (tensor<2x1x3xf32>) -> tensor<2x1x3xf32>
  %2 = saliency.conv %1, %w {window = #line} : (tensor<2x1x3xf32>, tensor<1x1x2xf32>) -> tensor<2x1x3xf32>
  return %2 : tensor<2x1x3xf32>
}

// One batch norm, two rectifiers: the one with another reader keeps the batch norm.
// CHECK-LABEL: func @two_rectifiers
// CHECK: %[[N:.*]] = saliency.batch_norm %arg0
// CHECK: %[[T:.*]] = saliency.threshold %arg0
// CHECK: %[[R:.*]] = saliency.clip %[[N]]
// CHECK: saliency.gemm %[[T]]
// CHECK: saliency.gemm %[[R]]
// CHECK: saliency.tanh %[[R]]
func.func @two_rectifiers(%x: tensor<1x2xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x2xf32>) {
  %w = saliency.constant {value = dense<1.0> : tensor<1x2xf32>} : tensor<1x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.relu %0 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = saliency.clip %0 {min = 0.0 : f32, max = 6.0 : f32} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %3 = saliency.gemm %1, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %4 = saliency.gemm %2, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %5 = saliency.tanh %2 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %3, %4, %5 : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x2xf32>
}

// The head of a DenseNet: the mean lies between.
// CHECK-LABEL: func @mean
// CHECK: %[[T:.*]] = saliency.threshold %arg0
// CHECK: %[[M:.*]] = saliency.avg_pool %[[T]] {window
// CHECK: %[[F:.*]] = saliency.reshape %[[M]]
// CHECK: saliency.gemm %[[F]], %{{.*}}, %{{.*}} {
func.func @mean(%x: tensor<1x1x2x2xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<2x1xf32>} : tensor<2x1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x1x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x2x2xf32>
  %1 = saliency.relu %0 : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %2 = saliency.avg_pool %1 {window = #all, onnx.value = "gap"} : (tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32>
  %3 = saliency.reshape %2 {shape = array<i64: 1, 1>} : (tensor<1x1x1x1xf32>) -> tensor<1x1xf32>
  %4 = saliency.gemm %3, %w : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  return %4 : tensor<1x2xf32>
}

// A max pool chooses among channels of either sign of s, another activation limits nothing: both stay.
// CHECK-LABEL: func @max_pool
// CHECK: saliency.batch_norm
func.func @max_pool(%x: tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<1x1x1x1xf32>} : tensor<1x1x1x1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x1x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x2x2xf32>
  %1 = saliency.relu %0 : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %2 = saliency.max_pool %1 {window = #all} : (tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32>
  %3 = saliency.conv %2, %w {window = #point} : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  return %3 : tensor<1x1x1x1xf32>
}

// CHECK-LABEL: func @sigmoid
// CHECK: saliency.batch_norm
func.func @sigmoid(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<1x2xf32>} : tensor<1x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.sigmoid %0 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = saliency.gemm %1, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// Statistics that are no constants.
// CHECK-LABEL: func @unknown_statistics
// CHECK: saliency.batch_norm
func.func @unknown_statistics(%x: tensor<1x2xf32>, %gamma: tensor<2xf32>) -> tensor<1x1xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<1x2xf32>} : tensor<1x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %gamma, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.relu %0 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = saliency.gemm %1, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// CHECK-DAG: [[LOWS]]: [-2, -inf, 0, 0]
// CHECK-DAG: [[HIGHS]]: [inf, 6, 0, 0]
// CHECK-DAG: [[WEIGHTS]]: [2, -2, 0, 0]
// CHECK-DAG: [[BIAS]]: [25]
// CHECK-DAG: [[CLIPLOWS]]: [-2.5, 4, 0]
// CHECK-DAG: [[CLIPHIGHS]]: [-1, 7, 0]
// CHECK-DAG: [[CLIPBIAS]]: [25]
// CHECK-DAG: [[TINYBOUNDS]]: [0, 0]
// CHECK-DAG: [[TINYBIAS]]: [16]
// CHECK-DAG: [[BORDER]]: [12, 15, 15]

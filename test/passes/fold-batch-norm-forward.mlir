// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-fold-batch-norm-forward --canonicalize | %weights | FileCheck %s

#point = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
#line = #saliency.window<kernel = [2], strides = [1], low = [1], high = [0], dilations = [1]>
#inside = #saliency.window<kernel = [2], strides = [1], low = [0], high = [0], dilations = [1]>
#all = #saliency.window<kernel = [2, 2], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
#framed = #saliency.window<kernel = [2, 2], strides = [1, 1], low = [1, 1], high = [0, 0], dilations = [1, 1]>

// s = gamma / sqrt(variance) = (2, -1), h = beta - s mean = (0, 6): W' = W diag(s) = (2, -3), b' = b + W h = 1 + 18 = 19.
// CHECK-LABEL: func @conv
// CHECK-DAG: %[[W:.*]] = saliency.constant {value = dense_resource<[[WEIGHTS:folded[_0-9]*]]> : tensor<1x2x1x1xf32>}
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[BIAS:folded[_0-9]*]]> : tensor<1xf32>}
// CHECK: %[[Y:.*]] = saliency.conv %arg0, %[[W]], %[[B]] {onnx.value = "conv", window = {{.*}}}
// CHECK-NOT: batch_norm
// CHECK: return %[[Y]]
func.func @conv(%x: tensor<1x2x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %w = saliency.constant {value = dense<[[[[1.0]], [[3.0]]]]> : tensor<1x2x1x1xf32>} : tensor<1x2x1x1xf32>
  %b = saliency.constant {value = dense<[1.0]> : tensor<1xf32>} : tensor<1xf32>
  %gamma = saliency.constant {value = dense<[4.0, -1.0]> : tensor<2xf32>} : tensor<2xf32>
  %beta = saliency.constant {value = dense<[1.0, 5.0]> : tensor<2xf32>} : tensor<2xf32>
  %mean = saliency.constant {value = dense<[0.5, 1.0]> : tensor<2xf32>} : tensor<2xf32>
  %variance = saliency.constant {value = dense<[4.0, 1.0]> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %gamma, %beta, %mean, %variance {epsilon = 0.0 : f32, onnx.value = "norm"} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = saliency.conv %0, %w, %b {window = #point, onnx.value = "conv"} : (tensor<1x2x2x2xf32>, tensor<1x2x1x1xf32>, tensor<1xf32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// The window's first cell lies on padding at the first position: h enters once there, twice elsewhere. s = 2, h = 3,
// W = (1, 4): b' = 12, then 15 at the other positions.
// CHECK-LABEL: func @padded
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[BORDER:folded[_0-9]*]]> : tensor<1x1x3xf32>}
// CHECK: saliency.conv %arg0, %{{.*}}, %[[B]] {saliency.folded_bias, window = {{.*}}} : (tensor<2x1x3xf32>, tensor<1x1x2xf32>, tensor<1x1x3xf32>)
func.func @padded(%x: tensor<2x1x3xf32>) -> tensor<2x1x3xf32> {
  %w = saliency.constant {value = dense<[[[1.0, 4.0]]]> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %two = saliency.constant {value = dense<2.0> : tensor<1xf32>} : tensor<1xf32>
  %five = saliency.constant {value = dense<5.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %two, %five, %one, %one {epsilon = 0.0 : f32} : (tensor<2x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x1x3xf32>
  %1 = saliency.conv %0, %w {window = #line} : (tensor<2x1x3xf32>, tensor<1x1x2xf32>) -> tensor<2x1x3xf32>
  return %1 : tensor<2x1x3xf32>
}

// The same where a pad op adds the zeros, through a dropout; their values are no longer the network's, so they have no name.
// CHECK-LABEL: func @explicit_padding
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[EXPLICIT:folded[_0-9]*]]> : tensor<1x1x3xf32>}
// CHECK: %[[D:.*]] = saliency.dropout %arg0 : (
// CHECK: %[[P:.*]] = saliency.pad %[[D]] {high = array<i64: 0, 0, 0>, interior = array<i64: 0, 0, 0>, low = array<i64: 0, 0, 1>} : (
// CHECK: saliency.conv %[[P]], %{{.*}}, %[[B]] {onnx.value = "conv"
func.func @explicit_padding(%x: tensor<2x1x3xf32>) -> tensor<2x1x3xf32> {
  %w = saliency.constant {value = dense<[[[1.0, 4.0]]]> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %two = saliency.constant {value = dense<2.0> : tensor<1xf32>} : tensor<1xf32>
  %five = saliency.constant {value = dense<5.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %two, %five, %one, %one {epsilon = 0.0 : f32, onnx.value = "norm"} : (tensor<2x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x1x3xf32>
  %1 = saliency.dropout %0 {onnx.value = "drop"} : (tensor<2x1x3xf32>) -> tensor<2x1x3xf32>
  %2 = saliency.pad %1 {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 0>, interior = array<i64: 0, 0, 0>, onnx.value = "pad"} : (tensor<2x1x3xf32>) -> tensor<2x1x4xf32>
  %3 = saliency.conv %2, %w {window = #inside, onnx.value = "conv"} : (tensor<2x1x4xf32>, tensor<1x1x2xf32>) -> tensor<2x1x3xf32>
  return %3 : tensor<2x1x3xf32>
}

// Without a shift the border needs no correction.
// CHECK-LABEL: func @no_shift
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense_resource<[[NOTHING:folded[_0-9]*]]> : tensor<1xf32>}
// CHECK: saliency.conv %arg0, %{{.*}}, %[[B]]
func.func @no_shift(%x: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %w = saliency.constant {value = dense<[[[1.0, 4.0]]]> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<1xf32>} : tensor<1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %two = saliency.constant {value = dense<2.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %two, %zero, %zero, %one {epsilon = 0.0 : f32} : (tensor<1x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x3xf32>
  %1 = saliency.conv %0, %w {window = #line} : (tensor<1x1x3xf32>, tensor<1x1x2xf32>) -> tensor<1x1x3xf32>
  return %1 : tensor<1x1x3xf32>
}

// Several readers, one behind a mean and a reshape: all are folded. s = 2, h = 3.
// CHECK-LABEL: func @readers
// CHECK-NOT: batch_norm
// CHECK: saliency.conv %arg0, %{{.*}}, %{{.*}} {
// CHECK: %[[M:.*]] = saliency.avg_pool %arg0
// CHECK: %[[F:.*]] = saliency.reshape %[[M]]
// CHECK: saliency.gemm %[[F]], %{{.*}}, %{{.*}} {
func.func @readers(%x: tensor<1x1x2x2xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x2xf32>) {
  %w = saliency.constant {value = dense<1.0> : tensor<1x1x1x1xf32>} : tensor<1x1x1x1xf32>
  %d = saliency.constant {value = dense<1.0> : tensor<2x1xf32>} : tensor<2x1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x1x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x2x2xf32>
  %1 = saliency.conv %0, %w {window = #point} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %2 = saliency.avg_pool %0 {window = #all} : (tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32>
  %3 = saliency.reshape %2 {shape = array<i64: 1, 1>} : (tensor<1x1x1x1xf32>) -> tensor<1x1xf32>
  %4 = saliency.gemm %3, %d : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  return %1, %4 : tensor<1x1x2x2xf32>, tensor<1x2xf32>
}

// A flattened map: each channel stands for a run of features. s = (2, -1), h = (0, 6), W = (1, 2, 3, 4): W' = (2, 4, -3, -4),
// b' = 7 * 6 = 42.
// CHECK-LABEL: func @flattened
// CHECK-DAG: saliency.constant {value = dense_resource<[[FLAT:folded[_0-9]*]]> : tensor<1x4xf32>}
// CHECK-DAG: saliency.constant {value = dense_resource<[[FLATBIAS:folded[_0-9]*]]> : tensor<1xf32>}
// CHECK: saliency.gemm
func.func @flattened(%x: tensor<1x2x2xf32>) -> tensor<1x1xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>} : tensor<1x4xf32>
  %gamma = saliency.constant {value = dense<[4.0, -1.0]> : tensor<2xf32>} : tensor<2xf32>
  %beta = saliency.constant {value = dense<[1.0, 5.0]> : tensor<2xf32>} : tensor<2xf32>
  %mean = saliency.constant {value = dense<[0.5, 1.0]> : tensor<2xf32>} : tensor<2xf32>
  %variance = saliency.constant {value = dense<[4.0, 1.0]> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %gamma, %beta, %mean, %variance {epsilon = 0.0 : f32} : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
  %1 = saliency.reshape %0 {shape = array<i64: 1, 4>} : (tensor<1x2x2xf32>) -> tensor<1x4xf32>
  %2 = saliency.gemm %1, %w : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// What cannot take the batch norm over keeps it: an activation, the network's end, a second reader of those kinds, ...
// CHECK-LABEL: func @activation
// CHECK: saliency.batch_norm
func.func @activation(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.relu %0 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: func @also_returned
// CHECK: %[[N:.*]] = saliency.batch_norm
// CHECK: saliency.gemm %[[N]]
func.func @also_returned(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>) {
  %w = saliency.constant {value = dense<1.0> : tensor<3x2xf32>} : tensor<3x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.gemm %0, %w : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x3xf32>
}

// ... an average that counts its padding, ...
// CHECK-LABEL: func @counted_padding
// CHECK: saliency.batch_norm
func.func @counted_padding(%x: tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<1x1x1x1xf32>} : tensor<1x1x1x1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x1x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x2x2xf32>
  %1 = saliency.avg_pool %0 {window = #framed, count_include_pad} : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %2 = saliency.conv %1, %w {window = #point} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  return %2 : tensor<1x1x2x2xf32>
}

// ... padding with another number, an average behind padding, ...
// CHECK-LABEL: func @padding_with_ones
// CHECK: saliency.batch_norm
func.func @padding_with_ones(%x: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x3xf32>
  %1 = saliency.pad %0 {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 0>, interior = array<i64: 0, 0, 0>, value = 1.0 : f32} : (tensor<1x1x3xf32>) -> tensor<1x1x4xf32>
  %2 = saliency.conv %1, %w {window = #inside} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>) -> tensor<1x1x3xf32>
  return %2 : tensor<1x1x3xf32>
}

// CHECK-LABEL: func @average_of_padding
// CHECK: saliency.batch_norm
func.func @average_of_padding(%x: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<1x1xf32>} : tensor<1x1xf32>
  %k = saliency.constant {value = dense<1.0> : tensor<1x1x1xf32>} : tensor<1x1x1xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<1xf32>} : tensor<1xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x3xf32>
  %1 = saliency.pad %0 {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 0>, interior = array<i64: 0, 0, 0>} : (tensor<1x1x3xf32>) -> tensor<1x1x4xf32>
  %2 = saliency.avg_pool %1 {window = #inside} : (tensor<1x1x4xf32>) -> tensor<1x1x3xf32>
  %3 = saliency.conv %2, %k {window = #saliency.window<kernel = [1], strides = [1], low = [0], high = [0], dilations = [1]>} : (tensor<1x1x3xf32>, tensor<1x1x1xf32>) -> tensor<1x1x3xf32>
  return %3 : tensor<1x1x3xf32>
}

// ... a dense layer on another axis, weights that are not known, weights of each sample, numbers that are not finite.
// CHECK-LABEL: func @other_axis
// CHECK: saliency.batch_norm
func.func @other_axis(%x: tensor<1x2x2xf32>) -> tensor<1x2x3xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<3x2xf32>} : tensor<3x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
  %1 = saliency.gemm %0, %w : (tensor<1x2x2xf32>, tensor<3x2xf32>) -> tensor<1x2x3xf32>
  return %1 : tensor<1x2x3xf32>
}

// CHECK-LABEL: func @unknown_weights
// CHECK: saliency.batch_norm
func.func @unknown_weights(%x: tensor<1x2xf32>, %w: tensor<3x2xf32>) -> tensor<1x3xf32> {
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.gemm %0, %w : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// CHECK-LABEL: func @weights_per_sample
// CHECK: saliency.batch_norm
func.func @weights_per_sample(%x: tensor<2x2xf32>) -> tensor<2x3xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<2x3x2xf32>} : tensor<2x3x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %one {epsilon = 1.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %1 = saliency.gemm %0, %w : (tensor<2x2xf32>, tensor<2x3x2xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// CHECK-LABEL: func @no_deviation
// CHECK: saliency.batch_norm
func.func @no_deviation(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<3x2xf32>} : tensor<3x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %one, %one, %one, %zero {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.gemm %0, %w : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// CHECK-LABEL: func @overflow
// CHECK: saliency.batch_norm
func.func @overflow(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<1.0e+30> : tensor<3x2xf32>} : tensor<3x2xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %huge = saliency.constant {value = dense<1.0e+20> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.batch_norm %x, %huge, %one, %one, %one {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = saliency.gemm %0, %w : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// CHECK-DAG: [[WEIGHTS]]: [2, -3]
// CHECK-DAG: [[BIAS]]: [19]
// CHECK-DAG: [[BORDER]]: [12, 15, 15]
// CHECK-DAG: [[EXPLICIT]]: [12, 15, 15]
// CHECK-DAG: [[NOTHING]]: [0]
// CHECK-DAG: [[FLAT]]: [2, 4, -3, -4]
// CHECK-DAG: [[FLATBIAS]]: [42]

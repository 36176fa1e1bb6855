// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-recognise-layers | FileCheck %s

// (x - mean) / sqrt(variance + epsilon) gamma + beta, both means as exporters write them.
// CHECK-LABEL: func @layer_norm
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x4xf32>)
// CHECK-DAG: %[[GAMMA:.*]] = saliency.constant {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]>
// CHECK-DAG: %[[BETA:.*]] = saliency.constant {value = dense<[5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00]>
// CHECK: %[[Y:.*]] = saliency.layer_norm %[[X]], %[[GAMMA]], %[[BETA]] {axis = 2 : i64, epsilon = 9.99999974E-6 : f32, onnx.value = "norm"}
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %epsilon = saliency.constant {value = dense<1.0e-5> : tensor<f32>} : tensor<f32>
  %gamma = saliency.constant {value = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>} : tensor<4xf32>
  %beta = saliency.constant {value = dense<[5.0, 6.0, 7.0, 8.0]> : tensor<4xf32>} : tensor<4xf32>
  %m = saliency.avg_pool %x {window = #saliency.window<kernel = [4], strides = [1], low = [0], high = [0], dilations = [1]>} : (tensor<1x3x4xf32>) -> tensor<1x3x1xf32>
  %d = saliency.sub %x, %m : (tensor<1x3x4xf32>, tensor<1x3x1xf32>) -> tensor<1x3x4xf32>
  %s = saliency.pow %d {exponent = 2.0 : f32} : (tensor<1x3x4xf32>) -> tensor<1x3x4xf32>
  %r = saliency.reshape %s {shape = array<i64: 1, 3, 4, 1>} : (tensor<1x3x4xf32>) -> tensor<1x3x4x1xf32>
  %p = saliency.avg_pool %r {window = #saliency.window<kernel = [4, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>} : (tensor<1x3x4x1xf32>) -> tensor<1x3x1x1xf32>
  %v = saliency.reshape %p {shape = array<i64: 1, 3, 1>} : (tensor<1x3x1x1xf32>) -> tensor<1x3x1xf32>
  %e = saliency.add %v, %epsilon : (tensor<1x3x1xf32>, tensor<f32>) -> tensor<1x3x1xf32>
  %q = saliency.sqrt %e : (tensor<1x3x1xf32>) -> tensor<1x3x1xf32>
  %n = saliency.div %d, %q : (tensor<1x3x4xf32>, tensor<1x3x1xf32>) -> tensor<1x3x4xf32>
  %g = saliency.mul %gamma, %n : (tensor<4xf32>, tensor<1x3x4xf32>) -> tensor<1x3x4xf32>
  %y = saliency.add %g, %beta {onnx.value = "norm"} : (tensor<1x3x4xf32>, tensor<4xf32>) -> tensor<1x3x4xf32>
  return %y : tensor<1x3x4xf32>
}

// The variance of another value is no layer norm.
// CHECK-LABEL: func @other_variance
// CHECK-NOT: layer_norm
// CHECK: saliency.div
func.func @other_variance(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %epsilon = saliency.constant {value = dense<1.0e-5> : tensor<f32>} : tensor<f32>
  %m = saliency.avg_pool %x {window = #saliency.window<kernel = [4], strides = [1], low = [0], high = [0], dilations = [1]>} : (tensor<1x3x4xf32>) -> tensor<1x3x1xf32>
  %d = saliency.sub %x, %m : (tensor<1x3x4xf32>, tensor<1x3x1xf32>) -> tensor<1x3x4xf32>
  %s = saliency.pow %x {exponent = 2.0 : f32} : (tensor<1x3x4xf32>) -> tensor<1x3x4xf32>
  %v = saliency.avg_pool %s {window = #saliency.window<kernel = [4], strides = [1], low = [0], high = [0], dilations = [1]>} : (tensor<1x3x4xf32>) -> tensor<1x3x1xf32>
  %e = saliency.add %v, %epsilon : (tensor<1x3x1xf32>, tensor<f32>) -> tensor<1x3x1xf32>
  %q = saliency.sqrt %e : (tensor<1x3x1xf32>) -> tensor<1x3x1xf32>
  %n = saliency.div %d, %q : (tensor<1x3x4xf32>, tensor<1x3x1xf32>) -> tensor<1x3x4xf32>
  return %n : tensor<1x3x4xf32>
}

// A mean over a padded window is another number.
// CHECK-LABEL: func @padded_mean
// CHECK-NOT: layer_norm
// CHECK: saliency.div
func.func @padded_mean(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %epsilon = saliency.constant {value = dense<1.0e-5> : tensor<f32>} : tensor<f32>
  %m = saliency.avg_pool %x {window = #saliency.window<kernel = [4], strides = [2], low = [1], high = [0], dilations = [1]>} : (tensor<1x3x4xf32>) -> tensor<1x3x1xf32>
  %d = saliency.sub %x, %m : (tensor<1x3x4xf32>, tensor<1x3x1xf32>) -> tensor<1x3x4xf32>
  %s = saliency.pow %d {exponent = 2.0 : f32} : (tensor<1x3x4xf32>) -> tensor<1x3x4xf32>
  %v = saliency.avg_pool %s {window = #saliency.window<kernel = [4], strides = [1], low = [0], high = [0], dilations = [1]>} : (tensor<1x3x4xf32>) -> tensor<1x3x1xf32>
  %e = saliency.add %v, %epsilon : (tensor<1x3x1xf32>, tensor<f32>) -> tensor<1x3x1xf32>
  %q = saliency.sqrt %e : (tensor<1x3x1xf32>) -> tensor<1x3x1xf32>
  %n = saliency.div %d, %q : (tensor<1x3x4xf32>, tensor<1x3x1xf32>) -> tensor<1x3x4xf32>
  return %n : tensor<1x3x4xf32>
}

// CHECK-LABEL: func @gelu
// CHECK-NEXT: %[[Y:.*]] = saliency.gelu %{{.*}} {onnx.value = "y"}
// CHECK-NEXT: return %[[Y]]
func.func @gelu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %root = saliency.constant {value = dense<1.41421354> : tensor<f32>} : tensor<f32>
  %one = saliency.constant {value = dense<1.0> : tensor<f32>} : tensor<f32>
  %half = saliency.constant {value = dense<0.5> : tensor<f32>} : tensor<f32>
  %0 = saliency.div %x, %root : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %1 = saliency.erf %0 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = saliency.add %1, %one : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %3 = saliency.mul %x, %2 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %4 = saliency.mul %3, %half {onnx.value = "y"} : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  return %4 : tensor<1x4xf32>
}

// The half may be a division, and the last op.
// CHECK-LABEL: func @gelu_halved
// CHECK-NEXT: %[[Y:.*]] = saliency.gelu %{{.*}} {onnx.value = "y"}
// CHECK-NEXT: return %[[Y]]
func.func @gelu_halved(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %root = saliency.constant {value = dense<0.707106769> : tensor<f32>} : tensor<f32>
  %one = saliency.constant {value = dense<1.0> : tensor<f32>} : tensor<f32>
  %two = saliency.constant {value = dense<2.0> : tensor<f32>} : tensor<f32>
  %0 = saliency.mul %root, %x : (tensor<f32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = saliency.erf %0 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = saliency.add %one, %1 : (tensor<f32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %3 = saliency.mul %2, %x : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %4 = saliency.div %3, %two {onnx.value = "y"} : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  return %4 : tensor<1x4xf32>
}

// CHECK-LABEL: func @gelu_tanh
// CHECK-NEXT: %[[Y:.*]] = saliency.gelu_tanh %{{.*}}
// CHECK-NEXT: return %[[Y]]
func.func @gelu_tanh(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %scale = saliency.constant {value = dense<0.797884583> : tensor<f32>} : tensor<f32>
  %cubic = saliency.constant {value = dense<4.471500e-02> : tensor<f32>} : tensor<f32>
  %one = saliency.constant {value = dense<1.0> : tensor<f32>} : tensor<f32>
  %half = saliency.constant {value = dense<0.5> : tensor<f32>} : tensor<f32>
  %0 = saliency.pow %x {exponent = 3.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = saliency.mul %0, %cubic : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %2 = saliency.add %x, %1 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %3 = saliency.mul %2, %scale : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %4 = saliency.tanh %3 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %5 = saliency.add %4, %one : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %6 = saliency.mul %x, %half : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %7 = saliency.mul %6, %5 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %7 : tensor<1x4xf32>
}

// CHECK-LABEL: func @gates
// CHECK-NEXT: saliency.silu
// CHECK-NEXT: saliency.mish
// CHECK-NEXT: saliency.hard_swish
// CHECK-NEXT: return
func.func @gates(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.sigmoid %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = saliency.mul %x, %0 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = saliency.softplus %1 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %3 = saliency.tanh %2 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %4 = saliency.mul %3, %1 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %5 = saliency.hard_sigmoid %4 {alpha = 0.166666672 : f32, beta = 0.5 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %6 = saliency.mul %4, %5 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %6 : tensor<1x4xf32>
}

// The gate of a squeeze-and-excitation block is another value than what it scales.
// CHECK-LABEL: func @product
// CHECK: saliency.hard_sigmoid
// CHECK: saliency.mul
func.func @product(%x: tensor<1x4xf32>, %z: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = saliency.hard_sigmoid %z {alpha = 0.166666672 : f32, beta = 0.5 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = saliency.mul %x, %0 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// CHECK-LABEL: func @bias
// CHECK-DAG: %[[B:.*]] = saliency.constant {value = dense<[1.000000e+00, 2.000000e+00]>
// CHECK-DAG: %[[FLAT:.*]] = saliency.constant {value = dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>}
// CHECK: saliency.gemm %{{.*}}, %{{.*}}, %[[B]] {onnx.value = "sum"} : {{.*}} -> tensor<1x3x2xf32>
// CHECK: saliency.conv %{{.*}}, %{{.*}}, %[[FLAT]]
// CHECK-NOT: saliency.add
func.func @bias(%x: tensor<1x3x4xf32>, %z: tensor<1x1x5xf32>) -> (tensor<1x3x2xf32>, tensor<1x2x5xf32>) {
  %w = saliency.constant {value = dense<1.0> : tensor<2x4xf32>} : tensor<2x4xf32>
  %k = saliency.constant {value = dense<1.0> : tensor<2x1x1xf32>} : tensor<2x1x1xf32>
  %b = saliency.constant {value = dense<[1.0, 2.0]> : tensor<2xf32>} : tensor<2xf32>
  %c = saliency.constant {value = dense<[[3.0], [4.0]]> : tensor<2x1xf32>} : tensor<2x1xf32>
  %0 = saliency.gemm %x, %w : (tensor<1x3x4xf32>, tensor<2x4xf32>) -> tensor<1x3x2xf32>
  %1 = saliency.add %b, %0 {onnx.value = "sum"} : (tensor<2xf32>, tensor<1x3x2xf32>) -> tensor<1x3x2xf32>
  %2 = saliency.conv %z, %k {window = #saliency.window<kernel = [1], strides = [1], low = [0], high = [0], dilations = [1]>} : (tensor<1x1x5xf32>, tensor<2x1x1xf32>) -> tensor<1x2x5xf32>
  %3 = saliency.add %2, %c : (tensor<1x2x5xf32>, tensor<2x1xf32>) -> tensor<1x2x5xf32>
  return %1, %3 : tensor<1x3x2xf32>, tensor<1x2x5xf32>
}

// A constant per position, or per entry of a row, is no bias of a convolution.
// CHECK-LABEL: func @no_bias
// CHECK: saliency.add
// CHECK: saliency.add
func.func @no_bias(%z: tensor<1x1x5xf32>) -> tensor<1x2x5xf32> {
  %k = saliency.constant {value = dense<1.0> : tensor<2x1x1xf32>} : tensor<2x1x1xf32>
  %c = saliency.constant {value = dense<1.0> : tensor<5xf32>} : tensor<5xf32>
  %d = saliency.constant {value = dense<1.0> : tensor<2x5xf32>} : tensor<2x5xf32>
  %2 = saliency.conv %z, %k {window = #saliency.window<kernel = [1], strides = [1], low = [0], high = [0], dilations = [1]>} : (tensor<1x1x5xf32>, tensor<2x1x1xf32>) -> tensor<1x2x5xf32>
  %3 = saliency.add %2, %c : (tensor<1x2x5xf32>, tensor<5xf32>) -> tensor<1x2x5xf32>
  %4 = saliency.add %3, %d : (tensor<1x2x5xf32>, tensor<2x5xf32>) -> tensor<1x2x5xf32>
  return %4 : tensor<1x2x5xf32>
}

// CHECK-LABEL: func @subtract
// CHECK: %[[C:.*]] = saliency.constant {value = dense<[-1.000000e+00, 2.000000e+00]>
// CHECK: saliency.add %{{.*}}, %[[C]] {onnx.value = "y"}
func.func @subtract(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %c = saliency.constant {value = dense<[1.0, -2.0]> : tensor<2xf32>} : tensor<2xf32>
  %0 = saliency.sub %x, %c {onnx.value = "y"} : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

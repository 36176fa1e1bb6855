// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: deeplift-reveal-cancel
// RUN: saliency-opt %s --saliency-attribute="method=deeplift-reveal-cancel params=mode=reveal-cancel,baseline=1" --canonicalize --cse | FileCheck %s
// RUN: saliency-opt %s --saliency-attribute="method=deeplift-reveal-cancel" --canonicalize --cse | FileCheck %s --check-prefix=DEFAULT

// The parts of a change behind a linear map are made of weights and changes by sign; a batch norm hands them on.
// CHECK: %[[X:.*]] = saliency.conv %arg0, %[[W:.*]] {
// CHECK: %[[DX:.*]] = arith.subf %arg0, %{{.*}}
// CHECK: arith.cmpf ogt, %[[DX]]
// CHECK: arith.cmpf olt, %[[DX]]
// CHECK: arith.cmpf ogt, %[[W]]
// CHECK: arith.cmpf olt, %[[W]]
// CHECK-COUNT-4: saliency.conv %

// The map before the classifier is no dense layer's: no parts of its change.
// DEFAULT: saliency.conv %arg0, %[[W:.*]] {
// DEFAULT: saliency.conv %{{.*}}, %[[W]] {
// DEFAULT-NOT: saliency.conv %
// DEFAULT: return
#one = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x3x2x2xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<[[[[2.0]], [[-1.0]], [[0.5]]], [[[1.0]], [[-1.0]], [[3.0]]]]> : tensor<2x3x1x1xf32>} : tensor<2x3x1x1xf32>
  %g = saliency.constant {value = dense<[1.0, -2.0]> : tensor<2xf32>} : tensor<2xf32>
  %v = saliency.constant {value = dense<[1.0, 3.0]> : tensor<2xf32>} : tensor<2xf32>
  %fc = saliency.constant {value = dense<2.0> : tensor<2x8xf32>} : tensor<2x8xf32>
  %conv = saliency.conv %x, %w {window = #one} : (tensor<1x3x2x2xf32>, tensor<2x3x1x1xf32>) -> tensor<1x2x2x2xf32>
  %norm = saliency.batch_norm %conv, %g, %g, %g, %v {epsilon = 1.0e-5 : f32} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %relu = saliency.relu %norm : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %flat = saliency.reshape %relu {shape = array<i64: 1, 8>} : (tensor<1x2x2x2xf32>) -> tensor<1x8xf32>
  %logits = saliency.gemm %flat, %fc : (tensor<1x8xf32>, tensor<2x8xf32>) -> tensor<1x2xf32>
  return %logits : tensor<1x2xf32>
}

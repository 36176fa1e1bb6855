// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: mlfem, rfem, rfem-class
// RUN: saliency-opt %s --saliency-attribute="method=mlfem" --saliency-remove-dead-relevance | FileCheck %s
// RUN: saliency-opt %s --saliency-attribute="method=mlfem params={layers=conv,pool},fusion=product" | FileCheck %s --check-prefix=NAMED
// RUN: not saliency-opt %s --saliency-attribute="method=mlfem params={{layers=conv,absent}}" 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not saliency-opt %s --saliency-attribute="method=mlfem params=layers=flat" 2>&1 | FileCheck %s --check-prefix=FLAT
// RUN: not saliency-opt %s --saliency-attribute="method=mlfem params=fusion=median" 2>&1 | FileCheck %s --check-prefix=MEDIAN
// RUN: not saliency-opt %s --saliency-attribute="method=rfem" 2>&1 | FileCheck %s --check-prefix=ATTENTION

// Forward only. Without names: what the pool and the strided convolution read, and the map before the classifier; not the input, and
// not what the global pool reads beside the way.
// CHECK-LABEL: func.func @explain
// CHECK: %[[RELU:.*]] = saliency.relu
// CHECK: %[[POOL:.*]] = saliency.max_pool %[[RELU]]
// CHECK: %[[LAST:.*]] = saliency.conv %[[POOL]]
// CHECK: saliency.gemm
// CHECK: saliency.reduce %[[LAST]] {axes = array<i64: 2, 3>, kind = #saliency.reduction<mean>}
// CHECK: %[[A:.*]] = saliency.resize %{{.*}} {mode = #saliency.resize_mode<half_pixel>, spatial = array<i64: 8, 8>} : (tensor<1x1x2x2xf32>)
// CHECK: saliency.reduce %[[POOL]] {axes = array<i64: 2, 3>, kind = #saliency.reduction<mean>}
// CHECK: %[[B:.*]] = saliency.resize %{{.*}} : (tensor<1x1x4x4xf32>)
// CHECK: saliency.reduce %[[RELU]] {axes = array<i64: 2, 3>, kind = #saliency.reduction<mean>}
// CHECK: %[[C:.*]] = saliency.resize %{{.*}} : (tensor<1x1x8x8xf32>)
// CHECK: %[[AB:.*]] = arith.addf %[[A]], %[[B]]
// CHECK: %[[ABC:.*]] = arith.addf %[[AB]], %[[C]]
// CHECK: %[[THIRD:.*]] = arith.constant dense<0.333333343>
// CHECK: %[[MAP:.*]] = arith.mulf %[[ABC]], %[[THIRD]]
// CHECK-NOT: adjoint
// CHECK: return %[[MAP]]

// NAMED: %[[POOL:.*]] = saliency.resize
// NAMED: %[[CONV:.*]] = saliency.resize
// NAMED-NOT: saliency.resize %
// NAMED: %[[MAP:.*]] = arith.mulf %[[POOL]], %[[CONV]]
// NAMED: return %[[MAP]]

// ABSENT: error: a target layer is the name of a value between input and output, found 'absent'
// FLAT: error: a target layer has spatial axes, found 'flat' of 1x8
// MEDIAN: error: parameter 'fusion' of method 'mlfem' takes mean, sum, max or product; found 'median'
// ATTENTION: error: method 'rfem' collects at Softmax (attention), found none in the network
#three = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#two = #saliency.window<kernel = [2, 2], strides = [2, 2], low = [0, 0], high = [0, 0], dilations = [1, 1]>
#four = #saliency.window<kernel = [4, 4], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x1x8x8xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<2x1x3x3xf32>} : tensor<2x1x3x3xf32>
  %v = saliency.constant {value = dense<2.0> : tensor<2x2x2x2xf32>} : tensor<2x2x2x2xf32>
  %fc = saliency.constant {value = dense<2.0> : tensor<2x8xf32>} : tensor<2x8xf32>
  %conv = saliency.conv %x, %w {window = #three, onnx.value = "conv"} : (tensor<1x1x8x8xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x8x8xf32>
  %relu = saliency.relu %conv : (tensor<1x2x8x8xf32>) -> tensor<1x2x8x8xf32>
  %pool = saliency.max_pool %relu {window = #two, onnx.value = "pool"} : (tensor<1x2x8x8xf32>) -> tensor<1x2x4x4xf32>
  %last = saliency.conv %pool, %v {window = #two} : (tensor<1x2x4x4xf32>, tensor<2x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %flat = saliency.reshape %last {shape = array<i64: 1, 8>, onnx.value = "flat"} : (tensor<1x2x2x2xf32>) -> tensor<1x8xf32>
  %logits = saliency.gemm %flat, %fc : (tensor<1x8xf32>, tensor<2x8xf32>) -> tensor<1x2xf32>
  return %logits : tensor<1x2xf32>
}

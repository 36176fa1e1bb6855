// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: attention-rollout, transformer-attribution
// RUN: saliency-opt %s --saliency-attribute-attention-rollout --saliency-remove-dead-relevance | FileCheck %s
// RUN: saliency-opt %s --saliency-attribute-transformer-attribution | FileCheck %s --check-prefix=CHEFER

// Two attention layers of two heads between a class token and 1 x 2 patches: M2 M1 with M = (A + I) / row sums, A the mean over
// heads; the class token's row without its own entry.
// CHECK-LABEL: func.func @explain
// CHECK: %[[A1:.*]] = saliency.softmax
// CHECK: %[[A2:.*]] = saliency.softmax
// CHECK: %[[MEAN1:.*]] = saliency.reduce %[[A1]] {axes = array<i64: 1>, kind = #saliency.reduction<mean>} : {{.*}} -> tensor<1x1x3x3xf32>
// CHECK: %[[H1:.*]] = saliency.reshape %[[MEAN1]] {shape = array<i64: 1, 3, 3>}
// CHECK: %[[SUM1:.*]] = arith.addf %[[H1]], %{{.*}} : tensor<1x3x3xf32>
// CHECK: %[[ROWS1:.*]] = saliency.reduce %[[SUM1]] {axes = array<i64: 2>, kind = #saliency.reduction<sum>} : {{.*}} -> tensor<1x3x1xf32>
// CHECK: %[[M1:.*]] = saliency.divide %[[SUM1]], %{{.*}}
// CHECK: saliency.reduce %[[A2]]
// CHECK: %[[M2:.*]] = saliency.divide
// CHECK: %[[PRODUCT:.*]] = saliency.matmul %[[M2]], %[[M1]]
// CHECK: %[[ROW:.*]] = saliency.slice %[[PRODUCT]] {sizes = array<i64: 1, 1, 2>, starts = array<i64: 0, 0, 1>, strides = array<i64: 1, 1, 1>}
// CHECK: %[[MAP:.*]] = saliency.reshape %[[ROW]] {shape = array<i64: 1, 1, 1, 2>}
// CHECK: return %[[MAP]]

// Each layer's matrix is the positive part of gradient times relevance, both as they arrive at the attention weights.
// CHEFER: %[[A1:.*]] = saliency.softmax
// CHEFER: %[[A2:.*]] = saliency.softmax
// CHEFER: arith.mulf
// CHEFER: saliency.reduce %{{.*}} {axes = array<i64: 1>, kind = #saliency.reduction<mean>} : {{.*}} -> tensor<1x1x3x3xf32>
// CHEFER: saliency.matmul %{{.*}}, %{{.*}} : (tensor<1x3x3xf32>, tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
func.func @forward(%x: tensor<1x2x1x2xf32>) -> tensor<1x8xf32> {
  %token = saliency.constant {value = dense<[[[1.0, 2.0]]]> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %w = saliency.constant {value = dense<[[1.0, -2.0], [0.5, 1.5]]> : tensor<2x2xf32>} : tensor<2x2xf32>
  %head = saliency.constant {value = dense<1.0> : tensor<8x2xf32>} : tensor<8x2xf32>
  %0 = saliency.reshape %x {shape = array<i64: 1, 2, 2>} : (tensor<1x2x1x2xf32>) -> tensor<1x2x2xf32>
  %1 = saliency.concat %token, %0 {axis = 1 : i64} : (tensor<1x1x2xf32>, tensor<1x2x2xf32>) -> tensor<1x3x2xf32>
  %q = saliency.gemm %1, %w : (tensor<1x3x2xf32>, tensor<2x2xf32>) -> tensor<1x3x2xf32>
  %q1 = saliency.reshape %q {shape = array<i64: 1, 2, 3, 1>} : (tensor<1x3x2xf32>) -> tensor<1x2x3x1xf32>
  %k1 = saliency.reshape %1 {shape = array<i64: 1, 2, 1, 3>} : (tensor<1x3x2xf32>) -> tensor<1x2x1x3xf32>
  %s1 = saliency.matmul %q1, %k1 : (tensor<1x2x3x1xf32>, tensor<1x2x1x3xf32>) -> tensor<1x2x3x3xf32>
  %a1 = saliency.softmax %s1 {axis = 3 : i64} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %y1 = saliency.matmul %a1, %q1 : (tensor<1x2x3x3xf32>, tensor<1x2x3x1xf32>) -> tensor<1x2x3x1xf32>
  %k2 = saliency.reshape %y1 {shape = array<i64: 1, 2, 1, 3>} : (tensor<1x2x3x1xf32>) -> tensor<1x2x1x3xf32>
  %s2 = saliency.matmul %y1, %k2 : (tensor<1x2x3x1xf32>, tensor<1x2x1x3xf32>) -> tensor<1x2x3x3xf32>
  %a2 = saliency.softmax %s2 {axis = 3 : i64} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %y2 = saliency.matmul %a2, %y1 : (tensor<1x2x3x3xf32>, tensor<1x2x3x1xf32>) -> tensor<1x2x3x1xf32>
  %y = saliency.slice %y2 {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 2, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x2x3x1xf32>) -> tensor<1x2x1x1xf32>
  %f = saliency.reshape %y {shape = array<i64: 1, 2>} : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
  %z = saliency.gemm %f, %head : (tensor<1x2xf32>, tensor<8x2xf32>) -> tensor<1x8xf32>
  return %z : tensor<1x8xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: gradient
// RUN: saliency-opt %s --split-input-file --saliency-attribute-gradient | FileCheck %s

// The 2-D map of a volume is one plane: the sum over channels, then over the axes before the last two.
// CHECK-LABEL: func @explain
// CHECK: %[[S:.*]] = saliency.reduce %[[MAP:.*]] {axes = array<i64: 1>, {{.*}}sum>} : (tensor<2x3x4x5x6xf32>) -> tensor<2x1x4x5x6xf32>
// CHECK: %[[D:.*]] = saliency.reduce %[[S]] {axes = array<i64: 2>, {{.*}}sum>} : (tensor<2x1x4x5x6xf32>) -> tensor<2x1x1x5x6xf32>
// CHECK: %[[P:.*]] = saliency.reshape %[[D]] {{.*}} -> tensor<2x1x5x6xf32>
// CHECK: return %[[MAP]], %[[P]]
func.func @forward(%x: tensor<2x3x4x5x6xf32>) -> tensor<2x2xf32> {
  %w = saliency.constant {value = dense<0.5> : tensor<2x360xf32>} : tensor<2x360xf32>
  %0 = saliency.reshape %x {shape = array<i64: 2, 360>} : (tensor<2x3x4x5x6xf32>) -> tensor<2x360xf32>
  %1 = saliency.gemm %0, %w : (tensor<2x360xf32>, tensor<2x360xf32>) -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// -----

// Of a vector, one row a sample.
// CHECK-LABEL: func @explain
// CHECK: %[[P:.*]] = saliency.reshape %[[MAP:[^ ]+]] {{.*}} : (tensor<2x3xf32>) -> tensor<2x1x3xf32>
// CHECK: return %[[MAP]], %[[P]]
func.func @forward(%x: tensor<2x3xf32>) -> tensor<2x2xf32> {
  %w = saliency.constant {value = dense<0.5> : tensor<2x3xf32>} : tensor<2x3xf32>
  %1 = saliency.gemm %x, %w : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

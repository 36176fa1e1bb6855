// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

#window = #saliency.window<kernel = [3, 3], strides = [2, 2], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#half = #saliency.window<kernel = [2, 2], strides = [2, 2], low = [0, 0], high = [0, 0], dilations = [1, 1]>

// CHECK-LABEL: func @max_pool(
// CHECK: saliency.max_pool %{{.*}} {window = #saliency.window<kernel = [3, 3], strides = [2, 2], low = [1, 1], high = [1, 1], dilations = [1, 1]>} : (tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32>
func.func @max_pool(%x: tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32> {
  %0 = saliency.max_pool %x {window = #window} : (tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32>
  return %0 : tensor<2x3x4x4xf32>
}

// The last window of an odd extent counts.
// CHECK-LABEL: func @max_pool_ceil
// CHECK: saliency.max_pool %{{.*}} {ceil_mode, window = {{.*}}} : (tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32>
func.func @max_pool_ceil(%x: tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32> {
  %0 = saliency.max_pool %x {window = #half, ceil_mode} : (tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32>
  return %0 : tensor<2x3x4x4xf32>
}

// CHECK-LABEL: func @max_pool_adjoint
// CHECK: saliency.max_pool_adjoint %{{.*}}, %{{.*}} {window = {{.*}}} : (tensor<2x3x7x7xf32>, tensor<2x3x4x4xf32>) -> tensor<2x3x7x7xf32>
func.func @max_pool_adjoint(%x: tensor<2x3x7x7xf32>, %r: tensor<2x3x4x4xf32>) -> tensor<2x3x7x7xf32> {
  %0 = saliency.max_pool_adjoint %x, %r {window = #window} : (tensor<2x3x7x7xf32>, tensor<2x3x4x4xf32>) -> tensor<2x3x7x7xf32>
  return %0 : tensor<2x3x7x7xf32>
}

// CHECK-LABEL: func @avg_pool
// CHECK: saliency.avg_pool %{{.*}} {count_include_pad, window = {{.*}}} : (tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32>
func.func @avg_pool(%x: tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32> {
  %0 = saliency.avg_pool %x {window = #window, count_include_pad} : (tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32>
  return %0 : tensor<2x3x4x4xf32>
}

// CHECK-LABEL: func @avg_pool_adjoint
// CHECK: saliency.avg_pool_adjoint %{{.*}} {ceil_mode, spatial = array<i64: 7, 7>, window = {{.*}}} : (tensor<2x3x4x4xf32>) -> tensor<2x3x7x7xf32>
func.func @avg_pool_adjoint(%r: tensor<2x3x4x4xf32>) -> tensor<2x3x7x7xf32> {
  %0 = saliency.avg_pool_adjoint %r {window = #half, ceil_mode, spatial = array<i64: 7, 7>} : (tensor<2x3x4x4xf32>) -> tensor<2x3x7x7xf32>
  return %0 : tensor<2x3x7x7xf32>
}

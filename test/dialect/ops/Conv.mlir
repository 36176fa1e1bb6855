// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

#plain = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
#uneven = #saliency.window<kernel = [3, 2], strides = [2, 1], low = [0, 1], high = [1, 2], dilations = [1, 2]>
#line = #saliency.window<kernel = [3], strides = [1], low = [1], high = [1], dilations = [1]>

// CHECK-LABEL: func @conv(
// CHECK: saliency.conv %{{.*}}, %{{.*}}, %{{.*}} {window = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>} : (tensor<2x4x8x8xf32>, tensor<6x4x3x3xf32>, tensor<6xf32>) -> tensor<2x6x6x6xf32>
func.func @conv(%x: tensor<2x4x8x8xf32>, %w: tensor<6x4x3x3xf32>, %b: tensor<6xf32>) -> tensor<2x6x6x6xf32> {
  %0 = saliency.conv %x, %w, %b {window = #plain} : (tensor<2x4x8x8xf32>, tensor<6x4x3x3xf32>, tensor<6xf32>) -> tensor<2x6x6x6xf32>
  return %0 : tensor<2x6x6x6xf32>
}

// CHECK-LABEL: func @conv_grouped
// CHECK: saliency.conv %{{.*}}, %{{.*}} {groups = 2 : i64, window = #saliency.window<kernel = [3, 2], strides = [2, 1], low = [0, 1], high = [1, 2], dilations = [1, 2]>} : (tensor<2x4x8x8xf32>, tensor<6x2x3x2xf32>) -> tensor<2x6x4x9xf32>
func.func @conv_grouped(%x: tensor<2x4x8x8xf32>, %w: tensor<6x2x3x2xf32>) -> tensor<2x6x4x9xf32> {
  %0 = saliency.conv %x, %w {window = #uneven, groups = 2 : i64} : (tensor<2x4x8x8xf32>, tensor<6x2x3x2xf32>) -> tensor<2x6x4x9xf32>
  return %0 : tensor<2x6x4x9xf32>
}

// One bias entry per position.
// CHECK-LABEL: func @conv_biased_by_position
// CHECK: saliency.conv %{{.*}} : (tensor<2x4x8xf32>, tensor<6x4x3xf32>, tensor<1x6x8xf32>) -> tensor<2x6x8xf32>
func.func @conv_biased_by_position(%x: tensor<2x4x8xf32>, %w: tensor<6x4x3xf32>, %b: tensor<1x6x8xf32>) -> tensor<2x6x8xf32> {
  %0 = saliency.conv %x, %w, %b {window = #line} : (tensor<2x4x8xf32>, tensor<6x4x3xf32>, tensor<1x6x8xf32>) -> tensor<2x6x8xf32>
  return %0 : tensor<2x6x8xf32>
}

// One kernel set per sample, one spatial axis.
// CHECK-LABEL: func @conv_per_sample
// CHECK: saliency.conv %{{.*}} : (tensor<2x4x8xf32>, tensor<2x6x4x3xf32>) -> tensor<2x6x8xf32>
func.func @conv_per_sample(%x: tensor<2x4x8xf32>, %w: tensor<2x6x4x3xf32>) -> tensor<2x6x8xf32> {
  %0 = saliency.conv %x, %w {window = #line} : (tensor<2x4x8xf32>, tensor<2x6x4x3xf32>) -> tensor<2x6x8xf32>
  return %0 : tensor<2x6x8xf32>
}

// CHECK-LABEL: func @conv_adjoint
// CHECK: saliency.conv_adjoint %{{.*}}, %{{.*}} {groups = 2 : i64, spatial = array<i64: 8, 8>, window = #saliency.window<{{.*}}>} : (tensor<6x2x3x2xf32>, tensor<2x6x4x9xf32>) -> tensor<2x4x8x8xf32>
func.func @conv_adjoint(%w: tensor<6x2x3x2xf32>, %r: tensor<2x6x4x9xf32>) -> tensor<2x4x8x8xf32> {
  %0 = saliency.conv_adjoint %w, %r {window = #uneven, groups = 2 : i64, spatial = array<i64: 8, 8>} : (tensor<6x2x3x2xf32>, tensor<2x6x4x9xf32>) -> tensor<2x4x8x8xf32>
  return %0 : tensor<2x4x8x8xf32>
}

// CHECK-LABEL: func @conv_correlate
// CHECK: saliency.conv_correlate %{{.*}}, %{{.*}} {groups = 2 : i64, window = #saliency.window<{{.*}}>} : (tensor<2x4x8x8xf32>, tensor<2x6x4x9xf32>) -> tensor<2x6x2x3x2xf32>
func.func @conv_correlate(%x: tensor<2x4x8x8xf32>, %r: tensor<2x6x4x9xf32>) -> tensor<2x6x2x3x2xf32> {
  %0 = saliency.conv_correlate %x, %r {window = #uneven, groups = 2 : i64} : (tensor<2x4x8x8xf32>, tensor<2x6x4x9xf32>) -> tensor<2x6x2x3x2xf32>
  return %0 : tensor<2x6x2x3x2xf32>
}

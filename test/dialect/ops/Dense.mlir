// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @gemm(
// CHECK: saliency.gemm %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<2x3xf32>
func.func @gemm(%x: tensor<2x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %0 = saliency.gemm %x, %w, %b : (tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func @gemm_per_sample
// CHECK: saliency.gemm %{{.*}}, %{{.*}} : (tensor<2x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3xf32>
func.func @gemm_per_sample(%x: tensor<2x4xf32>, %w: tensor<2x3x4xf32>) -> tensor<2x3xf32> {
  %0 = saliency.gemm %x, %w : (tensor<2x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func @gemm_adjoint
// CHECK: saliency.gemm_adjoint %{{.*}}, %{{.*}} : (tensor<3x4xf32>, tensor<2x3xf32>) -> tensor<2x4xf32>
func.func @gemm_adjoint(%w: tensor<3x4xf32>, %r: tensor<2x3xf32>) -> tensor<2x4xf32> {
  %0 = saliency.gemm_adjoint %w, %r : (tensor<3x4xf32>, tensor<2x3xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: func @gemm_correlate
// CHECK: saliency.gemm_correlate %{{.*}}, %{{.*}} : (tensor<2x4xf32>, tensor<2x3xf32>) -> tensor<2x3x4xf32>
func.func @gemm_correlate(%x: tensor<2x4xf32>, %r: tensor<2x3xf32>) -> tensor<2x3x4xf32> {
  %0 = saliency.gemm_correlate %x, %r : (tensor<2x4xf32>, tensor<2x3xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func @matmul
// CHECK: saliency.matmul %{{.*}}, %{{.*}} : (tensor<2x1x5x4xf32>, tensor<3x4x6xf32>) -> tensor<2x3x5x6xf32>
func.func @matmul(%a: tensor<2x1x5x4xf32>, %b: tensor<3x4x6xf32>) -> tensor<2x3x5x6xf32> {
  %0 = saliency.matmul %a, %b : (tensor<2x1x5x4xf32>, tensor<3x4x6xf32>) -> tensor<2x3x5x6xf32>
  return %0 : tensor<2x3x5x6xf32>
}

// CHECK-LABEL: func @tokens
// CHECK: saliency.gemm {{.*}} -> tensor<2x7x4xf32>
// CHECK: saliency.gemm_adjoint {{.*}} -> tensor<2x7x3xf32>
// CHECK: saliency.gemm_correlate {{.*}} -> tensor<2x4x3xf32>
func.func @tokens(%x: tensor<2x7x3xf32>, %w: tensor<4x3xf32>, %b: tensor<4xf32>) -> (tensor<2x7x3xf32>, tensor<2x4x3xf32>) {
  %0 = saliency.gemm %x, %w, %b : (tensor<2x7x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<2x7x4xf32>
  %1 = saliency.gemm_adjoint %w, %0 : (tensor<4x3xf32>, tensor<2x7x4xf32>) -> tensor<2x7x3xf32>
  %2 = saliency.gemm_correlate %x, %0 : (tensor<2x7x3xf32>, tensor<2x7x4xf32>) -> tensor<2x4x3xf32>
  return %1, %2 : tensor<2x7x3xf32>, tensor<2x4x3xf32>
}

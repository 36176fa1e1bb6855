// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-remove-dead-relevance | FileCheck %s

// A whole chain goes, from its last op back.
// CHECK-LABEL: func @chain
// CHECK-NEXT: return %arg0
func.func @chain(%r: tensor<1x4xf32>, %w: tensor<4x3xf32>) -> tensor<1x4xf32> {
  %0 = saliency.gemm_adjoint %w, %r : (tensor<4x3xf32>, tensor<1x4xf32>) -> tensor<1x3xf32>
  %1 = arith.mulf %0, %0 : tensor<1x3xf32>
  return %r : tensor<1x4xf32>
}

// What an output needs stays.
// CHECK-LABEL: func @needed
// CHECK: saliency.gemm_adjoint
func.func @needed(%r: tensor<1x4xf32>, %w: tensor<4x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.gemm_adjoint %w, %r : (tensor<4x3xf32>, tensor<1x4xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

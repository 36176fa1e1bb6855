// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-slice-one-hot --canonicalize | FileCheck %s

// One row of the weights instead of all.
// CHECK-LABEL: func @seed
// CHECK-SAME: %[[INDEX:.*]]: tensor<2xi64>, %[[W:.*]]: tensor<3x4xf32>
// CHECK: %[[R:.*]] = saliency.one_hot %[[INDEX]]
// CHECK-NOT: gemm_adjoint %
// CHECK: saliency.gemm_adjoint_at %[[W]], %[[R]], %[[INDEX]] : (tensor<3x4xf32>, tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x4xf32>
func.func @seed(%index: tensor<2xi64>, %w: tensor<3x4xf32>) -> tensor<2x4xf32> {
  %r = saliency.one_hot %index {classes = 3 : i64} : (tensor<2xi64>) -> tensor<2x3xf32>
  %0 = saliency.gemm_adjoint %w, %r : (tensor<3x4xf32>, tensor<2x3xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// Scaled, negated, masked and divided on the way it stays zero elsewhere.
// CHECK-LABEL: func @changed_seed
// CHECK-NOT: gemm_adjoint %
// CHECK: saliency.gemm_adjoint_at
func.func @changed_seed(%index: tensor<1xi64>, %w: tensor<3x4xf32>, %logits: tensor<1x3xf32>, %mask: tensor<1x3xi1>) -> tensor<1x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<1x3xf32>
  %r = saliency.one_hot %index {classes = 3 : i64} : (tensor<1xi64>) -> tensor<1x3xf32>
  %0 = arith.mulf %logits, %r : tensor<1x3xf32>
  %1 = arith.negf %0 : tensor<1x3xf32>
  %2 = arith.select %mask, %zero, %1 : tensor<1x3xi1>, tensor<1x3xf32>
  %3 = arith.select %mask, %2, %zero : tensor<1x3xi1>, tensor<1x3xf32>
  %4 = saliency.divide %3, %logits {division = #saliency.division<stab>, epsilon = 1.0e-6 : f32} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  %5 = saliency.gemm_adjoint %w, %4 : (tensor<3x4xf32>, tensor<1x3xf32>) -> tensor<1x4xf32>
  return %5 : tensor<1x4xf32>
}

// 0 / 0 is no zero.
// CHECK-LABEL: func @plain_division_stays
// CHECK: saliency.gemm_adjoint %
func.func @plain_division_stays(%index: tensor<1xi64>, %w: tensor<3x4xf32>, %logits: tensor<1x3xf32>) -> tensor<1x4xf32> {
  %r = saliency.one_hot %index {classes = 3 : i64} : (tensor<1xi64>) -> tensor<1x3xf32>
  %0 = saliency.divide %r, %logits {division = #saliency.division<plain>, epsilon = 0.0 : f32} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  %1 = saliency.gemm_adjoint %w, %0 : (tensor<3x4xf32>, tensor<1x3xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// CHECK-LABEL: func @weights_per_sample_stay
// CHECK: saliency.gemm_adjoint %
func.func @weights_per_sample_stay(%index: tensor<2xi64>, %w: tensor<2x3x4xf32>) -> tensor<2x4xf32> {
  %r = saliency.one_hot %index {classes = 3 : i64} : (tensor<2xi64>) -> tensor<2x3xf32>
  %0 = saliency.gemm_adjoint %w, %r : (tensor<2x3x4xf32>, tensor<2x3xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: func @shifted_seed_stays
// CHECK: saliency.gemm_adjoint %
func.func @shifted_seed_stays(%index: tensor<1xi64>, %w: tensor<3x4xf32>, %logits: tensor<1x3xf32>) -> tensor<1x4xf32> {
  %r = saliency.one_hot %index {classes = 3 : i64} : (tensor<1xi64>) -> tensor<1x3xf32>
  %0 = arith.addf %r, %logits : tensor<1x3xf32>
  %1 = saliency.gemm_adjoint %w, %0 : (tensor<3x4xf32>, tensor<1x3xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

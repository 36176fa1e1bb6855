// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @gemm(%a: tensor<3xf32>, %b: tensor<2x3xf32>) {
  // expected-error @+1 {{a dense layer's data is samples x features, with any axes between them, found 3}}
  %0 = saliency.gemm %a, %b : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @gemm(%a: tensor<2x3xf32>, %b: tensor<4x3x3xf32>) {
  // expected-error @+1 {{a dense layer's weights are outputs x inputs, or one such matrix per sample, found 4x3x3}}
  %0 = saliency.gemm %a, %b : (tensor<2x3xf32>, tensor<4x3x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gemm(%a: tensor<2x3xf32>, %b: tensor<4x5xf32>) {
  // expected-error @+1 {{a dense layer's weights have one column per feature (3), found 4x5}}
  %0 = saliency.gemm %a, %b : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @gemm(%a: tensor<2x3xf32>, %b: tensor<4x3xf32>, %c: tensor<1x4xf32>) {
  // expected-error @+1 {{a dense layer's bias has one entry per output (4), found 1x4}}
  %0 = saliency.gemm %a, %b, %c : (tensor<2x3xf32>, tensor<4x3xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @gemm_adjoint(%a: tensor<4x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{r is samples x outputs, with any axes between them, found 4}}
  %0 = saliency.gemm_adjoint %a, %b : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @gemm_adjoint(%a: tensor<4xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{a dense layer's weights are outputs x inputs, or one such matrix per sample, found 4}}
  %0 = saliency.gemm_adjoint %a, %b : (tensor<4xf32>, tensor<2x4xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @gemm_adjoint(%a: tensor<4x3xf32>, %b: tensor<2x3xf32>) {
  // expected-error @+1 {{the weights have one row per entry of r (3), found 4x3}}
  %0 = saliency.gemm_adjoint %a, %b : (tensor<4x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gemm_correlate(%a: tensor<2x3xf32>, %b: tensor<1x4xf32>) {
  // expected-error @+1 {{x and r are samples x features that differ in the last axis alone, found 2x3 and 1x4}}
  %0 = saliency.gemm_correlate %a, %b : (tensor<2x3xf32>, tensor<1x4xf32>) -> tensor<2x4x3xf32>
  return
}

// -----

func.func @matmul(%a: tensor<2x3xf32>, %b: tensor<4x5xf32>) {
  // expected-error @+1 {{a matrix product needs ... x I x K times ... x K x J, found 2x3 and 4x5}}
  %0 = saliency.matmul %a, %b : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @matmul(%a: tensor<3xf32>, %b: tensor<3x5xf32>) {
  // expected-error @+1 {{a matrix product needs ... x I x K times ... x K x J, found 3 and 3x5}}
  %0 = saliency.matmul %a, %b : (tensor<3xf32>, tensor<3x5xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @matmul(%a: tensor<2x4x3xf32>, %b: tensor<3x3x5xf32>) {
  // expected-error @+1 {{leading axes of a matrix product are equal or 1, found 2x4x3 and 3x3x5}}
  %0 = saliency.matmul %a, %b : (tensor<2x4x3xf32>, tensor<3x3x5xf32>) -> tensor<2x4x5xf32>
  return
}

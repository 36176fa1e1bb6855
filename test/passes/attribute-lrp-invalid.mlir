// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: lrp-epsilon
// RUN: saliency-opt %s --saliency-attribute-lrp-epsilon -split-input-file -verify-diagnostics
//
// Nothing that a method has no rule for is skipped.

func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.sigmoid %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
  // expected-error @+1 {{method 'lrp-epsilon' has no rule for Product, found 'mul' on the way from the seed to the input}}
  %1 = saliency.mul %x, %0 : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
  // expected-error @+1 {{method 'lrp-epsilon' has no rule for Merge, found 'div' on the way from the seed to the input}}
  %1 = saliency.div %x, %0 : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{method 'lrp-epsilon' has no rule for Softmax, found 'softmax' on the way from the seed to the input}}
  %0 = saliency.softmax %x {axis = 1 : i64} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %1 = saliency.relu %0 : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x4xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<3x4xf32>} : tensor<3x4xf32>
  // expected-error @+1 {{method 'lrp-epsilon' has no rule for Bilinear, found 'matmul' on the way from the seed to the input}}
  %0 = saliency.matmul %x, %w : (tensor<1x3xf32>, tensor<3x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

func.func @forward(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = saliency.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 1, 3>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  // expected-error @+1 {{an operand on the relevance path is broadcast within a sample, found one broadcast over samples}}
  %1 = saliency.add %x, %0 : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: attention-rollout
// RUN: saliency-opt %s --saliency-attribute-attention-rollout -split-input-file -verify-diagnostics

func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{a rollout needs attention layers (a softmax whose result a matrix product takes), found none}}
  %0 = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// 3 tokens look at 2.
func.func @forward(%x: tensor<1x3x2xf32>) -> tensor<1x9xf32> {
  // expected-error @+1 {{a rollout needs attention between the same tokens in every layer, found 1x3x2}}
  %0 = saliency.softmax %x {axis = 2 : i64} : (tensor<1x3x2xf32>) -> tensor<1x3x2xf32>
  %t = saliency.transpose %x {permutation = array<i64: 0, 2, 1>} : (tensor<1x3x2xf32>) -> tensor<1x2x3xf32>
  %1 = saliency.matmul %0, %t : (tensor<1x3x2xf32>, tensor<1x2x3xf32>) -> tensor<1x3x3xf32>
  %2 = saliency.reshape %1 {shape = array<i64: 1, 9>} : (tensor<1x3x3xf32>) -> tensor<1x9xf32>
  return %2 : tensor<1x9xf32>
}

// -----

// 3 tokens, but no map of 2 patches.
func.func @forward(%x: tensor<1x3x3xf32>) -> tensor<1x9xf32> {
  %0 = saliency.softmax %x {axis = 2 : i64} : (tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  %1 = saliency.matmul %0, %x : (tensor<1x3x3xf32>, tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  // expected-error @+1 {{a class token's map needs one token per patch of the image and the class token, found 3 tokens}}
  %2 = saliency.reshape %1 {shape = array<i64: 1, 9>} : (tensor<1x3x3xf32>) -> tensor<1x9xf32>
  return %2 : tensor<1x9xf32>
}

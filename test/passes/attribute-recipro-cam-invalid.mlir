// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: vit-recipro-cam
// RUN: saliency-opt %s --saliency-attribute="method=vit-recipro-cam" -split-input-file -verify-diagnostics

// expected-error @+1 {{method 'vit-recipro-cam' starts at the tokens that an attention block adds its result to, found none}}
func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// Attention whose result is added to nothing.
// expected-error @+1 {{method 'vit-recipro-cam' starts at the tokens that an attention block adds its result to, found none}}
func.func @forward(%x: tensor<1x3x3xf32>) -> tensor<1x9xf32> {
  %0 = saliency.softmax %x {axis = 2 : i64} : (tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  %1 = saliency.matmul %0, %x : (tensor<1x3x3xf32>, tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  %2 = saliency.reshape %1 {shape = array<i64: 1, 9>} : (tensor<1x3x3xf32>) -> tensor<1x9xf32>
  return %2 : tensor<1x9xf32>
}

// -----

// 3 tokens, but no map of 1, 2 or 3 patches.
func.func @forward(%x: tensor<1x3x3xf32>) -> tensor<1x9xf32> {
  %0 = saliency.softmax %x {axis = 2 : i64} : (tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  %1 = saliency.matmul %0, %x : (tensor<1x3x3xf32>, tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  %2 = saliency.add %x, %1 : (tensor<1x3x3xf32>, tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  // expected-error @+1 {{a mask of tokens needs one token per patch of the image, found 3 tokens}}
  %3 = saliency.reshape %2 {shape = array<i64: 1, 9>} : (tensor<1x3x3xf32>) -> tensor<1x9xf32>
  return %3 : tensor<1x9xf32>
}

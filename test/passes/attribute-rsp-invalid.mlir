// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: rsp
// RUN: saliency-opt %s --saliency-attribute-rsp -split-input-file -verify-diagnostics

// expected-error @+1 {{method 'rsp' starts at a map with spatial axes before the classifier, found none}}
func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<2x3xf32>} : tensor<2x3xf32>
  %0 = saliency.gemm %x, %w : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

#window = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x1x2x2xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<1x1x1x1xf32>} : tensor<1x1x1x1xf32>
  %fc = saliency.constant {value = dense<2.0> : tensor<2x4xf32>} : tensor<2x4xf32>
  %0 = saliency.conv %x, %w {window = #window} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  // expected-error @+1 {{method 'rsp' has no rule for Product, found 'mul' on the way from the seed to the input}}
  %1 = saliency.mul %0, %0 : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %2 = saliency.reshape %1 {shape = array<i64: 1, 4>} : (tensor<1x1x2x2xf32>) -> tensor<1x4xf32>
  %3 = saliency.gemm %2, %fc : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

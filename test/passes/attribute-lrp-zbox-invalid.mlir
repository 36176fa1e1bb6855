// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: lrp-zbox
// RUN: saliency-opt %s --saliency-attribute-lrp-zbox -split-input-file -verify-diagnostics

// The bounds have three entries by default.
// expected-error @+1 {{parameter 'low' is one number or one per channel of the input (1), found 3, the default for photographs, which does not fit here}}
func.func @forward(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<1x1xf32>} : tensor<1x1xf32>
  %0 = saliency.gemm %x, %w : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// Four cells of each channel have become channels of their own.
#window = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x3x2x2xf32>) -> tensor<1x2x1x1xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<2x12x1x1xf32>} : tensor<2x12x1x1xf32>
  %0 = saliency.reshape %x {shape = array<i64: 1, 12, 1, 1>} : (tensor<1x3x2x2xf32>) -> tensor<1x12x1x1xf32>
  // expected-error @+1 {{parameter 'low' has one entry per channel of the input (3), found 3 for data 1x12x1x1}}
  %1 = saliency.conv %0, %w {window = #window} : (tensor<1x12x1x1xf32>, tensor<2x12x1x1xf32>) -> tensor<1x2x1x1xf32>
  return %1 : tensor<1x2x1x1xf32>
}

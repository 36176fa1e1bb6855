// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: fullgrad
//
// Maps are collected over positions, which a vector has none of.
// RUN: saliency-opt %s --saliency-attribute-fullgrad -verify-diagnostics

func.func @forward(%x: tensor<1x4xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<3x4xf32>} : tensor<3x4xf32>
  %b = saliency.constant {value = dense<1.0> : tensor<3xf32>} : tensor<3xf32>
  // expected-error @+1 {{method 'fullgrad' collects maps over the input's spatial axes, found an input of 1x4}}
  %y = saliency.gemm %x, %w, %b : (tensor<1x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

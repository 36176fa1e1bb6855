// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: gradient
// RUN: saliency-opt %s --saliency-attribute-gradient -split-input-file -verify-diagnostics

// expected-error @+1 {{a network is a function 'forward' of one block, found none}}
module {
  func.func @other() {
    return
  }
}

// -----

// expected-error @+1 {{attribution needs a network with an output, found none}}
func.func @forward(%x: tensor<1x3xf32>) {
  return
}

// -----

// expected-error @+1 {{attribution explains a classifier: its output is samples x classes, found 1x3x4}}
func.func @forward(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  return %x : tensor<1x3x4xf32>
}

// -----

// expected-error @+1 {{attribution needs a network of one input, found 2}}
func.func @forward(%x: tensor<1x3xf32>, %y: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.add %x, %y : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// expected-error @+1 {{a network's output depends on its input, found a constant output}}
func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.constant {value = dense<1.0> : tensor<1x3xf32>} : tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// expected-error @+1 {{a network keeps samples and channels apart: its input is samples x channels, its output samples x classes, found 2x3 and 1x6}}
func.func @forward(%x: tensor<2x3xf32>) -> tensor<1x6xf32> {
  %0 = saliency.reshape %x {shape = array<i64: 1, 6>} : (tensor<2x3xf32>) -> tensor<1x6xf32>
  return %0 : tensor<1x6xf32>
}

// -----

// expected-error @+1 {{a network keeps samples and channels apart: its input is samples x channels, its output samples x classes, found 6 and 1x6}}
func.func @forward(%x: tensor<6xf32>) -> tensor<1x6xf32> {
  %0 = saliency.reshape %x {shape = array<i64: 1, 6>} : (tensor<6xf32>) -> tensor<1x6xf32>
  return %0 : tensor<1x6xf32>
}

// -----

func.func @forward(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error @+1 {{an op on the relevance path has a derivative per sample, found none for operand 0}}
  %0 = saliency.softmax %x {axis = 0 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = saliency.relu %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

func.func @forward(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = saliency.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 1, 3>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  // expected-error @+1 {{an op on the relevance path has a derivative per sample, found none for operand 1}}
  %1 = saliency.sub %x, %0 : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

func.func @forward(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-remark @+1 {{class scores are read before this final softmax}}
  %0 = saliency.softmax %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = saliency.identity %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

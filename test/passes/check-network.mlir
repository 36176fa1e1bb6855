// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-check-network -split-input-file -verify-diagnostics

func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.constant {value = dense<1.0> : tensor<1x3xf32>} : tensor<1x3xf32>
  %1 = saliency.add %x, %0 : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

// expected-error @+1 {{a network is a function 'forward' of one block, found none}}
module {
}

// -----

// expected-error @+1 {{a network is a function 'forward' of one block, found none}}
module {
  func.func private @forward(tensor<1x3xf32>) -> tensor<1x3xf32>
}

// -----

// expected-error @+1 {{a network is a function 'forward' of one block, found none}}
module {
  func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    cf.br ^end
  ^end:
    return %x : tensor<1x3xf32>
  }
}

// -----

// expected-error @+1 {{a network's values are static float32 tensors, found 'tensor<?x3xf32>'}}
func.func @forward(%x: tensor<?x3xf32>) {
  return
}

// -----

// expected-error @+1 {{a network's values are static float32 tensors, found 'f32'}}
func.func @forward(%x: f32) {
  return
}

// -----

// expected-error @+1 {{a network's values have between 1 and 2^31 entries, found 'tensor<65536x32769xf32>'}}
func.func @forward(%x: tensor<65536x32769xf32>) {
  return
}

// -----

// expected-error @+1 {{a network's values have between 1 and 2^31 entries, found 'tensor<1x0xf32>'}}
func.func @forward(%x: tensor<1x0xf32>) {
  return
}

// -----

// More entries than 64 bits can count.
// expected-error @+1 {{a network's values have between 1 and 2^31 entries, found 'tensor<4294967296x4294967296xf32>'}}
func.func @forward(%x: tensor<4294967296x4294967296xf32>) {
  return
}

// -----

func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{a network consists of layers and constants, found 'arith.negf'}}
  %0 = arith.negf %x : tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

func.func @forward(%x: tensor<1x3xf32>) {
  // expected-error @+1 {{a network's values are static float32 tensors, found 'tensor<2xi64>'}}
  %0 = saliency.constant {value = dense<1> : tensor<2xi64>} : tensor<2xi64>
  return
}

// -----

func.func @forward(%x: tensor<1x3xf32>) {
  // expected-error @+1 {{a network's values have between 1 and 2^31 entries, found 'tensor<65536x65536x1xf32>'}}
  %0 = saliency.constant {value = dense<1.0> : tensor<65536x65536x1xf32>} : tensor<65536x65536x1xf32>
  return
}

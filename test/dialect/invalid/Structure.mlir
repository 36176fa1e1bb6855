// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @reshape(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{a reshape keeps the number of entries, found 2x3 to 7}}
  %0 = saliency.reshape %a {shape = array<i64: 7>} : (tensor<2x3xf32>) -> tensor<7xf32>
  return
}

// -----

func.func @reshape(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{a reshape keeps the number of entries, found 2x3 to 6x-1x-1}}
  %0 = saliency.reshape %a {shape = array<i64: 6, -1, -1>} : (tensor<2x3xf32>) -> tensor<6xf32>
  return
}

// -----

func.func @transpose(%a: tensor<2x3x4xf32>) {
  // expected-error @+1 {{a transpose needs a permutation of the 3 axes, found [0, 1, 1]}}
  %0 = saliency.transpose %a {permutation = array<i64: 0, 1, 1>} : (tensor<2x3x4xf32>) -> tensor<2x3x3xf32>
  return
}

// -----

func.func @transpose(%a: tensor<2x3x4xf32>) {
  // expected-error @+1 {{a transpose needs a permutation of the 3 axes, found [1, 0]}}
  %0 = saliency.transpose %a {permutation = array<i64: 1, 0>} : (tensor<2x3x4xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @slice(%a: tensor<2x5xf32>) {
  // expected-error @+1 {{a slice has a start, size and stride per axis (2), found 1, 2 and 2}}
  %0 = saliency.slice %a {starts = array<i64: 0>, sizes = array<i64: 2, 5>, strides = array<i64: 1, 1>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @slice(%a: tensor<2x5xf32>) {
  // expected-error @+1 {{a slice lies inside the data, found start 1, size 3, stride 2 on axis 1 of 2x5}}
  %0 = saliency.slice %a {starts = array<i64: 0, 1>, sizes = array<i64: 2, 3>, strides = array<i64: 1, 2>} : (tensor<2x5xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @slice(%a: tensor<2x5xf32>) {
  // expected-error @+1 {{a slice lies inside the data, found start 4, size 2, stride -1 on axis 1 of 2x5}}
  %0 = saliency.slice %a {starts = array<i64: 0, 4>, sizes = array<i64: 2, 2>, strides = array<i64: 1, -1>} : (tensor<2x5xf32>) -> tensor<2x2xf32>
  return
}

// -----

// 1 + (2^62) 4 is 1 in 64 bits.
func.func @slice(%a: tensor<2x5xf32>) {
  // expected-error @+1 {{a slice lies inside the data, found start 1, size 4611686018427387905, stride 4 on axis 1 of 2x5}}
  %0 = saliency.slice %a {starts = array<i64: 0, 1>, sizes = array<i64: 2, 4611686018427387905>, strides = array<i64: 1, 4>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @pad(%a: tensor<2x5xf32>) {
  // expected-error @+1 {{a pad has low, high and interior cells per axis (2), found 2, 1 and 2}}
  %0 = saliency.pad %a {low = array<i64: 0, 0>, high = array<i64: 0>, interior = array<i64: 0, 0>} : (tensor<2x5xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @pad(%a: tensor<2x5xf32>) {
  // expected-error @+1 {{a pad adds between 0 and 2^30 cells, found -1, 0, 0 on axis 1}}
  %0 = saliency.pad %a {low = array<i64: 0, -1>, high = array<i64: 0, 0>, interior = array<i64: 0, 0>} : (tensor<2x5xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @pad(%a: tensor<2x5xf32>) {
  // expected-error @+1 {{a pad adds between 0 and 2^30 cells, found 0, 0, 9223372036854775807 on axis 1}}
  %0 = saliency.pad %a {low = array<i64: 0, 0>, high = array<i64: 0, 0>, interior = array<i64: 0, 9223372036854775807>} : (tensor<2x5xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @upsample(%a: tensor<1x3x4x5xf32>) {
  // expected-error @+1 {{an upsampling has a factor per spatial axis of samples x channels x spatial, found 1 for 1x3x4x5}}
  %0 = saliency.upsample %a {factors = array<i64: 2>} : (tensor<1x3x4x5xf32>) -> tensor<1x3x8x5xf32>
  return
}

// -----

func.func @upsample(%a: tensor<1x3x4x5xf32>) {
  // expected-error @+1 {{an upsampling's factors lie between 1 and 2^20, found 0}}
  %0 = saliency.upsample %a {factors = array<i64: 2, 0>} : (tensor<1x3x4x5xf32>) -> tensor<1x3x8x5xf32>
  return
}

// -----

func.func @concat() {
  // expected-error @+1 {{a concatenation has at least one operand, found none}}
  %0 = saliency.concat {axis = 0 : i64} : () -> tensor<1xf32>
  return
}

// -----

func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) {
  // expected-error @+1 {{a concatenation needs an axis in [0, 2), found 2}}
  %0 = saliency.concat %a, %b {axis = 2 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x6xf32>
  return
}

// -----

func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{concatenated operands agree but for axis 0, found 2x3 and 2x4}}
  %0 = saliency.concat %a, %b {axis = 0 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x3x1xf32>) {
  // expected-error @+1 {{concatenated operands agree but for axis 1, found 2x3 and 2x3x1}}
  %0 = saliency.concat %a, %b {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x3x1xf32>) -> tensor<2x6xf32>
  return
}

// -----

func.func @constant() {
  // expected-error @+1 {{inferred type(s) 'tensor<2xf32>' are incompatible with return type(s) of operation 'tensor<3xf32>'}}
  %0 = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<3xf32>
  return
}

// -----

func.func @constant() {
  // expected-error @+1 {{a constant of type 'tensor<3xf32>' has 12 bytes, found 8 in resource 'weights'}}
  %0 = saliency.constant {value = dense_resource<weights> : tensor<3xf32>} : tensor<3xf32>
  return
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x040000000000803F00000040"
    }
  }
#-}

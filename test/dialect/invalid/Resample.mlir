// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @samples(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{entries are taken along an axis in [1, 2), found 0}}
  %0 = saliency.take %x {axis = 0 : i64, indices = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @place(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{places lie in [-1, 2], found 3 on axis 1 of 2x3}}
  %0 = saliency.take %x {axis = 1 : i64, indices = array<i64: 1, 3>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @nothing(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{at least one entry is taken, found no indices}}
  %0 = saliency.take %x {axis = 1 : i64, indices = array<i64>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @taps(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{every tap has an index and a weight for each of the 2 entries, found 3 and 3}}
  %0 = saliency.interpolate %x {axis = 1 : i64, extent = 2 : i64, indices = array<i64: 0, 1, 2>, weights = array<f32: 1.0, 1.0, 1.0>}
       : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @weights(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{weights of an interpolation are finite and not below 0, found -5.000000e-01}}
  %0 = saliency.interpolate %x {axis = 1 : i64, extent = 2 : i64, indices = array<i64: 0, 1>, weights = array<f32: 1.0, -0.5>}
       : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return
}

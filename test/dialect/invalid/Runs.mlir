// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @draw(%run: index) -> tensor<1x0xf32> {
  // expected-error @+1 {{a draw has between 1 and 2^32 - 1 entries, found 1x0}}
  %0 = saliency.draw %run {distribution = #saliency.distribution<uniform>, seed = 3 : i64, stream = 1 : i64, shape = array<i64: 1, 0>} : tensor<1x0xf32>
  return %0 : tensor<1x0xf32>
}

// -----

func.func @window_mask(%run: index) -> tensor<1x1x4xf32> {
  // expected-error @+1 {{a window has a positive extent and step, found 3 and 0}}
  %0 = saliency.window_mask %run {extent = 3 : i64, step = 0 : i64, shape = array<i64: 1, 1, 4>} : tensor<1x1x4xf32>
  return %0 : tensor<1x1x4xf32>
}

// -----

func.func @window_mask(%run: index) -> tensor<1x3x4xf32> {
  // expected-error @+1 {{a mask is 1 x 1 x spatial axes, found 1x3x4}}
  %0 = saliency.window_mask %run {extent = 3 : i64, step = 1 : i64, shape = array<i64: 1, 3, 4>} : tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

// -----

func.func @grid_mask(%run: index) -> tensor<1x1x4xf32> {
  // expected-error @+1 {{a grid has cells and a probability in [0, 1], found 7 and 2.0}}
  %0 = saliency.grid_mask %run {cells = 7 : i64, probability = 2.0 : f64, seed = 0 : i64, shape = array<i64: 1, 1, 4>} : tensor<1x1x4xf32>
  return %0 : tensor<1x1x4xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @max_pool(%a: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{a pool has one window entry per spatial axis, found 1 for data 1x3x8x8}}
  %0 = saliency.max_pool %a {window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>} : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @avg_pool(%a: tensor<1x3xf32>) {
  // expected-error @+1 {{a pool has one window entry per spatial axis, found 1 for data 1x3}}
  %0 = saliency.avg_pool %a {window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @avg_pool(%a: tensor<1x3x8xf32>) {
  // expected-error @+1 {{a pool's padding is smaller than its window, found 2 and 0 for a span of 2}}
  %0 = saliency.avg_pool %a {window = #saliency.window<kernel = [2], strides = [2], low = [2], high = [0], dilations = [1]>} : (tensor<1x3x8xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

func.func @max_pool(%a: tensor<1x3x8xf32>) {
  // expected-error @+1 {{the window fits into the padded data, found a span of 9 over 8 cells of spatial axis 0}}
  %0 = saliency.max_pool %a {window = #saliency.window<kernel = [9], strides = [2], low = [0], high = [0], dilations = [1]>} : (tensor<1x3x8xf32>) -> tensor<1x3x1xf32>
  return
}

// -----

func.func @max_pool_adjoint(%a: tensor<1x3x8xf32>, %b: tensor<1x3x5xf32>) {
  // expected-error @+1 {{r has the shape of the pool's output 1x3x4, found 1x3x5}}
  %0 = saliency.max_pool_adjoint %a, %b {window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>} : (tensor<1x3x8xf32>, tensor<1x3x5xf32>) -> tensor<1x3x8xf32>
  return
}

// -----

func.func @avg_pool_adjoint(%a: tensor<1x3x4xf32>) {
  // expected-error @+1 {{r has the shape of the pool's output 1x3x5, found 1x3x4}}
  %0 = saliency.avg_pool_adjoint %a {window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>, spatial = array<i64: 10>} : (tensor<1x3x4xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

func.func @avg_pool_adjoint(%a: tensor<1x3xf32>) {
  // expected-error @+1 {{r is samples x channels x spatial, found 1x3}}
  %0 = saliency.avg_pool_adjoint %a {window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>, spatial = array<i64: 8>} : (tensor<1x3xf32>) -> tensor<1x3x8xf32>
  return
}

// -----

func.func @max_pool(%a: tensor<1x3x2xf32>) {
  // expected-error @+1 {{every window of a pool holds a cell of the data, found one over padding only: a dilation of 5 over 2 cells of spatial axis 0}}
  %0 = saliency.max_pool %a {window = #saliency.window<kernel = [2], strides = [1], low = [2], high = [3], dilations = [5]>} : (tensor<1x3x2xf32>) -> tensor<1x3x2xf32>
  return
}

// -----

// The second window is at -2 and 2; the first, at -4 and 0, holds a cell.
func.func @max_pool(%a: tensor<1x3x8x2xf32>) {
  // expected-error @+1 {{every window of a pool holds a cell of the data, found one over padding only: a dilation of 4 over 2 cells of spatial axis 1}}
  %0 = saliency.max_pool %a {window = #saliency.window<kernel = [2, 2], strides = [1, 2], low = [0, 4], high = [0, 1], dilations = [1, 4]>} : (tensor<1x3x8x2xf32>) -> tensor<1x3x7x2xf32>
  return
}

// -----

func.func @max_pool_adjoint(%a: tensor<1x3x2xf32>, %b: tensor<1x3x3xf32>) {
  // expected-error @+1 {{every window of a pool holds a cell of the data, found one over padding only: a dilation of 5 over 2 cells of spatial axis 0}}
  %0 = saliency.max_pool_adjoint %a, %b {window = #saliency.window<kernel = [2], strides = [1], low = [3], high = [3], dilations = [5]>} : (tensor<1x3x2xf32>, tensor<1x3x3xf32>) -> tensor<1x3x2xf32>
  return
}

// -----

func.func @avg_pool(%a: tensor<1x3x2xf32>) {
  // With padding counted a window over padding only has the mean 0.
  %0 = saliency.avg_pool %a {window = #saliency.window<kernel = [2], strides = [1], low = [3], high = [3], dilations = [5]>, count_include_pad} : (tensor<1x3x2xf32>) -> tensor<1x3x3xf32>
  // expected-error @+1 {{every window of a pool holds a cell of the data, found one over padding only: a dilation of 5 over 2 cells of spatial axis 0}}
  %1 = saliency.avg_pool %a {window = #saliency.window<kernel = [2], strides = [1], low = [3], high = [3], dilations = [5]>} : (tensor<1x3x2xf32>) -> tensor<1x3x3xf32>
  return
}

// -----

func.func @avg_pool_adjoint(%a: tensor<1x3x3xf32>) {
  // expected-error @+1 {{every window of a pool holds a cell of the data, found one over padding only: a dilation of 5 over 2 cells of spatial axis 0}}
  %0 = saliency.avg_pool_adjoint %a {window = #saliency.window<kernel = [2], strides = [1], low = [3], high = [3], dilations = [5]>, spatial = array<i64: 2>} : (tensor<1x3x3xf32>) -> tensor<1x3x2xf32>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

#line = #saliency.window<kernel = [3], strides = [1], low = [0], high = [0], dilations = [1]>

func.func @conv(%a: tensor<1x3xf32>, %b: tensor<2x3xf32>) {
  // expected-error @+1 {{a convolution's data is samples x channels x spatial, found 1x3}}
  %0 = saliency.conv %a, %b {window = #line} : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return
}

// -----

#line = #saliency.window<kernel = [3], strides = [1], low = [0], high = [0], dilations = [1]>

func.func @conv(%a: tensor<1x3x8x8xf32>, %b: tensor<2x3x3x3xf32>) {
  // expected-error @+1 {{a convolution's window has one entry per spatial axis, found 1 for data of rank 4}}
  %0 = saliency.conv %a, %b {window = #line} : (tensor<1x3x8x8xf32>, tensor<2x3x3x3xf32>) -> tensor<1x2x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<2x3x8x8xf32>, %b: tensor<4x2x3x3x3xf32>) {
  // expected-error @+1 {{per-sample weights start with the sample axis of extent 2, found 4x2x3x3x3}}
  %0 = saliency.conv %a, %b {window = #square} : (tensor<2x3x8x8xf32>, tensor<4x2x3x3x3xf32>) -> tensor<2x2x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<1x3x8x8xf32>, %b: tensor<2x3x5x5xf32>) {
  // expected-error @+1 {{a convolution's weights are outputs x channels/groups x kernel 3x3, found 2x3x5x5}}
  %0 = saliency.conv %a, %b {window = #square} : (tensor<1x3x8x8xf32>, tensor<2x3x5x5xf32>) -> tensor<1x2x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<1x3x8x8xf32>, %b: tensor<2x27xf32>) {
  // expected-error @+1 {{a convolution's weights are outputs x channels/groups x kernel 3x3, found 2x27}}
  %0 = saliency.conv %a, %b {window = #square} : (tensor<1x3x8x8xf32>, tensor<2x27xf32>) -> tensor<1x2x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<1x4x8x8xf32>, %b: tensor<3x2x3x3xf32>) {
  // expected-error @+1 {{the number of output channels is a multiple of the groups, found 3 outputs and 2 groups}}
  %0 = saliency.conv %a, %b {window = #square, groups = 2 : i64} : (tensor<1x4x8x8xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<1x4x8x8xf32>, %b: tensor<3x2x3x3xf32>) {
  // expected-error @+1 {{the number of output channels is a multiple of the groups, found 3 outputs and 0 groups}}
  %0 = saliency.conv %a, %b {window = #square, groups = 0 : i64} : (tensor<1x4x8x8xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<1x3x8x8xf32>, %b: tensor<4x2x3x3xf32>) {
  // expected-error @+1 {{weights of 2 channels in 2 groups need 4 data channels, found 3}}
  %0 = saliency.conv %a, %b {window = #square, groups = 2 : i64} : (tensor<1x3x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<1x3x8x8xf32>, %b: tensor<2x3x3x3xf32>, %c: tensor<3xf32>) {
  // expected-error @+1 {{a convolution's bias has one entry per output channel (2), or one per position too (1x2x6x6), found 3}}
  %0 = saliency.conv %a, %b, %c {window = #square} : (tensor<1x3x8x8xf32>, tensor<2x3x3x3xf32>, tensor<3xf32>) -> tensor<1x2x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<2x3x8x8xf32>, %b: tensor<2x3x3x3xf32>, %c: tensor<2x2x6x6xf32>) {
  // expected-error @+1 {{a convolution's bias has one entry per output channel (2), or one per position too (1x2x6x6), found 2x2x6x6}}
  %0 = saliency.conv %a, %b, %c {window = #square} : (tensor<2x3x8x8xf32>, tensor<2x3x3x3xf32>, tensor<2x2x6x6xf32>) -> tensor<2x2x6x6xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv(%a: tensor<1x3x8x2xf32>, %b: tensor<2x3x3x3xf32>) {
  // expected-error @+1 {{the window fits into the padded data, found a span of 3 over 2 cells of spatial axis 1}}
  %0 = saliency.conv %a, %b {window = #square} : (tensor<1x3x8x2xf32>, tensor<2x3x3x3xf32>) -> tensor<1x2x6x1xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv_adjoint(%a: tensor<2x3x3x3xf32>, %b: tensor<1x2x6x6xf32>) {
  // expected-error @+1 {{`spatial` has one extent per spatial axis of r, found 1 for 1x2x6x6}}
  %0 = saliency.conv_adjoint %a, %b {window = #square, spatial = array<i64: 8>} : (tensor<2x3x3x3xf32>, tensor<1x2x6x6xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv_adjoint(%a: tensor<2x3x3x3xf32>, %b: tensor<1x2xf32>) {
  // expected-error @+1 {{`spatial` has one extent per spatial axis of r, found 0 for 1x2}}
  %0 = saliency.conv_adjoint %a, %b {window = #square, spatial = array<i64>} : (tensor<2x3x3x3xf32>, tensor<1x2xf32>) -> tensor<1x3xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv_adjoint(%a: tensor<2x3x3x3xf32>, %b: tensor<1x2x6x6xf32>) {
  // expected-error @+1 {{r has the shape of the convolution's output 1x2x7x6, found 1x2x6x6}}
  %0 = saliency.conv_adjoint %a, %b {window = #square, spatial = array<i64: 9, 8>} : (tensor<2x3x3x3xf32>, tensor<1x2x6x6xf32>) -> tensor<1x3x9x8xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv_correlate(%a: tensor<1x3x8x8xf32>, %b: tensor<2x2x6x6xf32>) {
  // expected-error @+1 {{x and r are samples x channels x spatial of one batch and rank, found 1x3x8x8 and 2x2x6x6}}
  %0 = saliency.conv_correlate %a, %b {window = #square} : (tensor<1x3x8x8xf32>, tensor<2x2x6x6xf32>) -> tensor<1x2x3x3x3xf32>
  return
}

// -----

#line = #saliency.window<kernel = [3], strides = [1], low = [0], high = [0], dilations = [1]>

func.func @conv_correlate(%a: tensor<1x3x8x8xf32>, %b: tensor<1x2x6x6xf32>) {
  // expected-error @+1 {{a convolution's window has one entry per spatial axis, found 1 for data of rank 4}}
  %0 = saliency.conv_correlate %a, %b {window = #line} : (tensor<1x3x8x8xf32>, tensor<1x2x6x6xf32>) -> tensor<1x2x3x3x3xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv_correlate(%a: tensor<1x3x8x8xf32>, %b: tensor<1x2x7x6xf32>) {
  // expected-error @+1 {{r has the shape of the convolution's output 1x2x6x6, found 1x2x7x6}}
  %0 = saliency.conv_correlate %a, %b {window = #square} : (tensor<1x3x8x8xf32>, tensor<1x2x7x6xf32>) -> tensor<1x2x3x3x3xf32>
  return
}

// -----

#square = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @conv_correlate(%a: tensor<1x3x8x8xf32>, %b: tensor<1x2x6x6xf32>) {
  // expected-error @+1 {{channels of x and r are multiples of the groups, found 3, 2 and 2 groups}}
  %0 = saliency.conv_correlate %a, %b {window = #square, groups = 2 : i64} : (tensor<1x3x8x8xf32>, tensor<1x2x6x6xf32>) -> tensor<1x2x1x3x3xf32>
  return
}

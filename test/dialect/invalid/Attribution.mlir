// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @reduce(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{a reduction keeps the sample axis: its axes lie in [1, 2), found 0}}
  %0 = saliency.reduce %a {kind = #saliency.reduction<sum>, axes = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @reduce(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{a reduction keeps the sample axis: its axes lie in [1, 2), found 2}}
  %0 = saliency.reduce %a {kind = #saliency.reduction<max>, axes = array<i64: 1, 2>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @broadcast(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{a broadcast repeats axes of extent 1, found 2x3 to 2x4}}
  %0 = saliency.broadcast %a {shape = array<i64: 2, 4>} : (tensor<2x3xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @broadcast(%a: tensor<3xf32>) {
  // expected-error @+1 {{a broadcast repeats axes of extent 1, found 3 to 2x3}}
  %0 = saliency.broadcast %a {shape = array<i64: 2, 3>} : (tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @broadcast(%a: tensor<1x3xf32>) {
  // expected-error @+1 {{a broadcast repeats axes of extent 1, found 1x3 to -2x3}}
  %0 = saliency.broadcast %a {shape = array<i64: -2, 3>} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @divide(%a: tensor<2x3xf32>, %b: tensor<2x1xf32>) {
  // expected-error @+1 {{a division's operands have one shape, found 2x3 and 2x1}}
  %0 = saliency.divide %a, %b {division = #saliency.division<plain>, epsilon = 0.0 : f32} : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @percentile(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{a percentile lies in [0, 100], found 1.005}}
  %0 = saliency.percentile %a {q = 100.5 : f64} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @percentile(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{a percentile lies in [0, 100], found}}
  %0 = saliency.percentile %a {q = 0x7FF8000000000000 : f64} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @percentile(%a: tensor<f32>) {
  // expected-error @+1 {{a percentile is taken per sample, found a scalar}}
  %0 = saliency.percentile %a {q = 50.0 : f64} : (tensor<f32>) -> tensor<f32>
  return
}

// -----

func.func @arg_max(%a: tensor<2x3x4xf32>) {
  // expected-error @+1 {{arg_max takes samples x classes, found 2x3x4}}
  %0 = saliency.arg_max %a : (tensor<2x3x4xf32>) -> tensor<2xi64>
  return
}

// -----

func.func @one_hot(%a: tensor<2x1xi64>) {
  // expected-error @+1 {{one_hot takes one class number per sample and at least one class, found 2x1 and 3}}
  %0 = saliency.one_hot %a {classes = 3 : i64} : (tensor<2x1xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @one_hot(%a: tensor<2xi64>) {
  // expected-error @+1 {{one_hot takes one class number per sample and at least one class, found 2 and 0}}
  %0 = saliency.one_hot %a {classes = 0 : i64} : (tensor<2xi64>) -> tensor<2x0xf32>
  return
}

// -----

func.func @resize(%a: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{a resize has one positive extent per spatial axis, found 8 for 1x3x4x4}}
  %0 = saliency.resize %a {mode = #saliency.resize_mode<nearest>, spatial = array<i64: 8>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x4xf32>
  return
}

// -----

func.func @resize(%a: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{a resize has one positive extent per spatial axis, found 8x0 for 1x3x4x4}}
  %0 = saliency.resize %a {mode = #saliency.resize_mode<nearest>, spatial = array<i64: 8, 0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x0xf32>
  return
}

// -----

func.func @resize(%a: tensor<1x3xf32>) {
  // expected-error @+1 {{a resize has one positive extent per spatial axis, found scalar for 1x3}}
  %0 = saliency.resize %a {mode = #saliency.resize_mode<nearest>, spatial = array<i64>} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return
}

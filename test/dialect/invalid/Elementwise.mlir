// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @relu(%a: tensor<1x4xf32>) {
  // expected-error @+1 {{inferred type(s) 'tensor<1x4xf32>' are incompatible with return type(s) of operation 'tensor<1x5xf32>'}}
  %0 = saliency.relu %a : (tensor<1x4xf32>) -> tensor<1x5xf32>
  return
}

// -----

func.func @relu(%a: tensor<?x4xf32>) {
  // expected-error @+1 {{operand #0 must be statically shaped tensor of 32-bit float values, but got 'tensor<?x4xf32>'}}
  %0 = saliency.relu %a : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @add(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{operands broadcast to a common shape, found 2x3 and 2x4}}
  %0 = saliency.add %a, %b : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @sub(%a: tensor<2x3xf32>, %b: tensor<3x1x1xf32>) {
  // expected-error @+1 {{inferred type(s) 'tensor<3x2x3xf32>' are incompatible}}
  %0 = saliency.sub %a, %b : (tensor<2x3xf32>, tensor<3x1x1xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @mul(%a: tensor<2x3xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{operands broadcast to a common shape, found 2x3 and 2}}
  %0 = saliency.mul %a, %b : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @div(%a: tensor<5x1x3xf32>, %b: tensor<4x2x1xf32>) {
  // expected-error @+1 {{operands broadcast to a common shape, found 5x1x3 and 4x2x1}}
  %0 = saliency.div %a, %b : (tensor<5x1x3xf32>, tensor<4x2x1xf32>) -> tensor<5x2x3xf32>
  return
}

// -----

func.func @batch_norm(%a: tensor<3xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<3xf32>, %e: tensor<3xf32>) {
  // expected-error @+1 {{batch norm's data is samples x channels x spatial, found 3}}
  %0 = saliency.batch_norm %a, %b, %c, %d, %e {epsilon = 1.0e-5 : f32} : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @batch_norm(%a: tensor<1x3x4xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<1x3xf32>, %e: tensor<3xf32>) {
  // expected-error @+1 {{batch norm's parameters have one entry per channel (3), found 1x3}}
  %0 = saliency.batch_norm %a, %b, %c, %d, %e {epsilon = 1.0e-5 : f32} : (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<1x3xf32>, tensor<3xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @softmax(%a: tensor<1x4xf32>) {
  // expected-error @+1 {{softmax needs an axis in [0, 2), found 2}}
  %0 = saliency.softmax %a {axis = 2 : i64} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @softmax(%a: tensor<1x4xf32>) {
  // expected-error @+1 {{softmax needs an axis in [0, 2), found -1}}
  %0 = saliency.softmax %a {axis = -1 : i64} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @layer_norm(%a: tensor<2x4xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{a layer norm keeps the sample axis: it starts at an axis in [1, 2), found 0}}
  %0 = saliency.layer_norm %a, %b, %b {axis = 0 : i64, epsilon = 1.0e-5 : f32} : (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @layer_norm(%a: tensor<2x3x4xf32>, %b: tensor<4xf32>, %c: tensor<3x4xf32>) {
  // expected-error @+1 {{a layer norm's parameters have the extents of its axes (4), found 3x4}}
  %0 = saliency.layer_norm %a, %b, %c {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<2x3x4xf32>, tensor<4xf32>, tensor<3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @gelu(%a: tensor<1x4xf32>) {
  // expected-error @+1 {{inferred type(s) 'tensor<1x4xf32>' are incompatible with return type(s) of operation 'tensor<1x5xf32>'}}
  %0 = saliency.gelu %a : (tensor<1x4xf32>) -> tensor<1x5xf32>
  return
}

// -----

func.func @prelu(%a: tensor<1x4xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{a slope broadcasts to the data, found 2x4 for 1x4}}
  %0 = saliency.prelu %a, %b : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @prelu(%a: tensor<1x4xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{a slope broadcasts to the data, found 3 for 1x4}}
  %0 = saliency.prelu %a, %b : (tensor<1x4xf32>, tensor<3xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @threshold(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{a threshold's data is samples x channels x spatial, found 4}}
  %0 = saliency.threshold %a, %b, %b : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @threshold(%a: tensor<1x4x2xf32>, %b: tensor<4xf32>, %c: tensor<4x1xf32>) {
  // expected-error @+1 {{a threshold's bounds have one entry per channel (4), found 4x1}}
  %0 = saliency.threshold %a, %b, %c : (tensor<1x4x2xf32>, tensor<4xf32>, tensor<4x1xf32>) -> tensor<1x4x2xf32>
  return
}

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

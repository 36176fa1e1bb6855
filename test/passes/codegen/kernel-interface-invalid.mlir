// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-kernel-interface -split-input-file -verify-diagnostics

// expected-error @+1 {{code generation needs a function @explain, the module has none}}
module {
}

// -----

// expected-error @+1 {{'input' of @explain must be a static tensor of f32, it is 'tensor<?x4xf32>'}}
func.func @explain(%input: tensor<?x4xf32> {saliency.role = "input"}) {
  return
}

// -----

// expected-error @+1 {{an argument of @explain is the input, the target or a named tensor, argument 0 has the role 'output'}}
func.func @explain(%input: tensor<1x4xf32> {saliency.role = "output"}) {
  return
}

// -----

// expected-error @+1 {{a result of @explain is a map, map2d, logits, target, layer, statistic or report, found the role '(none)'}}
func.func @explain(%input: tensor<1x4xf32> {saliency.role = "input"}) -> tensor<1x4xf32> {
  return %input : tensor<1x4xf32>
}

// -----

// expected-error @+1 {{named tensor 'noise' must be dynamic in its first dimension only, it is 'tensor<4xf32>'}}
func.func @explain(%noise: tensor<4xf32> {saliency.role = "tensor:noise"}) {
  return
}

// -----

// expected-error @+1 {{named tensor 'noise' must have elements of type i64 or f32, it has 'f64'}}
func.func @explain(%noise: tensor<?x4xf64> {saliency.role = "tensor:noise"}) {
  return
}

// -----

// expected-error @+1 {{@explain must have an argument with the role 'input' and a result with the role 'logits'}}
func.func @explain(%input: tensor<1x4xf32> {saliency.role = "input"})
    -> (tensor<1x4xf32> {saliency.role = "map"}) {
  return %input : tensor<1x4xf32>
}

// -----

// expected-error @+1 {{a 2-D map of @explain follows its method's map, found none before}}
func.func @explain(%input: tensor<1x1x2x2xf32> {saliency.role = "input"}) -> (tensor<1x1x2x2xf32> {saliency.role = "map2d"}) {
  return %input : tensor<1x1x2x2xf32>
}

// -----

// expected-error @+1 {{'report' of @explain must be a matrix for each entry of 'saliency.report', found 'tensor<1x5xf32>' for row 0}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}, %r: tensor<1x5xf32> {saliency.role = "input"})
    -> (tensor<1x3xf32> {saliency.role = "logits"}, tensor<1x5xf32> {saliency.role = "report"}) {
  return %x, %r : tensor<1x3xf32>, tensor<1x5xf32>
}

// -----

// expected-error @+1 {{the layers of @explain come before the report, found 'conv' behind it}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}, %r: tensor<1x5xf32> {saliency.role = "input"})
    -> (tensor<1x3xf32> {saliency.role = "logits"}, tensor<1x5xf32> {saliency.role = "report"}, tensor<1x3xf32> {saliency.role = "layer:conv"})
    attributes {saliency.report = [["conv", "Convolution", "rule", ""]]} {
  return %x, %r, %x : tensor<1x3xf32>, tensor<1x5xf32>, tensor<1x3xf32>
}

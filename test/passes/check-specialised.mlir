// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-check-specialised -split-input-file -verify-diagnostics

func.func @explain(%x: tensor<1x3xf32>, %images: tensor<?x3xf32>, %n: index) -> tensor<1x3xf32> {
  %0 = saliency.repeat %run to %n carrying(%y = %x) : tensor<1x3xf32> {
    %1 = math.absf %y : tensor<1x3xf32>
    %2 = arith.addf %1, %x : tensor<1x3xf32>
    saliency.yield %2 : tensor<1x3xf32>
  }
  return %0 : tensor<1x3xf32>
}

// -----

func.func @explain(%images: tensor<?x3xf32>, %zero: index) -> index {
  // expected-error @+1 {{stage 'specialised' is made of saliency, arith and math, in functions that only return, found 'tensor.dim'}}
  %0 = tensor.dim %images, %zero : tensor<?x3xf32>
  return %0 : index
}

// -----

func.func @explain(%x: tensor<1x3xf32>, %n: index) -> tensor<1x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{stage 'specialised' is made of saliency, arith and math, in functions that only return, found 'scf.for'}}
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%y = %x) -> tensor<1x3xf32> {
    %1 = arith.addf %y, %x : tensor<1x3xf32>
    scf.yield %1 : tensor<1x3xf32>
  }
  return %0 : tensor<1x3xf32>
}

// -----

// Also inside a region of ours.
func.func @explain(%x: tensor<1x3xf32>, %n: index) -> tensor<1x3xf32> {
  %0 = saliency.repeat %run to %n carrying(%y = %x) : tensor<1x3xf32> {
    // expected-error @+1 {{stage 'specialised' is made of saliency, arith and math, in functions that only return, found 'tensor.empty'}}
    %1 = tensor.empty() : tensor<1x3xf32>
    saliency.yield %1 : tensor<1x3xf32>
  }
  return %0 : tensor<1x3xf32>
}

// -----

func.func private @other(tensor<1xf32>) -> tensor<1xf32>
func.func @explain(%x: tensor<1xf32>) -> tensor<1xf32> {
  // expected-error @+1 {{stage 'specialised' is made of saliency, arith and math, in functions that only return, found 'func.call'}}
  %0 = call @other(%x) : (tensor<1xf32>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-lower-to-linalg=layout=channels-last --saliency-check-linalg -split-input-file -verify-diagnostics

func.func @foreign(%x: f32, %m: memref<f32>) {
  // expected-error @+1 {{after lowering only func, linalg, tensor, arith, math, scf and bufferization are left, found 'memref.store'}}
  memref.store %x, %m[] : memref<f32>
  return
}

// -----

func.func @no_data(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  // expected-error @+2 {{a constant's data is present when it is re-laid, found a resource without data}}
  // expected-error @+1 {{failed to legalize operation 'saliency.constant'}}
  %c = saliency.constant {value = dense_resource<absent> : tensor<1x2x3xf32>} : tensor<1x2x3xf32>
  %0 = saliency.add %x, %c : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}

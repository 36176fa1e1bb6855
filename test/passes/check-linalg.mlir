// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-check-linalg -split-input-file -verify-diagnostics

func.func @explain(%x: tensor<3xf32>, %n: index) -> tensor<3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%y = %x) -> tensor<3xf32> {
    %e = tensor.empty() : tensor<3xf32>
    %1 = linalg.exp ins(%y : tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
    %2 = math.absf %1 : tensor<3xf32>
    scf.yield %2 : tensor<3xf32>
  }
  return %0 : tensor<3xf32>
}

// -----

func.func @explain(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{after lowering only func, linalg, tensor, arith, math, scf and bufferization are left, found 'saliency.relu'}}
  %0 = saliency.relu %x : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

func.func @explain(%n: index) -> i64 {
  // expected-error @+1 {{after lowering only func, linalg, tensor, arith, math, scf and bufferization are left, found 'builtin.unrealized_conversion_cast'}}
  %0 = builtin.unrealized_conversion_cast %n : index to i64
  return %0 : i64
}

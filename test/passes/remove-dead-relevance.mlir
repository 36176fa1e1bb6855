// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-remove-dead-relevance | FileCheck %s

// A chain that no output needs goes at once; constants are left to canonicalisation.
// CHECK-LABEL: func @chain
// CHECK-NEXT: saliency.constant
// CHECK-NEXT: %[[Y:.*]] = saliency.gemm
// CHECK-NEXT: return %[[Y]]
func.func @chain(%x: tensor<2x3xf32>, %w: tensor<3x3xf32>) -> tensor<2x3xf32> {
  %c = saliency.constant {value = dense<1.0> : tensor<2x3xf32>} : tensor<2x3xf32>
  %y = saliency.gemm %x, %w : (tensor<2x3xf32>, tensor<3x3xf32>) -> tensor<2x3xf32>
  %r = saliency.gemm_adjoint %w, %y : (tensor<3x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %s = arith.mulf %r, %c : tensor<2x3xf32>
  %k = saliency.gemm_correlate %x, %s : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3x3xf32>
  return %y : tensor<2x3xf32>
}

// A loop stays for its result, without what nothing in it reads.
// CHECK-LABEL: func @loop
// CHECK: scf.for
// CHECK-NEXT: arith.addf
// CHECK-NEXT: scf.yield
func.func @loop(%x: tensor<2x3xf32>, %w: tensor<3x3xf32>, %n: index) -> tensor<2x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<2x3xf32> {
    %r = saliency.gemm_adjoint %w, %a : (tensor<3x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %b = arith.addf %a, %x : tensor<2x3xf32>
    scf.yield %b : tensor<2x3xf32>
  }
  return %sum : tensor<2x3xf32>
}

// CHECK-LABEL: func @runs
// CHECK: saliency.repeat
// CHECK-NEXT: arith.addf
// CHECK-NEXT: saliency.yield
// CHECK-NOT: saliency.repeat
func.func @runs(%x: tensor<2x3xf32>, %w: tensor<3x3xf32>, %n: index) -> tensor<2x3xf32> {
  %sum = saliency.repeat %run to %n carrying(%a = %x) : tensor<2x3xf32> {
    %r = saliency.gemm_adjoint %w, %a : (tensor<3x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %b = arith.addf %a, %x : tensor<2x3xf32>
    saliency.yield %b : tensor<2x3xf32>
  }
  %unread = saliency.repeat %run to %n carrying(%a = %x) : tensor<2x3xf32> {
    saliency.yield %a : tensor<2x3xf32>
  }
  return %sum : tensor<2x3xf32>
}

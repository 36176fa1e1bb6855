// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-count-arithmetic=remark -split-input-file -verify-diagnostics

// 4 x 8 x 2 products and sums.
// expected-remark @+1 {{arithmetic operations: 128}}
func.func @matmul(%a: tensor<4x8xf32>, %b: tensor<8x2xf32>, %z: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %c = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x2xf32>) outs(%z : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %c : tensor<4x2xf32>
}

// -----

// Filling and moving is no arithmetic, nor are casts and constants.
// expected-remark @+1 {{arithmetic operations: 0}}
func.func @moved(%a: tensor<4x8xf32>, %e: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>, i64) {
  %one = arith.constant 1.0 : f32
  %n = arith.constant 3 : index
  %m = arith.index_cast %n : index to i64
  %f = linalg.fill ins(%one : f32) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  %t = linalg.transpose ins(%a : tensor<4x8xf32>) outs(%e : tensor<8x4xf32>) permutation = [1, 0]
  return %f, %t, %m : tensor<8x4xf32>, tensor<8x4xf32>, i64
}

// -----

// Seven trips of three roots.
// expected-remark @+1 {{arithmetic operations: 21}}
func.func @trips(%x: tensor<3xf32>) -> tensor<3xf32> {
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c21 = arith.constant 21 : index
  %0 = scf.for %i = %c2 to %c21 step %c3 iter_args(%y = %x) -> tensor<3xf32> {
    %1 = linalg.sqrt ins(%y : tensor<3xf32>) outs(%y : tensor<3xf32>) -> tensor<3xf32>
    scf.yield %1 : tensor<3xf32>
  }
  return %0 : tensor<3xf32>
}

// -----

// As many trips as images are given, else 50: without any, 50 times the branch of three roots. Besides, cmpi and select.
// expected-remark @+1 {{arithmetic operations: 152}}
func.func @given(%x: tensor<3xf32>, %noise: tensor<?x3xf32>) -> tensor<3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c50 = arith.constant 50 : index
  %n = tensor.dim %noise, %c0 : tensor<?x3xf32>
  %none = arith.cmpi eq, %n, %c0 : index
  %count = arith.select %none, %c50, %n : index
  %0 = scf.for %i = %c0 to %count step %c1 iter_args(%y = %x) -> tensor<3xf32> {
    %1 = scf.if %none -> tensor<3xf32> {
      %2 = linalg.sqrt ins(%y : tensor<3xf32>) outs(%y : tensor<3xf32>) -> tensor<3xf32>
      scf.yield %2 : tensor<3xf32>
    } else {
      %2 = linalg.sqrt ins(%y : tensor<3xf32>) outs(%y : tensor<3xf32>) -> tensor<3xf32>
      %3 = linalg.exp ins(%2 : tensor<3xf32>) outs(%y : tensor<3xf32>) -> tensor<3xf32>
      scf.yield %3 : tensor<3xf32>
    }
    scf.yield %1 : tensor<3xf32>
  }
  return %0 : tensor<3xf32>
}

// -----

// A branch that a call decides counts as the costlier one; a loop that it decides counts once.
// expected-remark @+1 {{arithmetic operations: 9}}
func.func @unknown(%x: tensor<3xf32>, %yes: i1, %n: index) -> tensor<3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = scf.if %yes -> tensor<3xf32> {
    scf.yield %x : tensor<3xf32>
  } else {
    %2 = linalg.sqrt ins(%x : tensor<3xf32>) outs(%x : tensor<3xf32>) -> tensor<3xf32>
    %3 = linalg.exp ins(%2 : tensor<3xf32>) outs(%x : tensor<3xf32>) -> tensor<3xf32>
    scf.yield %3 : tensor<3xf32>
  }
  %1 = scf.for %i = %c0 to %n step %c1 iter_args(%y = %0) -> tensor<3xf32> {
    %2 = linalg.sqrt ins(%y : tensor<3xf32>) outs(%y : tensor<3xf32>) -> tensor<3xf32>
    scf.yield %2 : tensor<3xf32>
  }
  return %1 : tensor<3xf32>
}

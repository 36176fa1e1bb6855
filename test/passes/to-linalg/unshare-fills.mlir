// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-unshare-fills | FileCheck %s

#id = affine_map<(i) -> (i)>
#row = affine_map<(i, j) -> (j)>
#plane = affine_map<(i, j) -> (i, j)>

// CHECK-LABEL: func @sums
// CHECK: %[[FIRST:.*]] = linalg.fill
// CHECK-NEXT: linalg.copy {{.*}} outs(%[[FIRST]]
// CHECK: %[[SECOND:.*]] = linalg.fill
// CHECK-NEXT: tensor.insert_slice %{{.*}} into %[[SECOND]]
func.func @sums(%x: tensor<4xf32>, %y: tensor<2xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %a = linalg.copy ins(%x : tensor<4xf32>) outs(%zeros : tensor<4xf32>) -> tensor<4xf32>
  %b = tensor.insert_slice %y into %zeros[1] [2] [1] : tensor<2xf32> into tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// The start of a sum at its bias, and a loop's first value.
// CHECK-LABEL: func @bias
// CHECK: %[[FIRST:.*]] = linalg.generic
// CHECK: linalg.copy {{.*}} outs(%[[FIRST]]
// CHECK: %[[SECOND:.*]] = linalg.generic
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[SECOND]])
func.func @bias(%x: tensor<2x4xf32>, %bias: tensor<4xf32>, %n: index) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = tensor.empty() : tensor<2x4xf32>
  %start = linalg.generic {indexing_maps = [#row, #plane], iterator_types = ["parallel", "parallel"]}
           ins(%bias : tensor<4xf32>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%b: f32, %o: f32):
    linalg.yield %b : f32
  } -> tensor<2x4xf32>
  %a = linalg.copy ins(%x : tensor<2x4xf32>) outs(%start : tensor<2x4xf32>) -> tensor<2x4xf32>
  %s = scf.for %i = %c0 to %n step %c1 iter_args(%t = %start) -> tensor<2x4xf32> {
    %u = linalg.copy ins(%x : tensor<2x4xf32>) outs(%t : tensor<2x4xf32>) -> tensor<2x4xf32>
    scf.yield %u : tensor<2x4xf32>
  }
  return %a, %s : tensor<2x4xf32>, tensor<2x4xf32>
}

// What is only read stays shared.
// CHECK-LABEL: func @read
// CHECK-COUNT-1: linalg.fill
// CHECK-NOT: linalg.fill
func.func @read(%i: index) -> (f32, f32) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %a = tensor.extract %zeros[%i] : tensor<4xf32>
  return %a, %a : f32, f32
}

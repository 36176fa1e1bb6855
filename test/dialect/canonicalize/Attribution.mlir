// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func @broadcast_to_its_own_shape
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @broadcast_to_its_own_shape(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = saliency.broadcast %x {shape = array<i64: 2, 3>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func @common_reductions
// CHECK: %[[SUM:.*]] = saliency.reduce
// CHECK-NOT: saliency.reduce
// CHECK: arith.addf %[[SUM]], %[[SUM]]
func.func @common_reductions(%x: tensor<2x3xf32>) -> tensor<2x1xf32> {
  %0 = saliency.reduce %x {kind = #saliency.reduction<sum>, axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %1 = saliency.reduce %x {kind = #saliency.reduction<sum>, axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %2 = arith.addf %0, %1 : tensor<2x1xf32>
  return %2 : tensor<2x1xf32>
}

// Divisions are told apart by their kind and epsilon.
// CHECK-LABEL: func @different_divisions
// CHECK-COUNT-3: saliency.divide
func.func @different_divisions(%a: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %0 = saliency.divide %a, %a {division = #saliency.division<stab>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = saliency.divide %a, %a {division = #saliency.division<stab>, epsilon = 1.0e-9 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = saliency.divide %a, %a {division = #saliency.division<stab_clip>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0, %1, %2 : tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-fold-weights | FileCheck %s

// CHECK-LABEL: func @positive_part
// CHECK-NEXT: %[[W:.*]] = saliency.constant {value = dense<[1.000000e+00, 0.000000e+00, 3.000000e+00]> : tensor<3xf32>}
// CHECK-NEXT: return %[[W]]
func.func @positive_part() -> tensor<3xf32> {
  %w = saliency.constant {value = dense<[1.0, -2.0, 3.0]> : tensor<3xf32>} : tensor<3xf32>
  %zero = arith.constant dense<0.0> : tensor<3xf32>
  %positive = arith.cmpf ogt, %w, %zero : tensor<3xf32>
  %0 = arith.select %positive, %w, %zero : tensor<3xi1>, tensor<3xf32>
  return %0 : tensor<3xf32>
}

// Only what is read outside of the chain is stored: w + w * w / 2, not the product.
// CHECK-LABEL: func @chain
// CHECK-SAME: %[[X:.*]]: tensor<2xf32>
// CHECK: %[[W:.*]] = saliency.constant {value = dense<[1.500000e+00, 4.000000e+00]> : tensor<2xf32>}
// CHECK-NOT: saliency.constant
// CHECK: arith.mulf %[[X]], %[[W]]
func.func @chain(%x: tensor<2xf32>) -> tensor<2xf32> {
  %w = saliency.constant {value = dense<[1.0, 2.0]> : tensor<2xf32>} : tensor<2xf32>
  %half = arith.constant dense<0.5> : tensor<2xf32>
  %square = arith.mulf %w, %w : tensor<2xf32>
  %scaled = arith.mulf %square, %half : tensor<2xf32>
  %sum = saliency.add %w, %scaled : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %0 = arith.mulf %x, %sum : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// Splats stay splats.
// CHECK-LABEL: func @splat
// CHECK: saliency.constant {value = dense<2.000000e+00> : tensor<64x64xf32>}
func.func @splat() -> tensor<64x64xf32> {
  %w = arith.constant dense<4.0> : tensor<64x64xf32>
  %0 = math.sqrt %w : tensor<64x64xf32>
  return %0 : tensor<64x64xf32>
}

// What is not elementwise, or not constant, stays.
// CHECK-LABEL: func @kept
// CHECK: saliency.add
// CHECK: saliency.reduce
func.func @kept(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x1xf32>) {
  %w = saliency.constant {value = dense<[[1.0, 2.0]]> : tensor<1x2xf32>} : tensor<1x2xf32>
  %0 = saliency.add %x, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = saliency.reduce %w {kind = #saliency.reduction<sum>, axes = array<i64: 1>} : (tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x1xf32>
}

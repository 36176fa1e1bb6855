// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-lower-to-linalg --split-input-file | FileCheck %s --check-prefixes=CHECK,FIRST
// RUN: saliency-opt %s --saliency-lower-to-linalg=layout=channels-last --split-input-file | FileCheck %s --check-prefixes=CHECK,LAST

// Functions keep their types; between their borders one order holds, and no reordering is left inside.
// CHECK-LABEL: func @border(
// CHECK-SAME: tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32>
// FIRST-NOT: linalg.transpose
// LAST: linalg.transpose {{.*}} permutation = [0, 2, 3, 1]
// LAST: linalg.generic
// LAST: linalg.generic
// LAST: linalg.transpose {{.*}} permutation = [0, 3, 1, 2]
// CHECK: return
func.func @border(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32> {
  %0 = saliency.relu %x : (tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32>
  %1 = arith.mulf %0, %0 : tensor<1x3x8x8xf32>
  return %1 : tensor<1x3x8x8xf32>
}

// -----

// Where only unit axes move, the border costs nothing; flattening a pooled map neither.
// CHECK-LABEL: func @free
// CHECK-NOT: linalg.transpose
// CHECK: return
func.func @free(%x: tensor<2x1x8x8xf32>) -> tensor<2x1xf32> {
  %0 = saliency.avg_pool %x {window = #saliency.window<kernel = [8, 8], strides = [1, 1], low = [0, 0], high = [0, 0],
       dilations = [1, 1]>} : (tensor<2x1x8x8xf32>) -> tensor<2x1x1x1xf32>
  %1 = saliency.reshape %0 {shape = array<i64: 2, 1>} : (tensor<2x1x1x1xf32>) -> tensor<2x1xf32>
  return %1 : tensor<2x1xf32>
}

// -----

// Splat operands become scalars of the nest.
// CHECK-LABEL: func @splat
// CHECK: %[[TWO:.*]] = arith.constant 2.000000e+00 : f32
// CHECK: linalg.generic {{.*}} ins(%{{[^,]*}} : tensor<4xf32>)
// CHECK: arith.mulf %{{.*}}, %[[TWO]] : f32
func.func @splat(%x: tensor<4xf32>) -> tensor<4xf32> {
  %two = arith.constant dense<2.0> : tensor<4xf32>
  %0 = arith.mulf %x, %two : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// A constant is re-laid at compile time.
// CHECK-LABEL: func @constant
// FIRST: arith.constant dense<{{.*}}[1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]{{.*}}> : tensor<1x2x2xf32>
// LAST: arith.constant dense<{{.*}}[1.000000e+00, 3.000000e+00], [2.000000e+00, 4.000000e+00]{{.*}}> : tensor<1x2x2xf32>
func.func @constant(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  %c = saliency.constant {value = dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>} : tensor<1x2x2xf32>
  %0 = saliency.add %x, %c : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  return %0 : tensor<1x2x2xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-simplify-by-sign --canonicalize --cse | FileCheck %s

// The positive part of a value that is not negative is the value, its negative part is zero, and so is what a linear map
// makes of that.
// CHECK-LABEL: func @parts_after_relu
// CHECK-SAME: %[[X:[^:]*]]: tensor
// CHECK: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<1x2xf32>
// CHECK: %[[Y:.*]] = saliency.relu %[[X]]
// CHECK-NEXT: %[[P:.*]] = saliency.gemm %[[Y]]
// CHECK-NEXT: return %[[P]], %[[ZERO]]
func.func @parts_after_relu(%x: tensor<1x4xf32>, %w: tensor<2x4xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %zero = arith.constant dense<0.0> : tensor<1x4xf32>
  %y = saliency.relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %less = arith.cmpf olt, %y, %zero : tensor<1x4xf32>
  %positive = arith.select %less, %zero, %y : tensor<1x4xi1>, tensor<1x4xf32>
  %greater = arith.cmpf ogt, %y, %zero : tensor<1x4xf32>
  %negative = arith.select %greater, %zero, %y : tensor<1x4xi1>, tensor<1x4xf32>
  %p = saliency.gemm %positive, %w : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  %n = saliency.gemm %negative, %w : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  return %p, %n : tensor<1x2xf32>, tensor<1x2xf32>
}

// CHECK-LABEL: func @parts_of_anything_stay
// CHECK: arith.select
// CHECK: arith.select
func.func @parts_of_anything_stay(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<1x4xf32>
  %less = arith.cmpf olt, %x, %zero : tensor<1x4xf32>
  %positive = arith.select %less, %zero, %x : tensor<1x4xi1>, tensor<1x4xf32>
  %negative = arith.select %less, %x, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  return %positive, %negative : tensor<1x4xf32>, tensor<1x4xf32>
}

// A gate on a value that may be zero is not decided: at zero relevance would pass.
// CHECK-LABEL: func @gate_stays
// CHECK: %[[R:.*]] = arith.select
// CHECK: return %[[R]]
func.func @gate_stays(%x: tensor<1x4xf32>, %r: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<1x4xf32>
  %y = saliency.relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %open = arith.cmpf ogt, %y, %zero : tensor<1x4xf32>
  %gated = arith.select %open, %r, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  return %gated : tensor<1x4xf32>
}

// CHECK-LABEL: func @decided_gates
// CHECK-SAME: %{{.*}}: tensor<1x4xf32>, %[[R:.*]]: tensor<1x4xf32>
// CHECK: %[[ZERO:.*]] = arith.constant dense<0.0
// CHECK: return %[[ZERO]], %[[R]], %[[R]], %[[ZERO]]
func.func @decided_gates(%x: tensor<1x4xf32>, %r: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<1x4xf32>
  %one = arith.constant dense<1.0> : tensor<1x4xf32>
  %y = saliency.relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %z = arith.addf %y, %one : tensor<1x4xf32>
  %0 = arith.cmpf olt, %y, %zero : tensor<1x4xf32>
  %1 = arith.select %0, %r, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  %2 = arith.cmpf oge, %y, %zero : tensor<1x4xf32>
  %3 = arith.select %2, %r, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  %4 = arith.cmpf une, %z, %zero : tensor<1x4xf32>
  %5 = arith.select %4, %r, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  %6 = arith.cmpf ole, %z, %zero : tensor<1x4xf32>
  %7 = arith.select %6, %r, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  return %1, %3, %5, %7 : tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}

// CHECK-LABEL: func @zero_summands
// CHECK-SAME: %[[X:[^:]*]]: tensor
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]]
func.func @zero_summands(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<1x4xf32>
  %nothing = arith.mulf %x, %zero : tensor<1x4xf32>
  %0 = arith.addf %x, %nothing : tensor<1x4xf32>
  %1 = arith.addf %nothing, %x : tensor<1x4xf32>
  %2 = arith.subf %x, %nothing : tensor<1x4xf32>
  return %0, %1, %2 : tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}

// The difference with a zero on the left is not that zero.
// CHECK-LABEL: func @negated_stays
// CHECK: arith.subf
func.func @negated_stays(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<1x4xf32>
  %0 = arith.subf %zero, %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// Relevance that is zero for certain: products, convolutions, adjoints and correlations of it.
// CHECK-LABEL: func @dead_relevance
// CHECK-NOT: saliency
// CHECK: return
func.func @dead_relevance(%x: tensor<1x1x4xf32>, %w: tensor<1x1x2xf32>) -> (tensor<1x1x4xf32>, tensor<1x1x1x2xf32>, tensor<1x1x2xf32>) {
  %r = arith.constant dense<0.0> : tensor<1x1x2xf32>
  %0 = saliency.conv_adjoint %w, %r {window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>, spatial = array<i64: 4>} : (tensor<1x1x2xf32>, tensor<1x1x2xf32>) -> tensor<1x1x4xf32>
  %1 = saliency.conv_correlate %x, %r {window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %2 = saliency.conv %0, %w {window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>) -> tensor<1x1x2xf32>
  return %0, %1, %2 : tensor<1x1x4xf32>, tensor<1x1x1x2xf32>, tensor<1x1x2xf32>
}

// Something over zero is infinite, not zero.
// CHECK-LABEL: func @quotient_stays
// CHECK: saliency.divide
// CHECK: arith.divf
func.func @quotient_stays(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<1x4xf32>
  %y = saliency.relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %0 = saliency.divide %y, %zero {division = #saliency.division<plain>, epsilon = 0.0 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = arith.divf %y, %zero : tensor<1x4xf32>
  return %0, %1 : tensor<1x4xf32>, tensor<1x4xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @repeat
// CHECK-SAME: (%[[COUNT:.*]]: index, %[[X:.*]]: tensor<1x3xf32>, %[[Y:.*]]: tensor<1xf32>)
// CHECK: %[[SUMS:.*]]:2 = saliency.repeat %[[NUMBER:.*]] to %[[COUNT]] carrying(%[[A:.*]] = %[[X]], %[[B:.*]] = %[[Y]]) : tensor<1x3xf32>, tensor<1xf32> {
// CHECK: saliency.draw %[[NUMBER]]
// CHECK: saliency.yield %{{.*}}, %[[B]] : tensor<1x3xf32>, tensor<1xf32>
// CHECK: return %[[SUMS]]#0
func.func @repeat(%count: index, %x: tensor<1x3xf32>, %y: tensor<1xf32>) -> tensor<1x3xf32> {
  %sums:2 = saliency.repeat %run to %count carrying(%a = %x, %b = %y) : tensor<1x3xf32>, tensor<1xf32> {
    %draw = saliency.draw %run {distribution = #saliency.distribution<uniform>, seed = 3 : i64, stream = 0 : i64, shape = array<i64: 1, 3>} : tensor<1x3xf32>
    %next = arith.addf %a, %draw : tensor<1x3xf32>
    saliency.yield %next, %b : tensor<1x3xf32>, tensor<1xf32>
  }
  return %sums#0 : tensor<1x3xf32>
}

// What carries nothing needs no end.
// CHECK-LABEL: func @nothing_carried
// CHECK: saliency.repeat %{{.*}} to %{{.*}} attributes {text = "kept"} {
// CHECK-NEXT: }
func.func @nothing_carried(%count: index) {
  saliency.repeat %run to %count attributes {text = "kept"} {
  }
  return
}

// CHECK-LABEL: func @for_each_class
// CHECK-SAME: (%[[LISTED:.*]]: tensor<?x2xi64>, %[[SECOND:.*]]: tensor<2xi64>, %[[TARGET:.*]]: tensor<2xi64>, %[[X:.*]]: tensor<2x5xf32>)
// CHECK: saliency.for_each_class %[[CLASS:.*]] in %[[LISTED]] or %[[SECOND]] except %[[TARGET]] : tensor<?x2xi64> carrying(%[[A:.*]] = %[[X]]) : tensor<2x5xf32> {
// CHECK: saliency.one_hot %[[CLASS]]
// CHECK: saliency.yield
func.func @for_each_class(%listed: tensor<?x2xi64>, %second: tensor<2xi64>, %target: tensor<2xi64>, %x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %sum = saliency.for_each_class %class in %listed or %second except %target : tensor<?x2xi64> carrying(%a = %x) : tensor<2x5xf32> {
    %hot = saliency.one_hot %class {classes = 5 : i64} : (tensor<2xi64>) -> tensor<2x5xf32>
    %next = arith.addf %a, %hot : tensor<2x5xf32>
    saliency.yield %next : tensor<2x5xf32>
  }
  return %sum : tensor<2x5xf32>
}

// CHECK-LABEL: func @given
// CHECK: saliency.count_given %[[IMAGES:.*]] : tensor<?x3x8x8xf32>
// CHECK: saliency.if_given %[[IMAGES]] : tensor<?x3x8x8xf32> -> tensor<1x3x8x8xf32> {
// CHECK: saliency.given_entry %[[IMAGES]][%{{.*}}] : tensor<?x3x8x8xf32> -> tensor<1x3x8x8xf32>
// CHECK: } otherwise {
// CHECK: saliency.yield %{{.*}} : tensor<1x3x8x8xf32>
func.func @given(%images: tensor<?x3x8x8xf32>, %run: index, %black: tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32> {
  %count = saliency.count_given %images : tensor<?x3x8x8xf32>
  %image = saliency.if_given %images : tensor<?x3x8x8xf32> -> tensor<1x3x8x8xf32> {
    %number = arith.remui %run, %count : index
    %entry = saliency.given_entry %images[%number] : tensor<?x3x8x8xf32> -> tensor<1x3x8x8xf32>
    saliency.yield %entry : tensor<1x3x8x8xf32>
  } otherwise {
    saliency.yield %black : tensor<1x3x8x8xf32>
  }
  return %image : tensor<1x3x8x8xf32>
}

// CHECK-LABEL: func @entries
// CHECK: saliency.table_entry %{{.*}} {table = array<f32: 2.500000e-01, 7.500000e-01>}
// CHECK: saliency.fill %{{.*}} : f32 -> tensor<2x1xf32>
// CHECK: saliency.fill %{{.*}} : i64 -> tensor<2xi64>
// CHECK: saliency.gemm_adjoint_at %{{.*}}, %{{.*}}, %{{.*}} : (tensor<3x4xf32>, tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x4xf32>
func.func @entries(%run: index, %class: i64, %w: tensor<3x4xf32>, %r: tensor<2x3xf32>) -> (tensor<2x1xf32>, tensor<2x4xf32>) {
  %weight = saliency.table_entry %run {table = array<f32: 0.25, 0.75>}
  %weights = saliency.fill %weight : f32 -> tensor<2x1xf32>
  %classes = saliency.fill %class : i64 -> tensor<2xi64>
  %row = saliency.gemm_adjoint_at %w, %r, %classes : (tensor<3x4xf32>, tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  return %weights, %row : tensor<2x1xf32>, tensor<2x4xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-lower-to-linalg --saliency-check-linalg --canonicalize | FileCheck %s

// CHECK-LABEL: func @repeat
// CHECK-SAME: (%[[N:.*]]: index, %[[X:.*]]: tensor<1x3xf32>)
// CHECK: %[[SUM:.*]] = scf.for %[[NUMBER:.*]] = %{{.*}} to %[[N]] step %{{.*}} iter_args(%[[A:.*]] = %[[X]]) -> (tensor<1x3xf32>) {
// CHECK: %[[ENTRY:.*]] = tensor.extract %{{.*}}[%[[NUMBER]]] : tensor<2xf32>
// CHECK: linalg.fill ins(%[[ENTRY]] : f32)
// CHECK: %[[NEXT:.*]] = linalg.generic
// CHECK: scf.yield %[[NEXT]] : tensor<1x3xf32>
// CHECK: return %[[SUM]]
func.func @repeat(%n: index, %x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %sum = saliency.repeat %run to %n carrying(%a = %x) : tensor<1x3xf32> {
    %entry = saliency.table_entry %run {table = array<f32: 1.0, 2.0>}
    %all = saliency.fill %entry : f32 -> tensor<1x3xf32>
    %next = arith.addf %a, %all : tensor<1x3xf32>
    saliency.yield %next : tensor<1x3xf32>
  }
  return %sum : tensor<1x3xf32>
}

// Once with the default where no row is listed.
// CHECK-LABEL: func @classes
// CHECK-SAME: (%[[LISTED:[^:]*]]: tensor<?x2xi64>, %[[SECOND:[^:]*]]: tensor<2xi64>,
// CHECK: %[[ROWS:.*]] = tensor.dim %[[LISTED]]
// CHECK: %[[NONE:.*]] = arith.cmpi eq, %[[ROWS]]
// CHECK: %[[TRIPS:.*]] = arith.maxsi %[[ROWS]]
// CHECK: scf.for %[[ROW:.*]] = %{{.*}} to %[[TRIPS]] step
// CHECK: scf.if %[[NONE]] -> (tensor<2xi64>) {
// CHECK-NEXT: scf.yield %[[SECOND]]
// CHECK-NEXT: } else {
// CHECK-NEXT: tensor.extract_slice %[[LISTED]][%[[ROW]], 0] [1, 2] [1, 1] : tensor<?x2xi64> to tensor<2xi64>
func.func @classes(%listed: tensor<?x2xi64>, %second: tensor<2xi64>, %target: tensor<2xi64>, %x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %sum = saliency.for_each_class %class in %listed or %second except %target : tensor<?x2xi64> carrying(%a = %x) : tensor<2x3xf32> {
    %hot = saliency.one_hot %class {classes = 3 : i64} : (tensor<2xi64>) -> tensor<2x3xf32>
    %next = arith.addf %a, %hot : tensor<2x3xf32>
    saliency.yield %next : tensor<2x3xf32>
  }
  return %sum : tensor<2x3xf32>
}

// CHECK-LABEL: func @given
// CHECK-SAME: (%[[IMAGES:.*]]: tensor<?x3xf32>, %[[X:.*]]: tensor<1x3xf32>, %[[N:.*]]: index)
// CHECK: %[[COUNT:.*]] = tensor.dim %[[IMAGES]]
// CHECK: %[[NONE:.*]] = arith.cmpi eq, %[[COUNT]]
// CHECK: scf.if %[[NONE]] -> (tensor<1x3xf32>) {
// CHECK-NEXT: scf.yield %[[X]]
// CHECK: tensor.extract_slice %[[IMAGES]][%[[N]], 0] [1, 3] [1, 1] : tensor<?x3xf32> to tensor<1x3xf32>
func.func @given(%images: tensor<?x3xf32>, %x: tensor<1x3xf32>, %n: index) -> tensor<1x3xf32> {
  %image = saliency.if_given %images : tensor<?x3xf32> -> tensor<1x3xf32> {
    %entry = saliency.given_entry %images[%n] : tensor<?x3xf32> -> tensor<1x3xf32>
    saliency.yield %entry : tensor<1x3xf32>
  } otherwise {
    saliency.yield %x : tensor<1x3xf32>
  }
  return %image : tensor<1x3xf32>
}

// One row of the weights; nothing for a negative class.
// CHECK-LABEL: func @row
// CHECK-SAME: %[[INDEX:.*]]: tensor<2xi64>, %[[W:.*]]: tensor<3x4xf32>, %[[R:.*]]: tensor<2x3xf32>
// CHECK: linalg.generic {{.*}} ins(%[[INDEX]] : tensor<2xi64>) outs(%{{.*}} : tensor<2x4xf32>)
// CHECK: ^bb0(%[[CLASS:.*]]: i64, %{{.*}}: f32):
// CHECK: %[[NONE:.*]] = arith.cmpi slt, %[[CLASS]], %{{.*}} : i64
// CHECK: %[[ROW:.*]] = arith.index_cast
// CHECK: %[[WEIGHT:.*]] = tensor.extract %[[W]][%[[ROW]], %{{.*}}]
// CHECK: %[[SEED:.*]] = tensor.extract %[[R]][%{{.*}}, %[[ROW]]]
// CHECK: %[[PRODUCT:.*]] = arith.mulf %[[SEED]], %[[WEIGHT]]
// CHECK: arith.select %[[NONE]], %{{.*}}, %[[PRODUCT]]
func.func @row(%index: tensor<2xi64>, %w: tensor<3x4xf32>, %r: tensor<2x3xf32>) -> tensor<2x4xf32> {
  %0 = saliency.gemm_adjoint_at %w, %r, %index : (tensor<3x4xf32>, tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

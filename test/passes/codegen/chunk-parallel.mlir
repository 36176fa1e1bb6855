// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-chunk-parallel=chunks=4 --canonicalize | FileCheck %s

// CHECK-LABEL: func @chunks
// CHECK: scf.parallel (%[[CHUNK:.*]]) = (%c0) to (%c4) step (%c1)
// CHECK: %[[B0:.*]] = arith.muli %[[CHUNK]], %c10
// CHECK: %[[B:.*]] = arith.divui %[[B0]], %c4
// CHECK: %[[NEXT:.*]] = arith.addi %[[CHUNK]], %c1
// CHECK: %[[E0:.*]] = arith.muli %[[NEXT]], %c10
// CHECK: %[[E:.*]] = arith.divui %[[E0]], %c4
// CHECK: scf.for %[[I:.*]] = %[[B]] to %[[E]] step %c1
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[I]]]
func.func @chunks(%a: memref<10xf32>, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c10 = arith.constant 10 : index
  scf.parallel (%i) = (%c0) to (%c10) step (%c1) {
    memref.store %x, %a[%i] : memref<10xf32>
  }
  return
}

// CHECK-LABEL: func @nested
// CHECK: scf.parallel
// CHECK-NOT: scf.parallel
// CHECK: scf.for
func.func @nested(%a: memref<4x10xf32>, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c10 = arith.constant 10 : index
  scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
    scf.parallel (%j) = (%c0) to (%c10) step (%c1) {
      memref.store %x, %a[%i, %j] : memref<4x10xf32>
    }
  }
  return
}

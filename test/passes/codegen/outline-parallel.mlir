// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-outline-parallel --canonicalize -split-input-file -verify-diagnostics | FileCheck %s

// CHECK: func.func @kernel(%[[HOOKS:[^:]*]]: !llvm.ptr, %[[A:[^:]*]]: memref<16xf32> {llvm.noalias}, %[[B:[^:]*]]: memref<16xf32>
func.func @kernel(%hooks: !llvm.ptr, %a: memref<16xf32> {llvm.noalias}, %b: memref<16xf32>, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  // CHECK: call @parallel_0(%[[HOOKS]], %[[A]], %{{.*}}, %[[B]], %c0) {saliency.parallel_count = 16 : i64}
  scf.parallel (%i) = (%c0) to (%c16) step (%c1) {
    %y = memref.load %a[%i] : memref<16xf32>
    %z = arith.mulf %x, %y : f32
    memref.store %z, %b[%i] : memref<16xf32>
  }
  return
}
// What is disjoint in the function is disjoint in the body.
// CHECK: func.func private @parallel_0(%{{.*}}: !llvm.ptr, %[[FROM:[^:]*]]: memref<16xf32> {llvm.noalias}, %{{.*}}: f32, %{{.*}}: memref<16xf32> {llvm.noalias}, %[[I:[^:]*]]: index)
// CHECK-SAME: llvm.bareptr
// CHECK: memref.load %[[FROM]][%[[I]]]

// -----

func.func @alone(%a: memref<16xf32>, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  // expected-error @+1 {{a parallel loop needs the caller's hooks, its function has no argument of type !llvm.ptr}}
  scf.parallel (%i) = (%c0) to (%c16) step (%c1) {
    memref.store %x, %a[%i] : memref<16xf32>
  }
  return
}

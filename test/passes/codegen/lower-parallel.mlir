// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-lower-parallel | FileCheck %s

// CHECK: llvm.func @saliency_parallel(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> i32

llvm.func @body(%hooks: !llvm.ptr, %a: !llvm.ptr, %x: f32, %index: i64)

// CHECK: llvm.func @explain(%[[HOOKS:.*]]: !llvm.ptr, %[[A:.*]]: !llvm.ptr, %[[X:.*]]: f32)
llvm.func @explain(%hooks: !llvm.ptr, %a: !llvm.ptr, %x: f32) {
  %zero = llvm.mlir.constant(0 : i64) : i64
  // CHECK: %[[DATA:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, f32)>
  // CHECK: llvm.store %[[A]]
  // CHECK: llvm.store %[[X]]
  // CHECK: %[[BODY:.*]] = llvm.mlir.addressof @body_thunk
  // CHECK: %[[COUNT:.*]] = llvm.mlir.constant(16 : i64)
  // CHECK: llvm.call @saliency_parallel(%[[HOOKS]], %[[BODY]], %[[DATA]], %[[COUNT]])
  llvm.call @body(%hooks, %a, %x, %zero) {saliency.parallel_count = 16 : i64} : (!llvm.ptr, !llvm.ptr, f32, i64) -> ()
  llvm.return
}

// CHECK: llvm.func internal @body_thunk(%[[DATA:.*]]: !llvm.ptr, %[[INDEX:.*]]: i64)
// CHECK: %[[A:.*]] = llvm.load {{.*}} -> !llvm.ptr
// CHECK: %[[X:.*]] = llvm.load {{.*}} -> f32
// CHECK: llvm.call @body(%{{.*}}, %[[A]], %[[X]], %[[INDEX]])

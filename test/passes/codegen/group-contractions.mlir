// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-group-contractions | FileCheck %s

func.func @products(%a: memref<8x8xf32>, %b: memref<8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  // CHECK: %[[C:.*]] = memref.alloc
  %c = memref.alloc() : memref<8x8xf32>
  %d = memref.alloc() : memref<8x8xf32>
  // The zeros that a scheduled contraction starts from come along.
  // CHECK-NOT: linalg.fill
  // CHECK: scf.execute_region
  // CHECK-NEXT: linalg.fill {{.*}} outs(%[[C]]
  // CHECK-NEXT: linalg.matmul {saliency.schedule
  // CHECK-NEXT: scf.yield
  // CHECK-NEXT: } {saliency.group}
  linalg.fill ins(%zero : f32) outs(%c : memref<8x8xf32>)
  linalg.matmul {saliency.schedule = {}} ins(%a, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>)
  // Other numbers do not.
  // CHECK: linalg.fill
  // CHECK-NEXT: scf.execute_region
  // CHECK-NEXT: linalg.matmul
  // CHECK-NEXT: scf.yield
  linalg.fill ins(%one : f32) outs(%d : memref<8x8xf32>)
  linalg.matmul {saliency.schedule = {}} ins(%a, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%d : memref<8x8xf32>)
  // What has no schedule stays alone.
  // CHECK-NOT: scf.execute_region
  // CHECK: linalg.matmul
  linalg.matmul ins(%a, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%d : memref<8x8xf32>)
  return
}

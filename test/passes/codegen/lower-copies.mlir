// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-lower-copies | FileCheck %s

// CHECK-LABEL: func @copy
func.func @copy(%a: memref<4xf32>, %b: memref<4xf32, strided<[2]>>) {
  // CHECK: linalg.copy ins(%{{.*}} : memref<4xf32>) outs(%{{.*}} : memref<4xf32, strided<[2]>>)
  memref.copy %a, %b : memref<4xf32> to memref<4xf32, strided<[2]>>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-mark-parallel | FileCheck %s

func.func @products(%a: memref<64x64xf32>, %b: memref<64x64xf32>, %s: memref<4x4xf32>) {
  // CHECK: linalg.matmul {saliency.parallel, saliency.schedule
  linalg.matmul {saliency.schedule = {}} ins(%a, %b : memref<64x64xf32>, memref<64x64xf32>) outs(%a : memref<64x64xf32>)
  // CHECK-NOT: saliency.parallel
  linalg.matmul {saliency.schedule = {}} ins(%s, %s : memref<4x4xf32>, memref<4x4xf32>) outs(%s : memref<4x4xf32>)
  linalg.matmul ins(%a, %b : memref<64x64xf32>, memref<64x64xf32>) outs(%a : memref<64x64xf32>)
  return
}

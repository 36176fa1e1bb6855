// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-outline-operations | FileCheck %s
// RUN: saliency-opt %s --saliency-outline-operations=worth-call=4 | FileCheck %s --check-prefix=SMALL

module attributes {saliency.interface = {classes = 3 : i64, input = array<i64: 3>, layers = [], maps = [{plane = array<i64: 0, 0>, shape = array<i64: 3>}], tensors = []}} {
  func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, %input: memref<?xi8>, %targets: memref<?xi8>,
                     %maps: memref<?xi8>, %maps2d: memref<?xi8>, %logits: memref<?xi8>, %layers: memref<?xi8>,
                     %count: index, %hooks: !llvm.ptr) {
    %zero = arith.constant 0.0 : f32
    %a = memref.alloc() : memref<4x4xf32>
    %c = memref.alloc() : memref<4x4xf32>
    %s = memref.alloc() : memref<2x2xf32>
    // Groups get their functions first.
    // CHECK: call @kernel_1
    linalg.copy ins(%a : memref<4x4xf32>) outs(%c : memref<4x4xf32>)
    // CHECK: call @kernel_0
    scf.execute_region {
      linalg.fill ins(%zero : f32) outs(%c : memref<4x4xf32>)
      linalg.matmul ins(%a, %a : memref<4x4xf32>, memref<4x4xf32>) outs(%c : memref<4x4xf32>)
      scf.yield
    } {saliency.group}
    // One that is not worth a call is dissolved, unless less is worth one.
    // CHECK-NEXT: linalg.fill
    // CHECK-NEXT: linalg.matmul
    // SMALL: call
    // SMALL: call
    // SMALL: call @kernel_1
    // SMALL-NEXT: return
    scf.execute_region {
      linalg.fill ins(%zero : f32) outs(%s : memref<2x2xf32>)
      linalg.matmul ins(%s, %s : memref<2x2xf32>, memref<2x2xf32>) outs(%s : memref<2x2xf32>)
      scf.yield
    } {saliency.group}
    return
  }
  // CHECK: func.func private @kernel_0
  // CHECK: linalg.fill
  // CHECK: linalg.matmul
  // CHECK: func.func private @kernel_1
  // CHECK: linalg.copy
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-outline-operations --canonicalize | FileCheck %s

module attributes {saliency.interface = {classes = 3 : i64, input = array<i64: 3>, layers = [], maps = [{plane = array<i64: 0, 0>, shape = array<i64: 3>}], tensors = []}} {
  // CHECK: func.func @explain(%{{.*}}: memref<?xi8>, %[[W:[^:]*]]: memref<?xi8>,
  // CHECK-SAME: %[[HOOKS:[^:]*]]: !llvm.ptr)
  func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, %input: memref<?xi8>, %targets: memref<?xi8>,
                     %maps: memref<?xi8>, %maps2d: memref<?xi8>, %logits: memref<?xi8>, %layers: memref<?xi8>,
                     %count: index, %hooks: !llvm.ptr) {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %a = memref.view %workspace[%c0][] : memref<?xi8> to memref<16xf32>
    %b = memref.view %workspace[%c64][] : memref<?xi8> to memref<16xf32>
    %c = memref.view %workspace[%c128][] : memref<?xi8> to memref<16xf32>
    %c32 = arith.constant 32 : index
    %zero = arith.constant 0.0 : f32
    %d = memref.view %workspace[%c32][] : memref<?xi8> to memref<16xf32>
    %e = memref.alloc() : memref<16xf32>
    %f = memref.alloc() : memref<18xf32>
    // Equal operations share a function.
    // CHECK: call @kernel_[[COPY:.*]](%[[HOOKS]], %[[A:[^,]*]], %[[B:[^)]*]])
    linalg.copy ins(%a : memref<16xf32>) outs(%b : memref<16xf32>)
    // CHECK: call @kernel_[[COPY]](%[[HOOKS]], %[[B]], %[[C:[^)]*]])
    linalg.copy ins(%b : memref<16xf32>) outs(%c : memref<16xf32>)
    // CHECK: call @kernel_[[COPY]](%[[HOOKS]], %[[C]], %[[E:[^)]*]])
    linalg.copy ins(%c : memref<16xf32>) outs(%e : memref<16xf32>)
    // Buffers that meet may alias.
    // CHECK: call @kernel_[[MEET:.*]](%[[HOOKS]], %[[A]], %{{.*}})
    linalg.copy ins(%a : memref<16xf32>) outs(%d : memref<16xf32>)
    // A view is made inside.
    // CHECK: call @kernel_[[PART:.*]](%[[HOOKS]], %{{.*}}, %[[E]]) : (!llvm.ptr, memref<18xf32>, memref<16xf32>)
    %part = memref.subview %f[1] [16] [1] : memref<18xf32> to memref<16xf32, strided<[1], offset: 1>>
    linalg.copy ins(%e : memref<16xf32>) outs(%part : memref<16xf32, strided<[1], offset: 1>>)
    // The loop over the targets stays; what is inside does not.
    // CHECK: scf.for
    %c0_ = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %t = %c0_ to %count step %c1 {
      // CHECK: func.call @kernel_[[COPY]]
      linalg.copy ins(%a : memref<16xf32>) outs(%b : memref<16xf32>)
    }
    // The name says which layer it is.
    // CHECK: call @kernel_{{[0-9]+}}_features_0_Conv(
    %h = memref.alloc() : memref<20xf32>
    linalg.fill ins(%zero : f32) outs(%h : memref<20xf32>) loc("/features/0/Conv:")
    // Too small for a call.
    // CHECK: linalg.fill
    %g = memref.alloc() : memref<2xf32>
    linalg.fill ins(%zero : f32) outs(%g : memref<2xf32>)
    return
  }
  // CHECK: func.func private @kernel_[[COPY]](%{{.*}}: !llvm.ptr, %{{.*}}: memref<16xf32> {llvm.noalias}, %{{.*}}: memref<16xf32> {llvm.noalias})
  // CHECK-SAME: llvm.bareptr
  // CHECK: func.func private @kernel_[[MEET]](%{{.*}}: !llvm.ptr, %{{.*}}: memref<16xf32>, %{{.*}}: memref<16xf32>)
  // CHECK: func.func private @kernel_[[PART]]
  // CHECK: memref.subview
}

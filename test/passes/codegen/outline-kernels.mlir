// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-outline-kernels --canonicalize | FileCheck %s

module attributes {saliency.interface = {classes = 3 : i64, input = array<i64: 3>, layers = [], map = array<i64: 3>, map2d = array<i64: 0, 0>, tensors = []}} {
  // CHECK: func.func @explain(%{{.*}}: memref<?xi8>, %[[W:[^:]*]]: memref<?xi8>,
  // CHECK-SAME: %[[HOOKS:[^:]*]]: !llvm.ptr)
  func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, %input: memref<?xi8>, %targets: memref<?xi8>,
                     %maps: memref<?xi8>, %maps2d: memref<?xi8>, %logits: memref<?xi8>, %layers: memref<?xi8>,
                     %count: index, %hooks: !llvm.ptr) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c16 = arith.constant 16 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %a = memref.view %workspace[%c0][] : memref<?xi8> to memref<16xf32>
    %b = memref.view %workspace[%c64][] : memref<?xi8> to memref<16xf32>
    %c = memref.view %workspace[%c128][] : memref<?xi8> to memref<16xf32>
    // Equal nests share a function.
    // CHECK: call @nest_[[COPY:.*]](%[[A:[^,]*]], %[[B:[^)]*]])
    scf.for %i = %c0 to %c16 step %c1 {
      %x = memref.load %a[%i] : memref<16xf32>
      memref.store %x, %b[%i] : memref<16xf32>
    }
    // CHECK: call @nest_[[COPY]](%[[B]], %[[C:[^)]*]])
    scf.for %i = %c0 to %c16 step %c1 {
      %x = memref.load %b[%i] : memref<16xf32>
      memref.store %x, %c[%i] : memref<16xf32>
    }
    // CHECK: call @parallel_[[SQUARE:.*]](%[[HOOKS]], %[[A]], %c0) {saliency.parallel_count = 16 : i64}
    scf.parallel (%i) = (%c0) to (%c16) step (%c1) {
      %x = memref.load %a[%i] : memref<16xf32>
      %y = arith.mulf %x, %x : f32
      memref.store %y, %a[%i] : memref<16xf32>
    }
    // The loop over the targets stays; what is inside does not.
    // CHECK: scf.for %{{.*}} = %c0 to %{{.*}} step %c1
    scf.for %t = %c0 to %count step %c1 {
      // CHECK: func.call @nest_
      scf.for %i = %c0 to %c16 step %c1 {
        %x = memref.load %a[%i] : memref<16xf32>
        %y = arith.addf %x, %x : f32
        memref.store %y, %b[%i] : memref<16xf32>
      }
    }
    // The same buffer twice is one argument; buffers that meet may alias.
    %c32 = arith.constant 32 : index
    %d = memref.view %workspace[%c32][] : memref<?xi8> to memref<16xf32>
    // CHECK: call @nest_[[MEET:.*]](%
    scf.for %i = %c0 to %c16 step %c1 {
      %x = memref.load %a[%i] : memref<16xf32>
      %y = arith.negf %x : f32
      memref.store %y, %d[%i] : memref<16xf32>
    }
    return
  }
  // CHECK: func.func private @parallel_[[SQUARE]](%{{.*}}: !llvm.ptr, %{{.*}}: memref<16xf32> {llvm.noalias}, %{{.*}}: index)
  // CHECK-SAME: llvm.bareptr
  // CHECK: func.func private @nest_[[COPY]](%{{.*}}: memref<16xf32> {llvm.noalias}, %{{.*}}: memref<16xf32> {llvm.noalias})
  // CHECK: func.func private @nest_[[MEET]](%{{.*}}: memref<16xf32>, %{{.*}}: memref<16xf32>)
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-plan-memory --cse -split-input-file | FileCheck %s
// RUN: saliency-opt %s --saliency-plan-memory=reuse=false --cse -split-input-file | FileCheck %s --check-prefix=APART

// The first and the third buffer share memory.
// CHECK: saliency.workspace_size = 128
// APART: saliency.workspace_size = 192
module {
  // CHECK: func.func @explain(%{{.*}}: memref<?xi8>, %[[W:.*]]: memref<?xi8>)
  func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>) {
    %zero = arith.constant 0.0 : f32
    // CHECK: %[[A:.*]] = memref.view %[[W]][%c0][] : memref<?xi8> to memref<16xf32>
    // CHECK: %[[B:.*]] = memref.view %[[W]][%c64][] : memref<?xi8> to memref<16xf32>
    %a = memref.alloc() : memref<16xf32>
    %b = memref.alloc() : memref<16xf32>
    %c = memref.alloc() : memref<16xf32>
    // CHECK: linalg.fill {{.*}} outs(%[[A]]
    linalg.fill ins(%zero : f32) outs(%a : memref<16xf32>)
    // CHECK: linalg.copy ins(%[[A]] {{.*}} outs(%[[B]]
    linalg.copy ins(%a : memref<16xf32>) outs(%b : memref<16xf32>)
    // CHECK: linalg.copy ins(%[[B]] {{.*}} outs(%[[A]]
    linalg.copy ins(%b : memref<16xf32>) outs(%c : memref<16xf32>)
    // CHECK-NOT: dealloc
    memref.dealloc %a : memref<16xf32>
    return
  }
}

// -----

// What a loop reads again in its next iteration lives through the whole loop.
// CHECK: saliency.workspace_size = 192
module {
  func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>) {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %a = memref.alloc() : memref<16xf32>
    linalg.fill ins(%zero : f32) outs(%a : memref<16xf32>)
    scf.for %i = %c0 to %c4 step %c1 {
      %b = memref.alloc() : memref<16xf32>
      linalg.copy ins(%a : memref<16xf32>) outs(%b : memref<16xf32>)
      %c = memref.alloc() : memref<16xf32>
      linalg.copy ins(%b : memref<16xf32>) outs(%c : memref<16xf32>)
    }
    return
  }
}

// -----

// Iterations of a parallel loop have places of their own.
// CHECK: saliency.workspace_size = 256
module {
  // CHECK: func.func @explain(%{{.*}}: memref<?xi8>, %[[W:.*]]: memref<?xi8>)
  func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>) {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    // CHECK: scf.parallel (%[[I:.*]]) =
    scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
      // CHECK: %[[START:.*]] = arith.muli %[[I]], %c64
      // CHECK: %[[AT:.*]] = arith.addi %[[START]], %c0
      // CHECK: memref.view %[[W]][%[[AT]]]
      %a = memref.alloc() : memref<16xf32>
      linalg.fill ins(%zero : f32) outs(%a : memref<16xf32>)
    }
    return
  }
}
